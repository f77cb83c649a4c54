"""Which model judges, and what key it is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.errors import RunError
from evals.judge.open import open_judge
from evals.run import Scorers, run
from evals.targets.local import scratch_settings
from rag_service.bootstrap import open_chat_model
from rag_service.errors import ModelUnavailable
from rag_service.settings import Settings
from rag_service.settings.sections import LlmSettings
from tests import eval_kit
from tests.eval_kit import ScriptedTarget
from tests.llm_server import LlmServer, refusing, saying

CORRECT = saying("VERDICT: CORRECT")
OWN_CLASS = LlmSettings(llamaindex="tests.llama_llms.Whole")  # its model's name is scripted-llm


async def keys_sent(settings: Settings, server: LlmServer, url: str | None, variable: str | None) -> set[str]:
    judge = open_judge(settings, "judge", url, variable)
    await judge.verdict("correct", [{"role": "user", "content": "?"}])
    return set(server.keys)


async def test_a_judge_beside_a_class_of_ones_own_is_the_one_that_was_named() -> None:
    with LlmServer(CORRECT) as server:
        judge = open_judge(Settings(llm=OWN_CLASS), "other", server.base_url, None)
        assert judge.describe()["model"] == "other"
        assert (await judge.verdict("correct", [{"role": "user", "content": "?"}])).passed is True
        assert [body["model"] for body in server.requests] == ["other"]
    with pytest.raises(RunError, match="no endpoint"):
        open_judge(Settings(llm=OWN_CLASS), "other", None, None)


def test_the_name_compared_is_that_of_the_model_that_answers() -> None:
    url = "http://127.0.0.1:9/v1"
    with pytest.raises(RunError, match="the same model, scripted-llm"):
        open_judge(Settings(llm=OWN_CLASS), "scripted-llm", url, None)
    unused = OWN_CLASS.model_copy(update={"model": "m"})
    assert open_judge(Settings(llm=unused), "m", url, None).describe()["model"] == "m"
    model = Settings(llm=LlmSettings(base_url=url, model="m"))
    extractive = model.answer.model_copy(update={"answerer": "extractive"})
    assert open_judge(model.model_copy(update={"answer": extractive}), "m", None, None)
    assert open_judge(model, "m", None, None, answerer=None)


async def test_answers_of_the_judges_own_model_end_the_run(tmp_path: Path) -> None:
    """A service behind a URL tells its model only with its answers."""
    judge = open_judge(Settings(), "m", "http://127.0.0.1:9/v1", None, answerer=None)
    target = ScriptedTarget(lambda case, answer: replace(answer, model="m"))
    with pytest.raises(RunError, match="the same model, m"):
        await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers(judge=judge))
    assert not (tmp_path / "run" / "asked.jsonl").exists()


async def test_every_case_reaches_the_judge_and_the_model_however_many_failed_before_it(tmp_path: Path) -> None:
    asked = [{"role": "user", "content": "?"}]
    with LlmServer(refusing(500)) as server:
        llm = LlmSettings(base_url=server.base_url, model="m", max_retries=0, breaker_failures=1)
        settings = Settings(llm=llm)
        judge, answering = (
            open_judge(settings, "judge", None, None),
            open_chat_model(scratch_settings(settings, tmp_path)),
        )
        assert answering is not None
        for _ in range(3):
            assert (await judge.verdict("correct", asked)).passed is None
            with pytest.raises(ModelUnavailable):
                _ = [piece async for piece in answering.stream(asked, 9)]
        assert len(server.requests) == 6
        server.behave(CORRECT)
        assert (await judge.verdict("correct", asked)).passed is True
        assert [piece async for piece in answering.stream(asked, 9)]


async def test_the_services_key_stays_at_the_services_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    with LlmServer(CORRECT) as own:
        settings = Settings(llm=LlmSettings(base_url=own.base_url, api_key="service-key", max_retries=0))
        elsewhere = own.base_url.replace("127.0.0.1", "localhost")
        assert await keys_sent(settings, own, None, None) == {"Bearer service-key"}
        assert await keys_sent(settings, own, f"{own.base_url}/", None) == {"Bearer service-key"}
        own.keys.clear()
        assert await keys_sent(settings, own, elsewhere, None) == {"Bearer none"}
        own.keys.clear()
        monkeypatch.setenv("JUDGE_KEY", "judge-key")
        assert await keys_sent(settings, own, elsewhere, "JUDGE_KEY") == {"Bearer judge-key"}
        own.keys.clear()
        openai = Settings(llm=LlmSettings(max_retries=0)).model_copy(update={"openai_api_key": settings.llm.api_key})
        assert await keys_sent(openai, own, own.base_url, None) == {"Bearer none"}


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(RunError, match="http://judge:x is not a URL"):
        open_judge(Settings(), "judge", "http://judge:x", None)
    for address in ("judge", "ftp://judge/v1"):
        with pytest.raises(RunError, match=f"--judge-url: '{address}' is no http"):
            open_judge(Settings(), "judge", address, None)

"""The description against the application: generated requests, well and ill formed."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.fakes import FakeService
from tests.fuzzing import FUZZ, examples
from tests.serving import served

KEY = {"Authorization": "Bearer right"}
BOUNDED = settings(
    max_examples=examples(15),
    deadline=None,
    derandomize=FUZZ == 1,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described():
    service = FakeService()
    for number in range(3):
        service.library.put("default", f"doc_{number}", f"{number}.txt", "Text")
    service.keys.add("right", write=True)
    with served(service) as url:
        yield schemathesis.openapi.from_url(f"{url}/openapi.json")


# A question of punctuation alone fits the schema, which cannot say what a word is, and is refused.
@pytest.mark.hypothesis
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_route_keeps_its_description(described, mode):
    tried = []
    for found in described.get_all_operations():
        operation = found.ok()

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_its_word(case):
            case.call_and_validate(timeout=20, headers=KEY, excluded_checks=[positive_data_acceptance])

        if mode is GenerationMode.POSITIVE or operation.body or operation.path_parameters or operation.query:
            keeps_its_word()
        tried.append(operation.label)
    assert "POST /v1/ask" in tried
    assert len(tried) == 19

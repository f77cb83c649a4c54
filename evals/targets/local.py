"""The service in this process, over a corpus ingested into a scratch data directory."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.cases.corpus import LEAVE_OUT
from evals.cases.model import Case
from evals.digests import files_digest
from evals.environment import prompt_digests
from evals.errors import RunError
from evals.targets.cache import claim, default_cache, drop_unused, index_dir
from rag_service.answer.events import Ask
from rag_service.models import Answer, AnswererName, Job, Progress
from rag_service.settings import Settings, masked

if TYPE_CHECKING:
    from filelock import FileLock

    from rag_service.bootstrap import Service

COLLECTION = "eval"
PAGE = 500
SHOWN_SECTIONS = ("llm", "embedding", "chunking", "retrieval", "answer", "abstention", "ingest")
INDEXING_SECTIONS = ("embedding", "chunking", "ingest")
OPTIONS = "options"
# Every case is asked: a breaker would fail those that come after a few slow ones, and again when a run is taken up.
UNBROKEN = {"breaker_failures": 10**9}
SECRET = ("api_key", "headers", "cache_dir", "threads", "prompts_dir")
Ingest = Callable[["Service"], Job]
OnProgress = Callable[[Progress], None]


class LocalTarget:
    """Asks the wired service; the answers come from the same path as everywhere else."""

    def __init__(
        self, service: Service, answerer: AnswererName, top_k: int | None = None, lock: FileLock | None = None
    ) -> None:
        self._service = service
        self._answerer: AnswererName = answerer
        self._top_k = top_k
        self._lock = lock
        self._sources = _read_sources(service)

    @property
    def service(self) -> Service:
        """The wired service."""
        return self._service

    def describe(self) -> dict[str, Any]:
        """Settings that shape answers, and the fingerprint of the index."""
        held = next(item for item in self._service.library.collections() if item.name == COLLECTION)
        prompts = self._service.settings.answer.prompts_dir
        return {
            "kind": "local",
            "answerer": self._answerer,
            "top_k": self._top_k,
            "settings": public_settings(self._service.settings),
            "fingerprint": str(held.fingerprint),
            "documents": held.documents,
            "chunks": held.chunks,
            **({"prompts": prompt_digests(prompts)} if prompts is not None else {}),
        }

    def sources(self) -> Mapping[str, str]:
        """Source text of every document, by source."""
        return self._sources

    async def ask(self, case: Case) -> Answer:
        """The answer to a case's question; raises RagError."""
        ask = Ask(
            question=case.question,
            collection=COLLECTION,
            history=case.history,
            filters=case.filters,
            top_k=self._top_k,
            answerer=self._answerer,
        )
        return await self._service.asker.answer(ask)

    async def close(self) -> None:
        """Close the service and give its data directory up."""
        await asyncio.to_thread(self._service.close)
        if self._lock is not None:
            self._lock.release()


def open_folder(
    corpus: Path,
    settings: Settings,
    answerer: AnswererName,
    *,
    top_k: int | None = None,
    cache: Path | None = None,
    on_progress: OnProgress | None = None,
) -> LocalTarget:
    """The service over a corpus folder; RunError names the files that cannot be ingested."""
    return open_prepared(
        files_digest(corpus),
        lambda service: service.library.ingest(COLLECTION, [corpus], on_progress),
        settings,
        answerer,
        top_k=top_k,
        cache=cache,
    )


def open_prepared(
    digest: str,
    ingest: Ingest,
    settings: Settings,
    answerer: AnswererName,
    *,
    top_k: int | None = None,
    cache: Path | None = None,
) -> LocalTarget:
    """Open the service over whatever ``ingest`` puts in, once for each corpus digest, code and settings.

    Embedded stores only: an evaluation never writes into the stores of a running service. A data
    directory has one owner, so evaluations at the same time take one each.
    """
    from rag_service.bootstrap import open_service

    root = cache or default_cache()
    drop_unused(root)
    folder, lock = claim(index_dir(root, digest, _indexing_settings(settings)))
    ready = folder / "ready"
    service = None
    try:
        service = open_service(scratch_settings(settings, folder / "data"), "rag-service eval")
        if not ready.is_file():
            check_job(ingest(service))
            ready.touch()
        return LocalTarget(service, answerer, top_k, lock)
    except BaseException:
        if service is not None:
            service.close()
        lock.release()
        raise


def scratch_settings(settings: Settings, data_dir: Path) -> Settings:
    """The settings with embedded stores in a data directory of their own, whatever stores the service uses.

    The model's circuit breaker never opens.
    """
    plain = Settings.model_construct()
    stores = {"data_dir": data_dir, "chroma": plain.chroma, "catalog": plain.catalog}
    llm = settings.llm.model_copy(update=UNBROKEN)
    return settings.model_copy(update=stores | {"collection": COLLECTION, "llm": llm})


def public_settings(settings: Settings) -> dict[str, Any]:
    """The settings that shape answers, without secrets, paths and machine-dependent values."""
    sections = settings.model_dump(mode="json", include=set(SHOWN_SECTIONS))
    return {
        name: {
            key: told_options(value) if key.endswith(OPTIONS) else masked(value)
            for key, value in section.items()
            if not key.endswith(SECRET)
        }
        for name, section in sections.items()
    }


def told_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Names of the options of a class, and a digest of their values without those whose names look like a secret's.

    The others may hold a secret, too, so no value is shown, and the digest is slow to make: in a fast one a short
    value is found by trying.
    """
    if not options:
        return {}
    said = json.dumps(masked(options), sort_keys=True).encode()
    digest = hashlib.scrypt(said, salt=b"rag-service eval", n=2**14, r=8, p=1, dklen=32)
    return {"names": sorted(options), "digest": digest.hex()}


def _indexing_settings(settings: Settings) -> dict[str, Any]:
    shown = public_settings(settings)
    late = {"late_interaction": settings.retrieval.late_interaction}
    return {name: shown[name] for name in INDEXING_SECTIONS} | late


def check_job(job: Job) -> None:
    """RunError names the files that could not be ingested."""
    failed = [str(item.error) for item in job.documents if item.status == "failed"]
    if failed:
        raise RunError("\n".join(["The corpus cannot be ingested:", *failed, LEAVE_OUT]))
    if job.status != "succeeded":
        raise RunError(f"The corpus cannot be ingested: {job.error}")


def _read_sources(service: Service) -> dict[str, str]:
    sources: dict[str, str] = {}
    after: str | None = None
    while True:
        page = service.library.documents(COLLECTION, PAGE, after)
        for document in page.items:
            sources[document.source] = service.library.content(document.id).text
        after = page.next
        if after is None:
            return sources

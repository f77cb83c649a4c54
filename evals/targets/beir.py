"""A BEIR set as a target: each document of the set is one document of the service."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from evals.importers.beir import BeirSet
from evals.importers.imported import file_name
from evals.targets.local import COLLECTION, LocalTarget, open_prepared
from rag_service.models import Job, Upload
from rag_service.settings import load_settings

if TYPE_CHECKING:
    from rag_service.bootstrap import Service

INGEST_SECONDS = 3600.0


def open_set(beir: BeirSet, *, titles: bool) -> LocalTarget:
    """The service over a set, each document of it one document of the service."""
    texts = {
        file_name(name): f"{beir.titles[name]}\n\n{text}" if titles and beir.titles[name] else text
        for name, text in beir.texts.items()
    }
    settings = load_settings()
    retrieval = settings.retrieval.model_copy(update={"max_per_document": 1})
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()

    def ingest(service: Service) -> Job:
        uploads = [Upload(source, text=text) for source, text in texts.items()]
        job = service.library.submit(COLLECTION, uploads)
        return service.library.wait(job.id, INGEST_SECONDS)

    return open_prepared(digest, ingest, settings.model_copy(update={"retrieval": retrieval}), "extractive")

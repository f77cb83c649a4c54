"""Jobs and keys in the catalog."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from rag_service.errors import InvalidInput, NotFound, Unauthorized, UnknownJob
from rag_service.index.catalog import Catalog
from rag_service.models import JobDocument


def test_jobs_survive_and_open_ones_are_marked_interrupted(catalog: Catalog) -> None:
    jobs = catalog.jobs
    job = jobs.create("ingest", "c", 3)
    assert (job.status, job.done, job.finished) == ("queued", 0, False)
    one, two = JobDocument("a", "doc_1", "added", 4), JobDocument("b", None, "failed", error="kaputt")
    jobs.advance(job.id, status="running", done=1, total=3, new=[one])
    jobs.advance(job.id, status="running", done=2, total=3, new=[two])
    assert jobs.get(job.id).documents == (one, two)
    done = jobs.create("upload", "c", 0)
    jobs.advance(done.id, status="succeeded", done=0, total=0, new=[])
    assert jobs.interrupt_open() == [job.id]
    assert jobs.get(job.id).status == "failed" and "interrupted" in (jobs.get(job.id).error or "")
    assert jobs.get(done.id).status == "succeeded"
    jobs.forget_before(jobs.get(job.id).updated + 1)
    for gone in (job.id, done.id):
        with pytest.raises(UnknownJob):
            jobs.get(gone)


def test_keys_are_shown_once_checked_by_hash_and_revoked(catalog: Catalog) -> None:
    keys = catalog.keys
    with pytest.raises(InvalidInput, match="needs a name"):
        keys.create(" ")
    with pytest.raises(InvalidInput, match="'Typo Name!' cannot name a collection"):
        keys.create("leser", ["c", "Typo Name!"])
    assert not keys.any_active()
    reader, secret = keys.create("leser", ["c"])
    writer, other = keys.create("schreiber", write=True)
    assert keys.check(secret) == reader and keys.check(other).write
    assert (reader.collections, writer.collections) == (("c",), ())
    assert {key.name for key in keys.all()} == {"leser", "schreiber"}
    with catalog.database.read() as connection:
        stored = str(connection.execute(sa.text("SELECT * FROM api_keys")).all())
    assert secret not in stored and secret.removeprefix("rag_") not in stored
    keys.revoke(reader.id)
    for wrong in (secret, "", "rag_x", "\ud800"):
        with pytest.raises(Unauthorized):
            keys.check(wrong)
    with pytest.raises(NotFound):
        keys.revoke(reader.id)
    keys.revoke(writer.id)
    assert not keys.any_active() and len(keys.all()) == 2

"""Jobs in the catalog: what was asked for, how far it is, and what came of each document."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

import sqlalchemy as sa

from rag_service.errors import UnknownJob
from rag_service.index.database import Database
from rag_service.index.schema import job_documents, jobs
from rag_service.models import Job, JobDocument, JobStatus

_OPEN = ("queued", "running")


class Jobs:
    """Stored jobs; they outlive the process that ran them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, kind: str, collection: str, total: int, status: JobStatus = "queued") -> Job:
        """A new job."""
        now = int(time.time())
        job = Job(f"job_{secrets.token_hex(10)}", kind, collection, status, 0, total, (), None, now, now)
        row = {name: getattr(job, name) for name in jobs.c.keys()}  # noqa: SIM118
        with self._database.write() as connection:
            self._database.presence.begin(job.id)
            connection.execute(sa.insert(jobs).values(row))
        return job

    def get(self, job_id: str) -> Job:
        """A job with its documents; UnknownJob."""
        own = job_documents.c
        listed = sa.select(own.source, own.document_id, own.status, own.chunks, own.error)
        unknown = UnknownJob(f"There is no job with the id {job_id!r}.")
        with self._database.find(unknown) as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id)).first()
            items = connection.execute(listed.where(own.job_id == job_id).order_by(own.position)).all()
        if row is None:
            raise unknown
        return Job(**row._mapping, documents=tuple(JobDocument(*item) for item in items))

    def advance(
        self,
        job_id: str,
        *,
        status: JobStatus,
        done: int,
        total: int,
        new: Sequence[JobDocument],
        error: str | None = None,
    ) -> None:
        """Record how far a job is and what came of further documents."""
        with self._database.write() as connection:
            statement = sa.update(jobs).where(jobs.c.id == job_id)
            values = {
                "status": status,
                "done": done,
                "total": total,
                "error": error,
                "updated": int(time.time()),
            }
            connection.execute(statement.values(values))
            counted = sa.select(sa.func.count()).where(job_documents.c.job_id == job_id)
            first = int(connection.scalar(counted) or 0)
            rows = [
                {
                    "job_id": job_id,
                    "position": first + index,
                    "source": item.source,
                    "document_id": item.document_id,
                    "status": item.status,
                    "chunks": item.chunks,
                    "error": item.error,
                }
                for index, item in enumerate(new)
            ]
            if rows:
                connection.execute(sa.insert(job_documents), rows)
        if status in _OPEN:
            self._database.presence.keep()
        else:
            self._database.presence.end(job_id)

    def interrupt_open(self) -> list[str]:
        """Mark jobs that a dead process left open as failed; returns their ids."""
        with self._database.write() as connection:
            found = connection.scalars(sa.select(jobs.c.id).where(jobs.c.status.in_(_OPEN))).all()
            left = [job_id for job_id in found if self._database.presence.forsaken(job_id)]
            if left:
                statement = sa.update(jobs).where(jobs.c.id.in_(left), jobs.c.status.in_(_OPEN))
                values = {
                    "status": "failed",
                    "error": "interrupted: the process ended",
                    "updated": int(time.time()),
                }
                connection.execute(statement.values(values))
        return left

    def forget_unchanged(self, kind: str, collection: str) -> None:
        """Delete what finished jobs of a kind list as unchanged: of most ingests that is nearly everything."""
        finished = sa.select(jobs.c.id).where(
            jobs.c.kind == kind, jobs.c.collection == collection, jobs.c.status.not_in(_OPEN)
        )
        with self._database.write() as connection:
            old = sa.and_(job_documents.c.job_id.in_(finished), job_documents.c.status == "unchanged")
            connection.execute(sa.delete(job_documents).where(old))

    def forget_before(self, moment: int) -> None:
        """Delete finished jobs last touched before that time."""
        with self._database.write() as connection:
            old = sa.and_(jobs.c.updated < moment, jobs.c.status.not_in(_OPEN))
            connection.execute(sa.delete(jobs).where(old))

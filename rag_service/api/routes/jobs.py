"""Jobs: work on documents that goes on after its request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from anyio import sleep
from fastapi import APIRouter, Request, Response
from sse_starlette import ServerSentEvent
from starlette.types import Scope

from rag_service import models
from rag_service.api import streams
from rag_service.api.auth import Access
from rag_service.api.dependencies import AccessDep, Wiring, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.api.schemas.documents import JobBody
from rag_service.errors import RagError, Stopping, UnknownJob

FIRST_LOOK, LONGEST_WAIT = 0.02, 0.5
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "An event `job` at every change, `done` with the finished job at the end; or `error`.",
        "content": {"text/event-stream": {}},
    }
}

router = APIRouter(tags=["documents"])


@router.get("/v1/jobs/{job_id}", responses=problems_for(404, 503))
async def show_job(job_id: str, wiring: WiringDep, access: AccessDep) -> JobBody:
    """One job as it stands."""
    return JobBody.of(await _reachable(wiring, access, job_id))


@router.get("/v1/jobs/{job_id}/events", response_class=Response, responses=_EVENTS | problems_for(404, 503))
async def follow_job(job_id: str, request: Request, wiring: WiringDep, access: AccessDep) -> Response:
    """Follow a job until it has finished."""
    job = await _reachable(wiring, access, job_id)
    return streams.respond(_server_sent(request.scope, _changes(wiring, job)))


@router.post("/v1/jobs/{job_id}/cancel", responses=problems_for(404, 503))
async def cancel_job(job_id: str, wiring: WiringDep, access: AccessDep) -> JobBody:
    """Call a job off: what is finished stays, the rest is not begun. A finished job stays as it is."""
    access.require_write()
    job = await _reachable(wiring, access, job_id)
    return JobBody.of(await wiring.blocking(wiring.library.cancel, job.id))


async def finished(wiring: Wiring, job: models.Job) -> models.Job:
    """The job once it has finished."""
    async for state in _changes(wiring, job):
        job = state
    return job


async def _changes(wiring: Wiring, job: models.Job) -> AsyncIterator[models.Job]:
    """The job now and at every change; looking again costs no thread that waits."""
    pause = FIRST_LOOK
    yield job
    while not job.finished:
        await sleep(pause)
        if wiring.stopping.is_set():
            raise Stopping
        pause = min(pause * 1.5, LONGEST_WAIT)
        now = await wiring.blocking(wiring.library.job, job.id)
        if now != job:
            job = now
            yield job


async def _server_sent(scope: Scope, states: AsyncIterator[models.Job]) -> AsyncIterator[ServerSentEvent]:
    try:
        async for job in states:
            name = "done" if job.finished else "job"
            yield streams.sent(JobBody.of(job).model_dump_json(), name)
    except RagError as error:
        yield streams.failed(scope, error)


async def _reachable(wiring: Wiring, access: Access, job_id: str) -> models.Job:
    job = await wiring.blocking(wiring.library.job, job_id)
    if not access.reaches(job.collection):
        raise UnknownJob(f"There is no job with the id {job_id!r}.")
    return job

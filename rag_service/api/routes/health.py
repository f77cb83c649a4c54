"""Whether the service is alive, whether it can answer, and its metrics."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from rag_service.api.dependencies import Wiring, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.errors import RagError

router = APIRouter(tags=["health"])
keyed_router = APIRouter(tags=["health"])
_METRICS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {}}},
    **{status: said for status, said in problems_for().items() if status in (401, 403)},
}


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Missing(BaseModel):
    """What stands between the service and an answer."""

    what: Literal["documents", "index"]
    message: str


class Readiness(BaseModel):
    """Whether questions can be answered."""

    status: Literal["ready", "not_ready"]
    missing: list[Missing] = Field(description="Without documents the service is ready, but can only decline.")


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def healthz() -> Health:
    """The process is alive."""
    return Health()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready; `missing` says why."}})
async def readyz(wiring: WiringDep, response: Response) -> Readiness:
    """Whether questions can be answered, and what is missing."""
    found = await wiring.blocking(missing, wiring)
    blocked = any(item.what == "index" for item in found)
    response.status_code = 503 if blocked else 200
    return Readiness(status="not_ready" if blocked else "ready", missing=found)


@keyed_router.get("/metrics", response_class=Response, responses=_METRICS)
async def metrics(wiring: WiringDep) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(wiring.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def missing(wiring: Wiring) -> list[Missing]:
    """What stands between the service and an answer; searches once, so it also warms up; blocks."""
    name = wiring.settings.collection
    try:
        found = {item.name: item for item in wiring.library.collections()}
        if name not in found or not found[name].documents:
            return [Missing(what="documents", message=f"The collection {name!r} holds no documents yet.")]
        wiring.retriever.search(name, "?", filters=None, top_k=1, mode="hybrid")
    except RagError as error:
        return [Missing(what="index", message=str(error))]
    return []

"""Passages without an answer."""

from __future__ import annotations

import time
from functools import partial

from fastapi import APIRouter

from rag_service.answer.events import check_question
from rag_service.api.dependencies import AccessDep, JsonBody, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.api.schemas.answers import (
    PassageBody,
    PassageList,
    SearchTimings,
    WarningBody,
)
from rag_service.api.schemas.questions import SearchRequest

router = APIRouter(tags=["answers"], dependencies=[JsonBody])


@router.post("/v1/search", responses=problems_for(404, 409, 503))
async def search(body: SearchRequest, wiring: WiringDep, access: AccessDep) -> PassageList:
    """Find the passages for a query, best first."""
    started = time.perf_counter()
    collection = wiring.collection(body.collection)
    access.require(collection)
    check_question(body.query)
    find = partial(
        wiring.retriever.search,
        collection,
        body.query,
        filters=body.filters,
        top_k=body.top_k,
        mode=body.mode,
    )
    found = await wiring.blocking(find)
    total = (time.perf_counter() - started) * 1000
    return PassageList(
        data=[PassageBody.of(passage) for passage in found.evidence.passages],
        warnings=[WarningBody(code=item.code, message=item.message) for item in found.warnings],
        timings=SearchTimings(retrieve_ms=round(found.milliseconds, 2), total_ms=round(total, 2)),
    )

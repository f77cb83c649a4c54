"""Collections."""

from __future__ import annotations

from fastapi import APIRouter

from rag_service.api.dependencies import AccessDep, JsonBody, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.api.schemas.collections import CollectionBody, CollectionList, CollectionRequest
from rag_service.api.schemas.common import CollectionName
from rag_service.api.schemas.documents import Deleted

router = APIRouter(tags=["collections"])


@router.get("/v1/collections", responses=problems_for(503))
async def list_collections(wiring: WiringDep, access: AccessDep) -> CollectionList:
    """All collections that the key reaches."""
    found = await wiring.blocking(wiring.library.collections)
    default = wiring.collection(None)
    return CollectionList(
        default=default if access.reaches(default) else None,
        scope=None if access.collections is None else list(access.collections),
        data=[CollectionBody.of(item) for item in found if access.reaches(item.name)],
    )


@router.post("/v1/collections", status_code=201, dependencies=[JsonBody], responses=problems_for(409, 503))
async def create_collection(body: CollectionRequest, wiring: WiringDep, access: AccessDep) -> CollectionBody:
    """Make an empty collection."""
    access.require(body.name, write=True)
    return CollectionBody.of(await wiring.blocking(wiring.library.create_collection, body.name))


@router.delete("/v1/collections/{name}", responses=problems_for(404, 503))
async def delete_collection(name: CollectionName, wiring: WiringDep, access: AccessDep) -> Deleted:
    """Remove a collection with everything in it."""
    access.require(name, write=True)
    await wiring.blocking(wiring.library.delete_collection, name)
    return Deleted(id=name, object="collection")

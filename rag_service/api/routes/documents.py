"""Documents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from rag_service import models
from rag_service.api.auth import Access
from rag_service.api.dependencies import AccessDep, Wiring, WiringDep
from rag_service.api.openapi import problems_for
from rag_service.api.routes.jobs import finished
from rag_service.api.schemas.documents import (
    ContentBody,
    Deleted,
    DocumentBody,
    DocumentList,
    DocumentUpload,
    JobBody,
    ListQuery,
    UploadQuery,
)
from rag_service.api.uploads import clean_source, form_file_name
from rag_service.errors import InvalidInput, UnknownDocument

MAX_FILES = 1000
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DocumentUpload.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "Repeatable. The file name becomes the document's source.",
                        }
                    },
                }
            },
        },
    }
}
_FINISHED: dict[int | str, dict[str, Any]] = {200: {"model": JobBody, "description": "The finished job, when waiting."}}

router = APIRouter(tags=["documents"])


@router.post(
    "/v1/documents",
    status_code=202,
    response_model=JobBody,
    openapi_extra=_BODY,
    responses=_FINISHED | problems_for(400, 404, 409, 503),
)
async def upload_documents(
    request: Request,
    response: Response,
    wiring: WiringDep,
    access: AccessDep,
    query: Annotated[UploadQuery, Query()],
) -> JobBody:
    """Add or update documents: files as multipart, or text as JSON.

    The same source with the same content again does nothing, and the job says `unchanged`.
    """
    target = wiring.collection(query.collection)
    access.require(target, write=True)
    uploads = await _uploads(request, wiring)
    job = await wiring.blocking(wiring.library.submit, target, uploads)
    if query.wait:
        job = await finished(wiring, job)
        response.status_code = 200
    return JobBody.of(job)


@router.get("/v1/documents", responses=problems_for(404, 503))
async def list_documents(
    wiring: WiringDep,
    access: AccessDep,
    query: Annotated[ListQuery, Query()],
) -> DocumentList:
    """The documents of a collection, page by page."""
    target = wiring.collection(query.collection)
    access.require(target)
    return DocumentList.of(await wiring.blocking(wiring.library.documents, target, query.limit, query.after))


@router.get("/v1/documents/{document_id}", responses=problems_for(404, 503))
async def show_document(document_id: str, wiring: WiringDep, access: AccessDep) -> DocumentBody:
    """One document."""
    return DocumentBody.of(await _reachable(wiring, access, document_id))


@router.get("/v1/documents/{document_id}/content", response_model=ContentBody, responses=problems_for(404, 503))
async def show_content(document_id: str, wiring: WiringDep, access: AccessDep) -> Response:
    """A document's source text, with its pages where it has them."""
    await _reachable(wiring, access, document_id)
    return Response(await wiring.blocking(_content, wiring, document_id), media_type="application/json")


@router.delete("/v1/documents/{document_id}", responses=problems_for(404, 503))
async def delete_document(document_id: str, wiring: WiringDep, access: AccessDep) -> Deleted:
    """Remove one document."""
    access.require_write()
    await _reachable(wiring, access, document_id)
    removed = await wiring.blocking(wiring.library.delete_document, document_id)
    return Deleted(id=removed.id, object="document")


def _content(wiring: Wiring, document_id: str) -> bytes:
    # encoding millions of characters takes long enough to do it off the event loop
    return ContentBody.of(document_id, wiring.library.content(document_id)).model_dump_json().encode()


async def _reachable(wiring: Wiring, access: Access, document_id: str) -> models.StoredDocument:
    """The document; UnknownDocument also for one that the key does not reach, which must not show."""
    document = await wiring.blocking(wiring.library.document, document_id)
    if not access.reaches(document.collection):
        raise UnknownDocument(f"There is no document with the id {document_id!r}.")
    return document


async def _uploads(request: Request, wiring: Wiring) -> list[models.Upload]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return [await wiring.blocking(_text_upload, await request.body())]
    if kind == "multipart/form-data":
        return await _file_uploads(request)
    raise HTTPException(415, f"Send multipart/form-data or application/json, not {kind or 'nothing named'}.")


def _text_upload(body: bytes) -> models.Upload:
    try:
        return DocumentUpload.model_validate_json(body).upload()
    except ValidationError as error:
        items = [{**item, "loc": ("body", *item["loc"])} for item in error.errors(include_url=False)]
        raise RequestValidationError(items) from error


async def _file_uploads(request: Request) -> list[models.Upload]:
    async with request.form(max_files=MAX_FILES) as form:
        parts = form.getlist("file")
        if not parts or not all(isinstance(part, UploadFile) for part in parts):
            raise InvalidInput("file: send at least one file in a part named 'file', with its file name.")
        uploads = [await _file_upload(part) for part in parts if isinstance(part, UploadFile)]
    sources = [upload.source for upload in uploads]
    for source in sources:
        if sources.count(source) > 1:
            raise InvalidInput(f"file: {source!r} is sent more than once.")
    return uploads


async def _file_upload(part: UploadFile) -> models.Upload:
    name = form_file_name(part.filename or "")
    source = clean_source(name)
    if not source:
        raise InvalidInput(f"file: {name!r} is not a file name.")
    return models.Upload(source=source, data=await part.read())

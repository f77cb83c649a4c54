"""Errors on the wire: RFC 9457 problems, and OpenAI's error shape under its routes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from rag_service.api.schemas.common import COLLECTION_PATTERN, FieldProblem, Problem
from rag_service.errors import RagError

MEDIA_TYPE = "application/problem+json"
OPENAI_PATHS = ("/v1/chat/", "/v1/models")
_CODES = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
}
_TOO_LARGE = "The request body is too large; for documents, RAG_SERVER__MAX_UPLOAD_MB is the limit."
_OPENAI_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}

log = structlog.get_logger("rag_service.api")


def request_id(scope: Scope) -> str:
    """The id that log lines, the response header and problems of one request share."""
    found: str = scope.get("state", {}).get("request_id", "")
    return found


def is_openai(path: str) -> bool:
    """Whether a path belongs to the OpenAI-compatible routes."""
    return path.startswith(OPENAI_PATHS)


def problem(
    scope: Scope,
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Sequence[FieldProblem] | None = None,
) -> Problem:
    """A problem object for a request."""
    return Problem(
        type=f"urn:rag-service:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=scope["path"].encode("utf-8", "replace").decode("utf-8"),
        code=code,
        request_id=request_id(scope),
        errors=list(errors) if errors else None,
    )


def of_error(scope: Scope, error: RagError) -> Problem:
    """A problem object for an error raised on purpose."""
    return problem(scope, error.status, error.code, error.title, str(error) or error.title)


def openai_error(body: Problem) -> dict[str, Any]:
    """The same in OpenAI's shape."""
    param = body.errors[0].field if body.errors else ("model" if body.code == "model_not_found" else None)
    kind = _OPENAI_TYPES.get(body.status, "server_error" if body.status >= 500 else "invalid_request_error")
    return {"error": {"message": body.detail, "type": kind, "param": param, "code": body.code}}


def respond(scope: Scope, body: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The response that carries a problem, in the shape of the route it belongs to."""
    if is_openai(scope["path"]):
        status = 400 if body.status == 422 else body.status
        return JSONResponse(openai_error(body), status, headers=headers)
    return JSONResponse(body.model_dump(exclude_none=True), body.status, headers=headers, media_type=MEDIA_TYPE)


async def _rag_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RagError)
    if error.status >= 500:
        log.warning("request failed", code=error.code, detail=str(error))
    headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
    return respond(request.scope, of_error(request.scope, error), headers)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "http_error")
    title = HTTPStatus(error.status_code).phrase
    detail = {
        404: f"There is nothing at {request.scope['path']}.",
        405: f"{request.method} is not allowed at {request.scope['path']}.",
        413: _TOO_LARGE,
    }.get(error.status_code, str(error.detail))
    detail = detail.encode("utf-8", "replace").decode("utf-8")
    headers = dict(error.headers or {})
    if error.status_code == 405 and (allowed := _allowed(request)):
        headers["Allow"] = ", ".join(allowed)
    return respond(request.scope, problem(request.scope, error.status_code, code, title, detail), headers)


def _allowed(request: Request) -> list[str]:
    """The methods of all routes at a path; Starlette names those of the first."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    tried = {method: {**request.scope, "method": method} for method in ("DELETE", "GET", "HEAD", "POST")}
    return [name for name, scope in tried.items() if any(route.matches(scope)[0] is Match.FULL for route in routes)]


def too_large(scope: Scope) -> Response:
    """The response to a body over the limit."""
    return respond(scope, problem(scope, 413, _CODES[413], HTTPStatus(413).phrase, _TOO_LARGE))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    items = error.errors()
    if items and items[0]["type"] == "json_invalid":
        reason = items[0].get("ctx", {}).get("error", items[0]["msg"])
        place = "".join(f" (character {part})" for part in items[0]["loc"] if isinstance(part, int))
        detail = f"The request body is not valid JSON: {reason}{place}."
        return respond(request.scope, problem(request.scope, 400, "malformed_json", "Malformed JSON", detail))
    errors = [FieldProblem(field=_field(item["loc"]), message=_message(item)) for item in items]
    detail = "; ".join(f"{item.field}: {item.message}" for item in errors[:5])
    return respond(request.scope, problem(request.scope, 422, "invalid_request", "Invalid request", detail, errors))


def _field(location: Sequence[str | int]) -> str:
    """A field's path; what comes before it says whether it is of the body, the query or the path."""
    return ".".join(map(str, location[1:])).encode("utf-8", "replace").decode("utf-8") or "body"


def _message(item: Mapping[str, Any]) -> str:
    if item.get("ctx", {}).get("pattern") == COLLECTION_PATTERN:
        return "use 1-63 letters, digits, '.', '_' or '-', a letter or digit first"
    return re.sub(r"^Value error, ", "", str(item["msg"]))


def install(app: FastAPI) -> None:
    """Register the handlers of everything that is raised on purpose."""
    app.add_exception_handler(RagError, _rag_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)

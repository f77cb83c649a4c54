"""The page at /, a document's page, the API's description, and their files: everything from this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).resolve().parents[2] / "web"

router = APIRouter(include_in_schema=False)


class Files(StaticFiles):
    """Files that browsers may keep but ask about, so that an upgrade shows at once."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        """A file, or 304 when the browser's copy is current."""
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As usual, but for paths that no file can have."""
        if "\0" in path:
            raise HTTPException(404)
        return await super().get_response(path, scope)


@router.head("/")
@router.get("/")
@router.head("/documents/{document_id}")
@router.get("/documents/{document_id}")
async def page() -> FileResponse:
    """The page; which document it shows is its script's business."""
    return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})


@router.head("/docs")
@router.get("/docs")
async def docs() -> FileResponse:
    """The API's description to read and try."""
    return FileResponse(WEB / "docs.html", headers={"Cache-Control": "no-cache"})


def mount_files(app: FastAPI) -> None:
    """Serve the page's files, and Swagger UI's from the package that bundles them."""
    app.mount("/static/swagger", Files(packages=[("fastapi_swagger", "resources")]))
    app.mount("/static", Files(directory=WEB))

"""The HTTP application."""

from __future__ import annotations

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.middleware.cors import CORSMiddleware

import rag_service
from rag_service.api import problems
from rag_service.api.dependencies import Wiring
from rag_service.api.metrics import Metrics
from rag_service.api.middleware import BodyLimit, Guard, RequestContext
from rag_service.api.openapi import DescribedApp
from rag_service.api.ports import Service
from rag_service.api.routes import ask, collections, documents, health, jobs, openai, pages, search

BLOCKING_CALLS = 16
_DESCRIPTION = """\
Answers questions from your own documents, with citations that were checked against the source.

Errors are `application/problem+json` (RFC 9457) with a stable `code`; under the OpenAI-compatible routes
they have OpenAI's shape. Offsets are code points of a document's source text, half open.
"""


def create_app(service: Service) -> FastAPI:
    """The application around a wired service; opening and closing the service is the caller's part."""
    server = service.settings.server
    app = routed()
    metrics = Metrics()
    # built now, for the first request should not wait seconds for the encoder, nor hold the event loop
    wiring = Wiring(
        settings=service.settings,
        asker=service.asker,
        retriever=service.retriever,
        library=service.library,
        metrics=metrics,
        threads=CapacityLimiter(BLOCKING_CALLS),
    )
    app.state.wiring = wiring
    app.add_middleware(BodyLimit, upload_bytes=int(server.max_upload_mb * 1024 * 1024))
    app.add_middleware(
        Guard, keys=service.keys, origins=tuple(server.cors_origins), open_door=server.allow_unauthenticated
    )
    if server.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=server.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],  # clients send their own, and no cookies are used
            expose_headers=["X-Request-ID"],
        )
    app.add_middleware(RequestContext, metrics=metrics, stopping=wiring.stopping)
    return app


def routed() -> FastAPI:
    """All routes: enough to describe the API, not to serve it."""
    app = DescribedApp(
        title="rag-service",
        version=rag_service.__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    keyed = [Depends(HTTPBearer(auto_error=False, description="An API key, when any are configured."))]
    for module in (ask, search, documents, jobs, collections, openai):
        app.include_router(module.router, dependencies=keyed)
    app.include_router(health.router)
    app.include_router(health.keyed_router, dependencies=keyed)
    app.include_router(pages.router)
    pages.mount_files(app)
    return app

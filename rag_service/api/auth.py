"""Who may do what: keys when there are any, the loopback interface alone when there are none."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from rag_service.errors import Forbidden, Unauthorized

PUBLIC_PREFIXES = ("/healthz", "/readyz", "/docs", "/openapi.json", "/static/", "/documents/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Key(Protocol):
    """An API key as the catalog knows it; empty ``collections`` mean all of them."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections it reaches."""

    @property
    def write(self) -> bool:
        """Whether it may change anything."""


class Keys(Protocol):
    """The configured API keys."""

    def any_active(self) -> bool:
        """Whether there is any key that works."""

    def check(self, secret: str) -> Key:
        """The key that a secret belongs to; Unauthorized when it is unknown or revoked."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one request may reach; ``collections`` None means all of them."""

    collections: tuple[str, ...] | None = None
    write: bool = True

    def reaches(self, collection: str) -> bool:
        """Whether the collection is within the key's scope."""
        return self.collections is None or collection in self.collections

    def require(self, collection: str, *, write: bool = False) -> None:
        """Forbidden unless the collection may be read, or written."""
        if not self.reaches(collection):
            raise Forbidden(f"This key does not reach the collection {collection!r}.")
        self.require_write(write)

    def require_write(self, write: bool = True) -> None:
        """Forbidden for a key that may only read."""
        if write and not self.write:
            raise Forbidden("This key may read but not write.")


def is_public(path: str) -> bool:
    """Whether a path is served without a key: health, the page's own files, the API's description."""
    return path == "/" or path.startswith(PUBLIC_PREFIXES)


def bearer_token(headers: Headers) -> str:
    """The token of the Authorization header; Unauthorized without one."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send an API key: Authorization: Bearer <key>.")
    return token.strip()


def is_loopback_host(name: str) -> bool:
    """Whether a host name or address means this machine itself."""
    name = name.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_other_machines(client: tuple[str, int] | None) -> None:
    """Unauthorized unless the request comes from this machine, as when the last key was revoked meanwhile."""
    if client is not None and not is_loopback_host(client[0]):
        raise Unauthorized("Without API keys this server answers only this machine.")


def refuse_forwarded(headers: Headers) -> None:
    """Unauthorized for what a proxy passes on: whoever sent it may be anywhere, and may have written its headers."""
    if any(name in ("forwarded", "x-real-ip") or name.startswith("x-forwarded-") for name in headers):
        raise Unauthorized("Without API keys this server does not answer through a proxy.")


def refuse_foreign_host(headers: Headers) -> None:
    """Forbidden unless Host is loopback: a page elsewhere could point its own name at this machine."""
    try:
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        name = ""
    if not is_loopback_host(name):
        raise Forbidden(
            "Without API keys this server answers only under a loopback name such as 127.0.0.1 or localhost."
        )


def refuse_foreign_origin(headers: Headers, allowed: tuple[str, ...]) -> None:
    """Forbidden for a browser request that another site's page has sent."""
    origin = headers.get("origin")
    if origin is None or origin in allowed or "*" in allowed or _same_host(origin, headers.get("host", "")):
        return
    raise Forbidden(f"Requests from pages of {origin[:200]} are refused; RAG_SERVER__CORS_ORIGINS names those allowed.")


def _same_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"{parts.scheme}://{host}")
        default = {"http": 80, "https": 443}.get(parts.scheme)
        if default is None:
            return False
        return (parts.hostname, parts.port or default) == (own.hostname, own.port or default)
    except ValueError:
        return False

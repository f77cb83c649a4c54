"""Origins of web pages, as browsers send them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

_FORM = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
_USUAL_PORTS = {"http": 80, "https": 443}
_REMEDY = "write scheme://host or scheme://host:port, as in https://intranet.example.org, or * for all"


def browser_origins(entries: Iterable[str]) -> list[str]:
    """Origins in small letters, without a closing slash or the usual port; ValueError names an entry that is none.

    `*` stands for all origins and stays.
    """
    found = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(_sent(entry.strip().lower()))
        except ValueError as error:
            raise ValueError(f"entry {number} is no origin that a browser sends: {_REMEDY}") from error
    return found


def _sent(origin: str) -> str:
    if origin == "*":
        return origin
    parts = _FORM.fullmatch(origin)
    if parts is None or int(parts[3] or 0) > 65535:
        raise ValueError(origin)
    scheme, host, port = parts.groups()
    if host.startswith("["):
        host = f"[{ipaddress.IPv6Address(host[1:-1])}]"
    unusual = port and int(port) != _USUAL_PORTS.get(scheme)
    return f"{scheme}://{host}:{int(port)}" if unusual else f"{scheme}://{host}"

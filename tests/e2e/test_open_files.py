"""A server keeps more connections open than the shell that started it may have open files."""

import resource
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.e2e.process import server


def test_connections_beyond_the_limit_of_the_shell(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = sum(1 for _ in Path("/proc/self/fd").iterdir()) + 100  # other tests may have left some open
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))  # what is started now inherits it
    opened = []
    try:
        with server(tmp_path / "data") as (url, _):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            place = urlsplit(url)
            opened += [socket.create_connection((place.hostname, place.port), 20) for _ in range(2 * few)]
            assert httpx.get(f"{url}/healthz", timeout=20).json() == {"status": "ok"}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in opened:
            each.close()

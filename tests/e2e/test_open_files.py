"""A server keeps more connections open than the shell that started it may have open files."""

import resource
import socket
from urllib.parse import urlsplit

import httpx

from tests.e2e.process import server

FEW = 128


def test_connections_beyond_the_limit_of_the_shell(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))  # what is started now inherits it
    opened = []
    try:
        with server(tmp_path / "data") as (url, _):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            place = urlsplit(url)
            opened += [socket.create_connection((place.hostname, place.port), 20) for _ in range(2 * FEW)]
            assert httpx.get(f"{url}/healthz", timeout=20).json() == {"status": "ok"}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in opened:
            each.close()

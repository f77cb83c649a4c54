"""Every command block of the README, run in order in a copy of the repository."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.process import environment
from tests.llm_server import LlmServer, citing

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """What git tracks, with the environment that runs these tests as its .venv, already set up."""
    place = tmp_path_factory.mktemp("readme") / "repository"
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    (place / ".venv").mkdir()
    for each in Path(sys.prefix).iterdir():
        (place / ".venv" / each.name).symlink_to(each)
    for stamp in ("python", "installed", "developing"):
        path = place / ".venv" / stamp
        path.unlink(missing_ok=True)
        path.touch()
    docker = place / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text('#!/bin/sh\n[ "$1" = compose ] && [ -f compose.yaml ] && echo "docker $*" >> docker.log\n')
    docker.chmod(0o755)
    return place


def shell(copy: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    chosen = environment(None, **more) | {"PATH": f"{copy}/bin:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=copy, env=chosen, capture_output=True, text=True, timeout=280
    )


def blocks_with(*words: str) -> list[str]:
    return [block for block in BLOCKS if all(word in block for word in words)]


def test_no_block_is_left_out():
    kinds = ("make demo", "make serve", "curl", "rag-service ingest", "export", "eval run", "docker", "make test")
    for block in BLOCKS:
        assert sum(kind in block for kind in kinds) >= 1, block
    assert len(BLOCKS) >= 10


@pytest.mark.timeout(600)
def test_the_blocks_run_in_order(copy):
    (demo,) = blocks_with("make demo")
    done = shell(copy, demo)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("$ rag-service ask") == 4
    assert done.stdout.count("declined:") == 1
    (mine,) = blocks_with(".venv/bin/rag-service ingest")
    done = shell(copy, mine)
    assert done.returncode == 0 and "Yalu" in done.stdout, done.stdout + done.stderr
    (serve,) = blocks_with("make serve")
    chosen = environment(None) | {"PATH": f"{copy}/bin:{os.environ['PATH']}"}
    server = subprocess.Popen(["bash", "-c", serve], cwd=copy, env=chosen, start_new_session=True)
    try:
        wait_for(f"{URL}/readyz", server)
        for block in blocks_with("curl"):
            done = shell(copy, block)
            assert done.returncode == 0, done.stderr
            assert '"error"' not in done.stdout and '"status": 4' not in done.stdout, done.stdout
            assert "seeds" not in done.stdout and ("source" in done.stdout), done.stdout
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} is not there")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("block", blocks_with("export"), ids=["openai", "ollama", "vllm"])
def test_a_model_is_switched_on(copy, block):
    with LlmServer(citing) as llm:
        here = re.sub(r"http://127\.0\.0\.1:\d+/v1", llm.base_url, block)  # what Ollama or vLLM would answer
        shell(copy, ".venv/bin/rag-service ingest seeds", RAG_DATA_DIR="data")
        done = shell(copy, here, OPENAI_BASE_URL=llm.base_url)
        assert done.returncode == 0, done.stdout + done.stderr
        assert " llm " in done.stdout, done.stdout


@pytest.mark.timeout(600)
def test_the_eval_runs(copy):
    (block,) = blocks_with("eval run")
    done = shell(copy, block)
    assert done.returncode == 0, done.stdout + done.stderr


def test_docker_blocks_name_what_compose_knows(copy):
    (block,) = blocks_with("docker")
    assert shell(copy, block).returncode == 0
    assert len((copy / "docker.log").read_text().splitlines()) == 4


def test_the_commands_for_developers(copy):
    (block,) = blocks_with("make test")
    test, check = block.split("\n")[:2]
    done = shell(copy, test, PYTEST_ADDOPTS="--collect-only -q")
    listed = shell(copy, f"make --dry-run {check.removeprefix('make ')}")
    assert "mypy" in listed.stdout and "ruff" in listed.stdout
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

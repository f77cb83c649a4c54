"""Commands that stay until they are told to end, and readers that go away."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import termios
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.process import COMMAND, environment, server


def undisturbed() -> None:
    """Signals do what they do at a terminal, even where whoever started the tests ignores them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_watching_ends_in_order_when_it_is_told_to(tmp_path, number):
    (tmp_path / "a.txt").write_text("Der Sonderzug ist gepanzert.", encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(tmp_path / "a.txt"), "--watch"],
        env=environment(tmp_path / "data"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=undisturbed,
    )
    with process:
        assert process.stderr.readline() == "Watching for changes; Ctrl-C ends.\n"
        process.send_signal(number)
        assert process.stderr.read().strip() == "Interrupted; what was finished is kept."
        assert process.wait(30) == 130
    assert not (tmp_path / "data" / "in-use").exists()
    assert not (tmp_path / "data" / "owner.json").exists()


def test_a_server_ends_in_order_with_its_terminal(tmp_path):
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=environment(tmp_path / "data"),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        preexec_fn=lambda: (undisturbed(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
    )
    os.close(inner)
    shown = b""
    while b"Serving http" not in shown:
        shown += os.read(terminal, 1000)
    assert (tmp_path / "data" / "in-use").exists()
    os.close(terminal)
    try:
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert not (tmp_path / "data" / "in-use").exists()
    assert not (tmp_path / "data" / "owner.json").exists()


def test_a_server_under_nohup_outlives_its_terminal(tmp_path):
    with server(tmp_path / "data", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as (url, process):
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_watching_takes_up_changes_and_ends_at_an_interrupt(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.txt").write_text("Der Sonderzug ist gepanzert.", encoding="utf-8")
    chosen = environment(tmp_path / "data", RAG_INGEST__WATCH_SECONDS="0.2", PYTHONUNBUFFERED="1")
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(docs), "--watch"],
        env=chosen,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=undisturbed,
    )
    try:
        lines = [process.stdout.readline() for _ in range(2)]
        assert lines == ["  added a.txt, 1 chunk\n", "1 added\n"]
        assert process.stderr.readline() == "Watching for changes; Ctrl-C ends.\n"
        time.sleep(1)
        (docs / "b.txt").write_text("Er fährt langsam.", encoding="utf-8")
        assert process.stdout.readline() == "  added b.txt, 1 chunk\n"
        assert process.stdout.readline() == "1 unchanged, 1 added\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read().strip() == "Interrupted; what was finished is kept."
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
        process.stderr.close()
    listed = subprocess.run(
        [*COMMAND, "documents", "list", "--json"], env=environment(tmp_path / "data"), capture_output=True, text=True
    )
    assert [item["source"] for item in json.loads(listed.stdout)["data"]] == ["a.txt", "b.txt"]


def test_a_reader_that_goes_away_is_no_error_worth_a_word(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*COMMAND, "settings"],
            env=environment(tmp_path),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    "command", ["settings", "settings --json", "--help", "keys list", "documents list -c none --json"]
)
def test_an_output_that_takes_no_more_is_one_line(tmp_path, command, buffered):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *command.split()],
            env=environment(tmp_path, PYTHONUNBUFFERED=buffered),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "Error: The output cannot be written: No space left on device."
    assert len(done.stderr.splitlines()) == (2 if "none" in command and not buffered else 1)

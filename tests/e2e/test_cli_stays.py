"""Commands that stay until they are told to end, and readers that go away."""

import json
import os
import signal
import subprocess
import time

from tests.e2e.process import COMMAND, environment


def undisturbed() -> None:
    """A terminal's interrupt, even where whoever started the tests ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


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

"""The Dockerfile: linted, and its steps run in a clean environment, since no container engine is needed for that."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.e2e.process import environment

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Every instruction with its argument, continued lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def settings_of_the_image() -> dict[str, str]:
    (assigned,) = [argument for name, argument in instructions() if name == "ENV"]
    return dict(pair.split("=", 1) for pair in assigned.split())


def test_hadolint():
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.stdout.strip() == "" and done.returncode == 0, done.stdout


def test_the_final_stage_is_lean_and_without_root():
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last and "VOLUME /data" in last
    assert not re.search(r"apt-get|gcc|build-essential|pip install", last)


def test_what_is_copied_exists_and_is_not_ignored():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for name, argument in instructions():
        if name == "COPY" and "--from" not in argument:
            for source in argument.split()[:-1]:
                assert (ROOT / source).exists()
                assert source.removeprefix("./") in allowed


def test_every_setting_of_env_file_reaches_the_container_but_its_own_places():
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    assert service["env_file"] == [{"path": ".env", "required": False}]
    fixed = {name: value for name, value in service["environment"].items() if "$" not in value}
    image = settings_of_the_image()
    assert fixed == {name: value for name, value in image.items() if name.startswith("RAG_")}
    for name in service["environment"].keys() - fixed.keys():
        assert service["environment"][name] == f"${{{name}:-}}"  # where it is set nowhere: empty, which is unset


def test_what_keeps_a_cache_finds_a_place_that_can_be_written():
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    assert settings_of_the_image()["XDG_CACHE_HOME"] in service["tmpfs"]


def test_compose_hardens_and_publishes_to_loopback_only():
    (service,) = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert any(volume.endswith(":/data") for volume in service["volumes"])


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The steps of the build stage, run with /app and /src in a temporary folder."""
    place = tmp_path_factory.mktemp("image")
    source = place / "src"
    source.mkdir()
    for name, argument in instructions():
        if name == "FROM" and "AS build" not in argument:
            break
        if name == "COPY":
            for each in argument.split()[:-1]:
                if (ROOT / each).is_dir():
                    shutil.copytree(ROOT / each, source / each, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / each, source / each)
        if name == "RUN":
            step = argument.replace("/app", str(place / "app")).replace("python -m venv", f"{sys.executable} -m venv")
            done = subprocess.run(["sh", "-c", step], cwd=source, capture_output=True, text=True, timeout=280)
            assert done.returncode == 0, f"{step}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return place


@pytest.mark.timeout(600)
def test_the_steps_build_and_the_command_serves_from_a_read_only_image(image, tmp_path):
    app, data = image / "app", tmp_path / "data"
    prepared = {file.name.rpartition("-")[0]: file for file in (app / "share" / "encoder").iterdir()}
    assert sorted(prepared) == ["e5", "e5-reader-lower", "e5-reader-upper"]
    assert {file.stat().st_mode & 0o777 for file in prepared.values()} == {0o644}
    chosen = {name: value.replace("/app", str(app)) for name, value in settings_of_the_image().items()}
    chosen |= {
        "PATH": f"{app}/bin:/usr/bin:/bin",
        "RAG_DATA_DIR": str(data),
        "RAG_SERVER__PORT": "0",
        "HOME": "/nonexistent",
    }
    subprocess.run(["chmod", "-R", "a-w", app], check=True)
    try:
        (command,) = [json.loads(argument) for name, argument in instructions() if name == "CMD"]
        refused = subprocess.run(command, env=environment(data, **chosen), capture_output=True, text=True, timeout=60)
        assert refused.returncode == 1 and "keys create" in refused.stderr  # 0.0.0.0 without a key
        made = subprocess.run(
            ["rag-service", "keys", "create", "test"], env=environment(data, **chosen), capture_output=True, text=True
        )
        token = made.stdout.strip()
        with subprocess.Popen(
            command, env=environment(data, **chosen), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            url = process.stdout.readline().split()[1]
            (probe,) = [
                json.loads(argument[argument.index("[") :])
                for name, argument in instructions()
                if name == "HEALTHCHECK"
            ]
            probe = [each.replace("http://127.0.0.1:8000", url) for each in probe]
            assert subprocess.run(probe, env=environment(data, **chosen)).returncode == 0
            asked = urllib.request.Request(f"{url}/v1/collections", headers={"Authorization": f"Bearer {token}"})
            assert urllib.request.urlopen(asked, timeout=10).status == 200
            process.terminate()
            assert process.wait(20) in (0, -15)
    finally:
        subprocess.run(["chmod", "-R", "u+w", app], check=True)

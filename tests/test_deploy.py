"""The container, read, and built and run where Docker works; the Space, read and started."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).parents[1]
DOCKERFILE = (REPOSITORY / "deploy/Dockerfile").read_text("utf-8")
SPACE = REPOSITORY / "deploy/space"


def instructions(text: str) -> list[tuple[str, str]]:
    """Name and rest of each instruction; lines that go on are one, comments none."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    parts = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [(name.upper(), rest) for name, rest in parts]


def faults(text: str) -> set[str]:
    """What is wrong with a Dockerfile."""
    found, steps = set(), instructions(text)
    last = max(i for i, (name, _) in enumerate(steps) if name == "FROM")
    names, final = [name for name, _ in steps], steps[last:]
    bases = [rest.split()[0] for name, rest in steps if name == "FROM"]
    if not all(re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+-slim-\w+", base) for base in bases):
        found.add("base")
    users = [rest.partition(":")[0] for name, rest in final if name == "USER"]
    if not users or users[-1] in ("root", "0"):
        found.add("root")
    if not any(name == "HEALTHCHECK" and "CMD" in rest for name, rest in final):
        found.add("health")
    if re.search(r"(?i)(password|secret|token|api_key|SR_APP_AUTH)", text):
        found.add("secret")
    if "ADD" in names or any(
        name == "COPY" and rest.split()[-2:] == [".", "."] for name, rest in steps
    ):
        found.add("copy")
    extras = re.findall(r"\.\[([^]]*)\]", text)
    if extras != ["page"]:
        found.add("extras")
    if re.search(r"https?://(?!127\.0\.0\.1[:/])|index-url", text):
        found.add("host")
    installs = re.findall(r"pip install ([^&\n]+)", " ".join(rest for _, rest in steps))
    if not all("--require-hashes" in one or "--no-deps" in one for one in installs):
        found.add("hashes")
    if any(name in ("ENTRYPOINT", "CMD") and not rest.startswith("[") for name, rest in final):
        found.add("shell")  # signals would not reach the page
    return found


def test_the_container_is_slim_pinned_without_root_and_watched() -> None:
    assert faults(DOCKERFILE) == set()


@pytest.mark.parametrize(
    "fault, before, after",
    [
        ("base", "3.13.7-slim-bookworm\n", "slim\n"),
        ("root", "USER 10001:10001", "USER root"),
        ("root", "USER 10001:10001\n", ""),
        ("health", "HEALTHCHECK", "LABEL a=b #"),
        ("secret", "HOME=/tmp", "SR_APP_AUTH=me:x"),
        ("copy", "COPY sr_app sr_app", "COPY . ."),
        ("extras", ".[page]", ".[page,train]"),
        ("extras", ".[page]", "."),
        ("hashes", "--require-hashes ", ""),
        ("hashes", "--no-deps ", ""),
        ("host", "--no-cache-dir", "--index-url https://example.org"),
        ("shell", 'ENTRYPOINT ["sr-app", ', 'ENTRYPOINT sr-app # ["sr-app", '),
    ],
)
def test_a_planted_fault_is_seen(fault: str, before: str, after: str) -> None:
    assert before in DOCKERFILE
    assert fault in faults(DOCKERFILE.replace(before, after))


def docker(*arguments: object) -> str:
    """What Docker says; CalledProcessError where it fails."""
    command = ["docker", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.slow
def test_the_container_is_built_and_becomes_healthy() -> None:
    """Where there is Docker with a daemon that answers and the base image can be had."""
    if not shutil.which("docker"):
        pytest.skip("no Docker on this machine")
    try:
        docker("pull", instructions(DOCKERFILE)[0][1].split()[0])
    except subprocess.CalledProcessError as error:
        pytest.skip(f"Docker does not work here: {error.stderr.strip().splitlines()[-1]}")
    docker("build", "-f", REPOSITORY / "deploy/Dockerfile", "-t", "sr-app-test", REPOSITORY)
    fence = ["--read-only", "--tmpfs", "/tmp:size=2g", "--cap-drop", "ALL"]
    fence += ["--security-opt", "no-new-privileges"]
    name = docker("run", "-d", *fence, "-p", "127.0.0.1::7860", "sr-app-test")
    try:
        until = time.monotonic() + 180
        while (state := docker("inspect", "-f", "{{.State.Health.Status}}", name)) == "starting":
            assert time.monotonic() < until, docker("logs", name)
            time.sleep(1)
        assert state == "healthy", docker("logs", name)
        with urlopen(f"http://{docker('port', name, '7860/tcp')}/readyz", timeout=10) as answer:
            assert answer.read() == b"ready\n"
        assert docker("exec", name, "id", "-u") == "10001"
        with pytest.raises(subprocess.CalledProcessError):
            docker("exec", name, "touch", "/opt/sr-app/x")
    finally:
        docker("rm", "-f", name)


def test_what_is_copied_exists_and_is_let_through() -> None:
    ignored = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    sources = [
        part
        for name, rest in instructions(DOCKERFILE)
        if name == "COPY" and "--from" not in rest
        for part in rest.split()[:-1]
    ]
    assert sources and {f"!{part}" for part in sources} == {x for x in ignored if x[0] == "!"}
    assert all((REPOSITORY / part).exists() for part in sources)


def test_the_space_needs_the_core_and_the_page_and_no_more() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (SPACE / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [*project["dependencies"], *project["optional-dependencies"]["page"]]
    assert [line for line in lines if not line.startswith("#")] == wanted
    head = dict(
        re.findall(r"^(\w+): (.*)$", (SPACE / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert f"gradio=={head['sdk_version']}" in (REPOSITORY / "requirements.txt").read_text("utf-8")
    assert head["app_file"] == "app.py" and head["sdk"] == "gradio"
    assert len(head["short_description"]) <= 60


def test_the_space_starts_from_its_own_folder(tmp_path: Path) -> None:
    """Up to the port, which is taken: options are understood, package and presets are there."""
    folder = tmp_path / "space"
    subprocess.run(["make", "-s", "space", f"SPACE={folder}"], cwd=REPOSITORY, check=True)
    assert {path.name for path in folder.iterdir()} == {
        "app.py", "README.md", "requirements.txt", "LICENSE", "sr_app", "models",
    }  # fmt: skip
    assert not [*folder.rglob("__pycache__")] and (folder / "models/esrn_x2/model.onnx").is_file()
    environment = {**os.environ, "SPACE_HOST": "me-page.hf.space", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "app.py", "--port", str(taken.getsockname()[1])],
            cwd=folder, env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 2 and "Cannot serve on 0.0.0.0" in done.stderr, done.stderr

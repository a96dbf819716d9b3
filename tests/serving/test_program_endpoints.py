"""The endpoints for programs, over HTTP: by the documented clients, and by those who try."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.image.files import read_header
from tests.serving.conftest import Site, write_noise

pytestmark = pytest.mark.slow  # importing Gradio takes some eight seconds


def test_the_two_endpoints_for_programs_are_all_that_is_public(site) -> None:
    described = json.loads(site.get("/gradio_api/info")[2])
    assert [*described["named_endpoints"]] == ["/upscale", "/inspect"]
    assert described["unnamed_endpoints"] == {}
    taken = [p["parameter_name"] for p in described["named_endpoints"]["/upscale"]["parameters"]]
    assert taken == ["photo", "factor", "size", "kind", "blend", "format", "quality"]


def example(site: Site, language: str) -> str:
    """The documentation's example for programs in a language, with this page's address."""
    text = (Path(__file__).parents[2] / "docs/programs.md").read_text("utf-8")
    (code,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return code.replace("127.0.0.1:7860", f"127.0.0.1:{site.port}")


def test_the_documented_client_works(site, tmp_path) -> None:
    write_noise(tmp_path / "photo.png")
    done = subprocess.run(
        [sys.executable, "-c", example(site, "python")],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    path, width, height = done.stdout.split()[-3:]
    header = read_header(path)
    assert (width, height) == ("80", "60") and header.format == "jpeg"
    assert (header.width, header.height) == (80, 60)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_documented_curl_works(site, tmp_path) -> None:
    write_noise(tmp_path / "photo.png")
    code = f"set -eu\n{example(site, 'sh')}"
    done = subprocess.run(
        ["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "event: complete" in done.stdout and '"preset": "esrn_p_x2"' in done.stdout
    header = read_header(tmp_path / "larger.jpg")
    assert (header.format, header.width, header.height) == ("jpeg", 80, 60)


@pytest.mark.parametrize(
    "path, reason",
    [
        ("http://127.0.0.1:1/x.png", "fetches no addresses"),
        ("/etc/hostname", None),
        ("photo.png", None),
    ],
)
@pytest.mark.parametrize("place", [0, 2])
def test_a_program_names_only_what_it_uploaded(site, path, reason, place) -> None:
    data = [{"path": path}, 2, "", "clean", 0, "png", 95]
    data[place] = {"path": path, "meta": {"_type": "gradio.FileData"}}
    status, answer = site.post("/gradio_api/call/upscale", {"data": data})
    assert status == 200
    _, _, body = site.get(f"/gradio_api/call/upscale/{answer['event_id']}")
    assert b"event: error" in body and (reason or "").encode() in body


@pytest.mark.parametrize(
    "data",
    [[], [{"path": "x"}, 2], [{"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}]],
)
def test_a_call_of_nonsense_is_a_line_of_the_log(site, data, capfd) -> None:
    _, answer = site.post("/gradio_api/call/upscale", {"data": data})
    body = site.get(f"/gradio_api/call/upscale/{answer['event_id']}")[2]
    assert b"event: error" in body and b"gradio_api/info" in body
    assert "Traceback" not in capfd.readouterr().err

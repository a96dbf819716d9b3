"""The Gradio page over HTTP: what it serves, what it refuses, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sr_app.networks import presets
from sr_app.serving.guard import HEADERS
from tests.serving.conftest import Site

pytestmark = pytest.mark.slow  # importing Gradio takes some eight seconds


def test_the_page_comes_with_safe_headers(site) -> None:
    status, headers, body = site.get("/")
    assert status == 200 and b"sr_app" in body
    for name, value in HEADERS.items():
        assert headers[name.decode()] == value.decode()


def test_doors_that_the_page_does_not_use_are_closed(site) -> None:
    config = json.loads(site.get("/config")[2])
    assert config["analytics_enabled"] is False and config["footer_links"] == []
    assert not config.get("run_history") and not config.get("mcp_server")
    for path in ("/docs", "/redoc", "/openapi.json", "/monitoring", "/monitoring/summary"):
        assert site.get(path)[0] in (403, 404), path


def test_the_scripts_are_modules_of_this_very_version(site) -> None:
    from sr_app.serving.page_routes import PAGE, scripts

    for path in PAGE.glob("*.js"):
        status, headers, body = site.get(f"/{scripts()}/{path.name}")
        assert (status, body) == (200, path.read_bytes())
        assert headers["content-type"].split(";")[0].endswith("/javascript")
        for name, value in HEADERS.items():
            assert headers[name.decode()] == value.decode()
    assert scripts() in json.dumps(json.loads(site.get("/config")[2]))
    assert site.get(f"/{scripts()}/../app.py")[0] == 404


def test_a_supervisor_is_told_whether_the_page_lives_and_can_work(site, monkeypatch) -> None:
    for path, body in (("/healthz", b"alive\n"), ("/readyz", b"ready\n")):
        assert (site.get(path)[0], site.get(path)[2]) == (200, body)
    monkeypatch.setenv("SR_APP_MODELS", "/nowhere")
    monkeypatch.setattr(presets, "SHIPPED", Path("/nowhere"))
    assert site.get("/healthz")[0] == 200
    status, _, body = site.get("/readyz")
    assert status == 503 and b"sr-app doctor" in body


@pytest.mark.parametrize(
    "path",
    ["/etc/hostname", f"{Path(__file__)}", "pyproject.toml", "../../etc/hostname", "C:/x.ini"],
)
def test_only_files_of_the_private_folder_are_served(site, path) -> None:
    assert site.get(f"/gradio_api/file={path}")[0] == 403


def test_no_address_is_fetched(site) -> None:
    assert site.get("/gradio_api/file=http://127.0.0.1:1/x.png")[0] == 403


def test_examples_and_their_thumbnails_are_served(site) -> None:
    for name in ("chelsea.png", "chelsea.small.png"):
        status, headers, _ = site.get(f"/gradio_api/file={site.folder / name}")
        assert (status, headers["content-type"]) == (200, "image/png")


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-9", 206), ("bytes=-5", 206), ("bytes=0-0,2-2", 200),
        ("bytes=" + "0-," * 9000, 200), ("bytes=0-" + "9" * 9000, 200), ("pages=1-2", 200),
    ],
)  # fmt: skip
def test_of_a_file_one_range_is_answered_or_all_of_it(site, wanted, status) -> None:
    whole = (site.folder / "chelsea.small.png").read_bytes()
    got, _, body = site.get(f"/gradio_api/file={site.folder / 'chelsea.small.png'}", range=wanted)
    assert got == status and (body == whole if status == 200 else body and body in whole)


def test_fonts_and_scripts_come_from_the_page_itself(site) -> None:
    config = json.loads(site.get("/config")[2])
    assert "fonts.googleapis" not in json.dumps(config)
    assert config.get("stylesheets") in (None, [])


def test_only_its_own_name_and_its_own_page_reach_it(site) -> None:
    for headers in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        for path in ("/", "/config", "/gradio_api/startup-events"):
            status, answered, _ = site.get(path, **headers)
            assert status == 403 and "access-control-allow-origin" not in answered
        assert site.ask("POST", "/gradio_api/upload", b"x", **headers)[0] == 403
    assert site.get("/healthz", host="evil.example")[0] == 200
    assert site.get("/", host=f"localhost:{site.port}")[0] == 200
    own = f"http://127.0.0.1:{site.port}"
    assert site.get("/", origin=own)[1]["access-control-allow-origin"] == own
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    assert site.get("/", **upgrade, sec_websocket_key="AAAAAAAAAAAAAAAAAAAAAA==")[0] in (400, 403)


def routes() -> list[tuple[str, str]]:
    """Method and path of everything that the framework would answer, with its blanks filled in."""
    from gradio import Blocks
    from gradio.routes import App
    from starlette.routing import Route

    app = App.create_app(Blocks())
    found = [route for route in _all(app.routes) if isinstance(route, Route)]
    return sorted(
        (method, re.sub(r"{(\w+)(:path)?}", "0", route.path))
        for route in found
        for method in route.methods or ()
    )


def _all(routes: list) -> Iterator:
    for route in routes:
        yield route
        inner = getattr(route, "original_router", route)
        yield from _all(getattr(inner, "routes", None) or [])


def test_a_password_is_asked_for_everywhere_and_files_go_at_the_end() -> None:
    site = Site(auth=("me", "secret"))
    try:
        listed = routes()
        assert len(listed) > 60 and ("POST", "/gradio_api/cancel") in listed
        answers = {(method, path): site.ask(method, path)[0] for method, path in listed}
        shown = {
            path for (_, path), status in answers.items() if status not in (401, 403, 404, 405)
        }
        # What the form for the login is made of, and the form itself (422: it was sent empty).
        assert shown <= {
            "/", "/login", "/assets/0", "/static/0", "/svelte/0", "/theme.css", "/favicon.ico",
            "/manifest.json", "/pwa_icon", "/robots.txt",
            "/gradio_api/startup-events",
        }  # fmt: skip
        asked = {path for (_, path), status in answers.items() if status == 401}
        assert asked >= {"/config", "/gradio_api/upload", "/gradio_api/file=0", "/logout"}
        for path in ("/gradio_api/cancel", "/gradio_api/heartbeat/0", "/gradio_api/reset"):
            assert 404 in {site.ask(method, path)[0] for method in ("GET", "POST")}
        assert site.get(f"/gradio_api/file={site.folder / 'chelsea.png'}")[0] == 401
        form = "application/x-www-form-urlencoded"
        wrong = site.ask("POST", "/login", b"username=me&password=no", content_type=form)
        assert wrong[0] == 400, "and after its half second the right one is heard"
        right = site.ask("POST", "/login", b"username=me&password=secret", content_type=form)
        cookie = right[1]["set-cookie"].split(";")[0]
        assert right[0] == 200 and site.get("/config", cookie=cookie)[0] == 200
        assert site.folder.is_dir()
        if os.name == "posix":
            assert site.folder.stat().st_mode & 0o077 == 0
    finally:
        site.stop()
    assert not site.folder.exists()


def test_the_page_needs_neither_tensorflow_nor_keras() -> None:
    code = (
        "import sys, sr_app.serving.app;"
        "print([m for m in ('tensorflow', 'keras', 'jax', 'onnx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

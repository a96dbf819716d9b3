"""The guard before the server: what it closes, and the headers that it sets."""

from __future__ import annotations

import asyncio
import logging

import pytest
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from sr_app.serving import guard
from sr_app.serving.guard import FRAME_BYTES, HEADERS, Guard, Rules
from sr_app.serving.hosts import Hosts
from sr_app.serving.logins import Logins
from sr_app.serving.roads import CALL_BYTES, Road
from sr_app.serving.shares import Shares

HOST = (b"host", b"localhost:7860")
CALL = "/gradio_api/component_server"
UPLOAD = "/gradio_api/upload"


def ask(
    path: str,
    *,
    kind: str = "http",
    method: str = "",
    headers=(),
    sends=(),
    host=HOST,
    bodies=(b"",),
    status: int = 200,
    rules: Rules | None = None,
) -> list[dict]:
    """Messages that come out when the application behind the guard answers "hello".

    Args:
        method: by default what suits the path.
        headers: of the answer. sends, bodies: headers and pieces of the body of the request, which
            the application reads to its end before it answers.
        status: of the answer; 0 raises an exception instead.
    """

    async def hello(scope, receive, send) -> None:
        for _ in bodies:
            if (await receive())["type"] == "http.disconnect":
                return
        if not status:
            raise KeyError("x" * 1000 + "\n\33[31m")
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"hello"})

    sent: list[dict] = []
    pieces = iter(bodies)

    left = len(bodies)

    async def receive() -> dict:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": next(pieces), "more_body": left > 0}

    async def send(message) -> None:
        sent.append(message)

    posts = path.startswith((CALL, UPLOAD, "/login", "/leave"))
    scope = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "method": method or ("POST" if posts else "GET"),
        "headers": [*([host] if host else []), *sends],
        "client": ("192.0.2.1", 1),
    }
    asyncio.run(Guard(hello, rules)(scope, receive, send))
    return sent


def status_of(path: str, **options) -> int:
    return ask(path, **options)[0]["status"]


def test_pages_pass_with_safe_headers() -> None:
    start, body = ask("/", headers=[(b"content-type", b"text/html"), (b"referrer-policy", b"x")])
    assert start["status"] == 200 and body["body"] == b"hello"
    assert dict(start["headers"]) == {b"content-type": b"text/html", **HEADERS}
    assert len(start["headers"]) == 1 + len(HEADERS), "a header must not stand there twice"


def test_the_browser_stays_on_this_server() -> None:
    policy = HEADERS[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/a.png",
        "/gradio_api/file=https://example.com/a.png",
        "/gradio_api/FILE=HTTPS://example.com/a.png",
        "/gradio_api/proxy=https://example.com/a",
    ],
)
def test_no_address_is_fetched_for_others(path) -> None:
    start, body = ask(path)
    assert start["status"] == 403 and b"hello" not in body["body"]


def test_other_files_pass() -> None:
    assert ask("/gradio_api/file=/private/photo/http-header.png")[0]["status"] == 200


def test_what_is_not_http_is_none_of_its_business() -> None:
    assert ask("/", kind="lifespan")[0]["headers"] == []


def test_there_are_no_websockets() -> None:
    assert ask("/", kind="websocket") == [{"type": "websocket.close", "code": 1008}]


def length(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(size).encode())]


def test_a_large_body_is_refused_unread() -> None:
    start, body = ask(CALL, sends=length(CALL_BYTES + 1))
    assert start["status"] == 413 and b"too large" in body["body"]
    assert status_of(CALL, sends=length(CALL_BYTES)) == 200
    rules = Rules(upload_bytes=3_000_000)
    assert status_of(UPLOAD, sends=length(3_000_000), rules=rules) == 200, "it has its own limit"
    assert status_of(UPLOAD, sends=length(3_000_001 + FRAME_BYTES), rules=rules) == 413


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/run/upload", "/gradio_api/call/upload", "/upload", "/gradio_api/queue/status",
     "/gradio_api/cancel", "/gradio_api/heartbeat/x", "/gradio_api/upload/", "/GRADIO_API/UPLOAD"],
)  # fmt: skip
def test_roads_that_the_page_does_not_need_are_closed(path) -> None:
    for method in ("GET", "POST"):
        assert status_of(path, method=method, sends=length(200_000_000)) == 404
    assert status_of("/gradio_api/upload", method="PUT") == 405


def test_a_body_that_says_no_size_is_cut_off() -> None:
    half = bytes(CALL_BYTES // 2)
    assert status_of(CALL, bodies=[half, half]) == 200
    assert ask(CALL, bodies=[half, half, b"1"]) == []
    assert status_of(UPLOAD, bodies=[half, half, b"1"]) == 200


def test_a_sender_that_stalls_counts_as_gone(monkeypatch) -> None:
    monkeypatch.setattr(guard, "STALLED", 0.01)
    said = []

    async def reads(scope, receive, send) -> None:
        said.append(await receive())

    async def never() -> dict:
        await asyncio.sleep(60)
        return {}

    scope = {"type": "http", "path": CALL, "method": "POST", "headers": [HOST]}
    asyncio.run(Guard(reads)(scope, never, never))
    assert said == [{"type": "http.disconnect"}]


@pytest.mark.parametrize("path", ["/", CALL, UPLOAD, "/gradio_api/file=/x.png", "/config"])
@pytest.mark.parametrize(
    "sends",
    [
        [(b"host", b"evil.example")], [], [HOST, HOST], [HOST, (b"x-forwarded-host", b"evil.com")],
        [HOST, (b"origin", b"http://evil.example")], [HOST, (b"origin", b"null")],
        [HOST, (b"origin", b"http://localhost:3000")],
    ],
)  # fmt: skip
def test_other_names_and_other_pages_are_refused(path, sends) -> None:
    start, body = ask(path, sends=sends, host=None)
    assert start["status"] == 403 and b"hello" not in body["body"]


def test_its_own_page_and_programs_are_heard() -> None:
    own = [(b"origin", b"http://localhost:7860"), (b"sec-fetch-site", b"same-origin")]
    assert status_of(CALL, sends=own) == status_of(CALL) == 200
    assert status_of(CALL, sends=[(b"sec-fetch-site", b"cross-site")]) == 403
    assert status_of("/", sends=[(b"sec-fetch-site", b"cross-site")]) == 200, "that is a link"
    rules = Rules(hosts=Hosts("0.0.0.0", ("photos.example.org",)))
    proxied = [(b"x-forwarded-host", b"photos.example.org, localhost")]
    assert status_of(CALL, sends=proxied, rules=rules) == 200


def test_a_supervisor_asks_under_any_name() -> None:
    for path in ("/healthz", "/readyz"):
        assert status_of(path, host=(b"host", b"10.1.2.3:7860")) == 200


def test_without_a_login_only_its_form_is_served() -> None:
    rules = Rules(logged_in=lambda scope: any(key == b"cookie" for key, _ in scope["headers"]))
    for path in (CALL, UPLOAD, "/config", "/gradio_api/file=/x.png", "/leave", "/page/x.js"):
        assert status_of(path, rules=rules) == 401
        assert status_of(path, rules=rules, sends=[(b"cookie", b"x")]) == 200
    for path in ("/", "/login", "/assets/x.js", "/healthz"):
        assert status_of(path, rules=rules) == 200


def test_a_wrong_password_costs_time_and_further_ones_are_not_heard(monkeypatch) -> None:
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(guard.asyncio, "sleep", sleep)
    rules = Rules(logged_in=lambda scope: False, logins=Logins(clock=lambda: 7.0))
    assert status_of("/login", rules=rules, status=422) == 422 and slept == [0.0]
    assert status_of("/login", rules=rules, status=400) == 400 and slept[1:] == [0.5]
    start, _ = ask("/login", rules=rules)
    assert start["status"] == 429 and dict(start["headers"])[b"retry-after"] == b"1"


def test_what_is_too_much_at_a_time_waits_and_may_come_again(monkeypatch) -> None:
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            waiting._most["uploads"] = (1, 9)

    monkeypatch.setattr(guard.asyncio, "sleep", sleep)
    waiting = Shares({"uploads": (0, 9)})
    assert status_of(UPLOAD, rules=Rules(shares=waiting)) == 200 and len(slept) == 3
    assert not waiting._taken["uploads"], "the share is given back"
    monkeypatch.setattr(guard, "PATIENCE", 0)
    start, _ = ask(UPLOAD, rules=Rules(shares=Shares({"uploads": (0, 9)})))
    assert start["status"] == 429 and dict(start["headers"])[b"retry-after"] == b"1"


def test_nonsense_is_one_line_of_the_log(caplog) -> None:
    caplog.set_level(logging.WARNING)
    start, body = ask(f"{CALL}/", status=0)
    assert start["status"] == 500 and b"xxx" not in body["body"]
    (record,) = caplog.records
    line = record.getMessage()
    assert (
        line.startswith(f"POST {CALL}/: KeyError: ") and len(line) < 250 and record.exc_info is None
    )
    assert line.isprintable()


@pytest.mark.parametrize("path", ["/photos/page/main.js", "/page/main.js"])
def test_under_a_proxy_s_path_the_server_s_files_are_found(path, tmp_path) -> None:
    """Whether the proxy takes its prefix away or leaves it."""
    (tmp_path / "main.js").write_text("//")
    files = Mount("/page", StaticFiles(directory=tmp_path))
    guarded = FastAPI(
        root_path="/photos", routes=[files], middleware=[Middleware(Guard, rules=Rules())]
    )
    road = Road("/page/", rest=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sr_app.serving.roads.ROADS", (road,))
        answer = TestClient(guarded, base_url="http://localhost").get(path)
    assert (answer.status_code, answer.text) == (200, "//")

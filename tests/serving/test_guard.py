"""The guard before the server: what it closes, and the headers that it sets."""

from __future__ import annotations

import asyncio

import pytest

from sr_app.serving.guard import HEADERS, MOST_BYTES, Guard


def ask(path: str, *, kind: str = "http", headers=(), sends=(), bodies=(b"",)) -> list[dict]:
    """Messages that come out when the application behind the guard answers "hello".

    Args:
        headers: of the answer. sends, bodies: headers and pieces of the body of the request, which
            the application reads to its end before it answers.
    """

    async def hello(scope, receive, send) -> None:
        for _ in bodies:
            if (await receive())["type"] == "http.disconnect":
                return
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"hello"})

    sent: list[dict] = []
    pieces = iter(bodies)

    async def receive() -> dict:
        return {"type": "http.request", "body": next(pieces)}

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": list(sends)}
    asyncio.run(Guard(hello)(scope, receive, send))
    return sent


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


def test_a_large_body_is_refused_unread() -> None:
    size = [(b"content-length", str(MOST_BYTES + 1).encode())]
    start, body = ask("/gradio_api/component_server", sends=size)
    assert start["status"] == 413 and b"too large" in body["body"]
    assert ask("/gradio_api/upload", sends=size)[0]["status"] == 200, "that has its own limit"
    size = [(b"content-length", str(MOST_BYTES).encode())]
    assert ask("/gradio_api/component_server", sends=size)[0]["status"] == 200


@pytest.mark.parametrize("path", ["/gradio_api/run/upload", "/gradio_api/call/upload", "/upload"])
def test_a_road_that_only_ends_like_the_upload_has_no_exception(path) -> None:
    size = [(b"content-length", str(MOST_BYTES + 1).encode())]
    assert ask(path, sends=size)[0]["status"] == 413


def test_a_body_that_says_no_size_is_cut_off() -> None:
    half = bytes(MOST_BYTES // 2)
    assert ask("/gradio_api/component_server", bodies=[half, half])[0]["status"] == 200
    assert ask("/gradio_api/component_server", bodies=[half, half, b"1"]) == []
    assert ask("/gradio_api/upload", bodies=[half, half, b"1"])[0]["status"] == 200

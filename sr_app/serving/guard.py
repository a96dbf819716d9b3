"""What stands before the page's server: nothing from outside, no fetching for others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# 'unsafe-inline' and 'unsafe-eval' are what the page's framework itself needs (it compiles its
# templates in the browser). The rest keeps the browser on this server: nothing from elsewhere is
# loaded, and nothing is sent elsewhere.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}
CLOSED = ("/file=http:", "/file=https:", "/proxy=")
"""Roads on which the framework would fetch an address for whoever asks."""

UPLOAD = "/gradio_api/upload"
"""The one road for large bodies, which has a limit of its own (``Limits``)."""

MOST_BYTES = 1_000_000
"""Of every other request's body: the largest, a painted map, has a third of that."""


class Guard:
    """ASGI middleware: closes what the page does not use and adds the headers above."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if any(road in scope["path"].lower() for road in CLOSED):
            return await _refuse(send, 403, "This page fetches no addresses.")
        if scope["path"].rstrip("/") not in (
            UPLOAD,
            scope.get("root_path", "").rstrip("/") + UPLOAD,
        ):
            if _announced(scope) > MOST_BYTES:
                return await _refuse(send, 413, "This request is too large for this page.")
            receive = _bounded(receive)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in HEADERS]
                message["headers"] = [*kept, *HEADERS.items()]
            await send(message)

        return await self._app(scope, receive, with_headers)


def _announced(scope: Message) -> int:
    """Bytes of the body as its header says; 0 where it says nothing."""
    length = dict(scope.get("headers", ())).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _bounded(receive: Receive) -> Receive:
    """The body up to `MOST_BYTES`; beyond, the connection counts as gone."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= MOST_BYTES else {"type": "http.disconnect"}

    return bounded


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})

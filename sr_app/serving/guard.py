"""What stands before the page's server: who asks, for what, and how much of it.

Nothing from outside is loaded, nothing is fetched for others, and whatever the page does not need
is closed. A request that is refused costs neither its body nor a thread.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sr_app.serving.hosts import Hosts, client_key
from sr_app.serving.logins import Logins
from sr_app.serving.roads import FILES, LOGIN, PROBES, Road, find_road
from sr_app.serving.shares import Full, Shares

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
FETCHES = ("/file=http:", "/file=https:", "/proxy=")
"""Roads on which the framework would fetch an address for whoever asks."""

ONE_RANGE = re.compile(rb"bytes=\d{0,18}-\d{0,18}")
"""The ranges of a file that are answered; any other gets the whole file (RFC 9110, 14.2)."""

STALLED = 30.0
"""Seconds without a byte after which the sender of a body counts as gone."""

FRAME_BYTES = 100_000
"""Of an upload beside its file: names and boundaries."""

AT_ONCE = {"uploads": (8, 64), "calls": (128, 2048), "answers": (64, 1024)}
"""Requests of one client, and of all, that are answered at a time. A call waits in a line of its
own without holding a thread; a viewer asks for some twenty tiles at once. A program listens for its
answer as long as its photo takes."""

PATIENCE = 15.0
"""Seconds for which a request waits, unread and without a thread, until there is a share for it."""

Refusal = tuple[int, str]
NOWHERE: Refusal = (404, "This page has no such address.")


@dataclass(frozen=True)
class Rules:
    """Whom the guard lets in.

    Args:
        hosts: names that the page goes by.
        logged_in: whether a request's sender has logged in; None where everybody may ask.
        upload_bytes: of one photo.
        shares: of requests that are answered at a time.
        logins: wrong passwords so far.
    """

    hosts: Hosts = field(default_factory=Hosts)
    logged_in: Callable[[Message], bool] | None = None
    upload_bytes: int = 200_000_000
    shares: Shares = field(default_factory=lambda: Shares(AT_ONCE))
    logins: Logins = field(default_factory=Logins)


class Guard:
    """ASGI middleware: closes what the page does not use and adds the headers above."""

    def __init__(self, app: Application, rules: Rules | None = None) -> None:
        self._app, self._rules = app, rules or Rules()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # the page has none
            return await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        _rooted(scope)
        road = find_road(scope["path"], scope.get("raw_path") or b"", scope.get("root_path", ""))
        refusal = self._refusal(scope, road)
        if road is None or refusal:
            return await _refuse(send, *(refusal or NOWHERE))
        client = client_key((scope.get("client") or (None,))[0])
        try:
            async with self._share(road, client):
                receive = _bounded(receive, self._most_bytes(road))
                if road is LOGIN and self._rules.logged_in:
                    return await self._log_in(scope, receive, send, client)
                return await self._pass(scope, receive, send, road)
        except Full:
            await _refuse(send, 429, "Too much at a time: try again in a moment.", retry=1)

    @asynccontextmanager
    async def _share(self, road: Road, client: str) -> AsyncIterator[None]:
        """A share of the page for one request, as soon as there is one; Full if there was none for
        `PATIENCE` seconds."""
        with ExitStack() as held:
            for pause in (*[0.25] * int(PATIENCE / 0.25), None):
                try:
                    held.enter_context(self._rules.shares.take(road.share, client))
                    break
                except Full:
                    if pause is None:
                        raise
                    await asyncio.sleep(pause)
            yield

    def _refusal(self, scope: Message, road: Road | None) -> Refusal | None:
        """Why a request is not let in, decided by its head alone."""
        if refusal := self._foreign(scope, road):
            return refusal
        if any(fetch in scope["path"].lower() for fetch in FETCHES):
            return 403, "This page fetches no addresses."
        if road is None and scope["path"].startswith(FILES.path):
            return 403, "This file is not served."
        if road is None:
            return NOWHERE
        if scope.get("method", "GET") not in road.methods:
            return 405, f"Expected {' or '.join(road.methods)} here."
        if not road.public and self._rules.logged_in and not self._rules.logged_in(scope):
            return 401, "Log in first."
        told = _values(scope, b"content-length")
        if told and told[0].isdigit() and int(told[0][:18]) > self._most_bytes(road):
            return 413, "This request is too large for this page."
        return None

    def _foreign(self, scope: Message, road: Road | None) -> Refusal | None:
        """Asked under a name that is not the server's, or by a page that is not its own."""
        if road in PROBES:
            return None
        names = _values(scope, b"host")
        forwarded = [one for text in _values(scope, b"x-forwarded-host") for one in text.split(",")]
        if len(names) != 1 or not all(map(self._rules.hosts.answer, names + forwarded)):
            return 403, (
                "This page does not go by that name. Whoever serves it can allow it: --allow-host."
            )
        origins = _values(scope, b"origin")
        if not all(self._rules.hosts.trust(origin, names[0]) for origin in origins):
            return 403, "Another site's page may not ask here."
        crossing = b"cross-site" in (text.encode() for text in _values(scope, b"sec-fetch-site"))
        if crossing and scope.get("method") not in ("GET", "HEAD"):
            return 403, "Another site's page may not ask here."
        return None

    def _most_bytes(self, road: Road) -> int:
        return (
            self._rules.upload_bytes + FRAME_BYTES if road.most_bytes is None else road.most_bytes
        )

    async def _log_in(self, scope: Message, receive: Receive, send: Send, client: str) -> None:
        """A try to log in. Its answer waits, and so does whatever the client tries meanwhile."""
        logins, answer = self._rules.logins, []
        if wait := logins.begin(client):
            return await _refuse(
                send, 429, "Too many wrong passwords: wait.", retry=max(1, round(wait))
            )

        async def keep(message: Message) -> None:
            answer.append(message)

        right = None
        try:
            await self._pass(scope, receive, keep, LOGIN)
            # 400 is a wrong password, 200 a right one; anything else was no try.
            right = {200: True, 400: False}.get(answer[0]["status"]) if answer else None
        finally:
            cost = logins.end(client, right=right)
        await asyncio.sleep(cost)
        for message in answer:
            await send(message)

    async def _pass(self, scope: Message, receive: Receive, send: Send, road: Road) -> None:
        """Let the application answer. What it cannot do with a request is one line of the log."""
        begun = False
        scope["headers"] = [
            pair for pair in scope["headers"] if pair[0] != b"range" or ONE_RANGE.fullmatch(pair[1])
        ]

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                kept = [pair for pair in message.get("headers", ()) if pair[0] not in HEADERS]
                message["headers"] = [*kept, *HEADERS.items()]
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            log = logging.getLogger(__name__)
            log.warning("%s %s: %s", scope.get("method"), road.path, one_line(error))
            log.debug("The traceback of it", exc_info=error)
            if not begun:
                await _refuse(send, 500, "This request could not be answered.")


def one_line(error: BaseException) -> str:
    """An exception for the log: its kind and the beginning of what it says, printable."""
    text = " ".join(str(error).split())[:160]
    return f"{type(error).__name__}: {text.encode('unicode_escape').decode()}"


def _rooted(scope: Message) -> None:
    """Give the path the prefix under which a proxy serves the page, where the proxy took it away:
    the server's own routes expect it (ASGI, HTTP connection scope, ``root_path``)."""
    root = scope.get("root_path", "").rstrip("/")
    if root and not scope["path"].startswith(f"{root}/"):
        scope["path"] = root + scope["path"]


def _values(scope: Message, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name]


def _bounded(receive: Receive, most: int) -> Receive:
    """The body up to ``most`` bytes; beyond, or without a byte for long, its sender counts as gone.

    What comes after the body is the end of the connection, for which an answer may wait long.
    """
    seen, whole = 0, False

    async def bounded() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), STALLED)
        except TimeoutError:
            return {"type": "http.disconnect"}
        seen += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message if seen <= most else {"type": "http.disconnect"}

    return bounded


async def _refuse(send: Send, status: int, reason: str, *, retry: int = 0) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS.items()]
    if retry:
        headers.append((b"retry-after", str(retry).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})

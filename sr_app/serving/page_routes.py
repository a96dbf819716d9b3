"""Answered beside the framework: the page's scripts, a tab's goodbye, a supervisor's questions."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sr_app.inference.goal import CLEAN
from sr_app.serving import messages
from sr_app.serving.choices import can_enlarge
from sr_app.serving.controller import Controller

PAGE = Path(__file__).with_name("page")


def scripts() -> str:
    """The address of the page's scripts, which is another one whenever they are others."""
    digest = hashlib.sha256()
    for path in sorted(PAGE.glob("*.js")):
        digest.update(path.read_bytes())
    return f"page/{digest.hexdigest()[:12]}"


def page_routes(controller: Controller) -> list[Mount | Route]:
    """The page's scripts, a tab's goodbye, and what a supervisor asks: whether the page lives, and
    whether it can work."""

    async def leave(request: Request) -> Response:
        controller.leave((await request.body()).decode("ascii", "replace"))
        return Response(status_code=204)

    def alive(request: Request) -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    def ready(request: Request) -> PlainTextResponse:
        if can_enlarge(CLEAN):
            return PlainTextResponse("ready\n")
        return PlainTextResponse(f"{messages.NO_NETWORK}\n", 503)

    files = Mount(f"/{scripts()}", StaticFiles(directory=PAGE))
    goodbye = Route("/leave", leave, methods=["POST"])
    return [files, goodbye, Route("/healthz", alive), Route("/readyz", ready)]

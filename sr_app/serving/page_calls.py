"""What the page's scripts may call: functions for Gradio, which carries calls to the controller.

Each takes what the browser sent, whatever that is, and who sent it. What takes longer than a look
waits for its sender's turn in a lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TypeVar

import gradio as gr

from sr_app.serving import messages
from sr_app.serving.batch import MOST as LONGEST
from sr_app.serving.choices import list_choices
from sr_app.serving.controller import Controller
from sr_app.serving.hosts import client_key
from sr_app.serving.jobs import Cancelled, Jobs
from sr_app.serving.lanes import Lanes, ask
from sr_app.serving.language import answer, prefer
from sr_app.serving.limits import Limits
from sr_app.serving.result_store import ResultStore
from sr_app.serving.turns import Crowded

T = TypeVar("T")

REFUSED = {"refused": messages.CROWDED}
END, CROWDED = {"end": True}, {"crowded": True}
"""Of the steps of a bundle."""


def page_calls(controller: Controller, limits: Limits, tries: list[dict]) -> list[Callable]:
    """All of them; the arguments are those of ``app.make_page``."""
    results, lanes = controller.results, controller.lanes
    return [
        *session_calls(controller, limits, tries),
        *file_calls(results, lanes),
        *measure_calls(results, lanes),
    ]


def session_calls(controller: Controller, limits: Limits, tries: list[dict]) -> list[Callable]:
    """A tab begins, acts, and says that it is there."""

    def hello(token: object, asker: gr.Request) -> dict:
        options = list_choices(limits) | {"examples": tries, "longest_list": LONGEST}
        language = _language(asker)
        made = {"options": options, "view": controller.hello(token, client_of(asker))}
        return {**answer(made, language), "language": language}

    @_spoken
    async def act(request: object, asker: gr.Request) -> dict:
        client = client_of(asker)
        match request:
            case [token, ("open" | "example" | "add") as action, value, int() | None as number]:
                controller.expect(token, value, client)
                work = partial(controller.act, token, action, value, client, number)
                view = await _asked(controller.lanes.looks, lambda _: work(), None, asker, None)
                return view or controller.act(token, "refuse", messages.CROWDED, client)
            case [token, action, value, int() | None as number]:
                return await asyncio.to_thread(controller.act, token, action, value, client, number)
        return controller.hello("", client)

    def attend(request: object, asker: gr.Request) -> bool:
        match request:
            case [token, hidden]:
                return controller.attend(token, hidden, client_of(asker))
        return False

    return [hello, act, attend]


def file_calls(results: ResultStore, lanes: Lanes) -> list[Callable]:
    """A tile of a result, its file, and all files in one."""

    async def tile(request: object, asker: gr.Request) -> str | None:
        return await _asked(lanes.tiles, results.tile, request, asker, None)

    @_spoken
    async def finish(request: object, asker: gr.Request) -> dict | None:
        return await _asked(lanes.files, results.finish, request, asker, REFUSED)

    @_spoken
    async def bundle(request: object, asker: gr.Request) -> dict | None:
        steps, newest = results.bundling(request), None
        while True:  # a turn for each file of the bundle
            made = await _asked(lanes.files, lambda _: next(steps, END), request, asker, CROWDED)
            if made is END or made is CROWDED:
                return newest if made is END else REFUSED
            newest = made

    return [tile, finish, bundle]


def measure_calls(results: ResultStore, lanes: Lanes) -> list[Callable]:
    """What is invented in a result, and how natural it looks."""

    @_spoken
    async def invention(request: object, asker: gr.Request) -> dict | None:
        match request:
            case [str(token), True]:  # it runs networks, and can be stopped between two runs
                work, lane = partial(results.invention, request), lanes.networks
                there = partial(results.get, token)
                try:
                    return await ask(lane, work, client_of(asker), wanted=lambda: bool(there()))
                except (Crowded, Cancelled):
                    return REFUSED
        return await _asked(lanes.files, results.invention, request, asker, REFUSED)

    @_spoken
    async def naturalness(request: object, asker: gr.Request) -> str | None:
        crowded = messages.CROWDED
        return await _asked(lanes.files, results.naturalness, request, asker, crowded)

    return [invention, naturalness]


def _language(asker: gr.Request) -> str:
    return prefer(asker.headers.get("accept-language"))


def _spoken(
    function: Callable[[object, gr.Request], Awaitable[T]],
) -> Callable[[object, gr.Request], Awaitable[T]]:
    """A function of the page whose answer is in the language of the browser that asks."""

    @wraps(function)
    async def spoken(request: object, asker: gr.Request) -> T:
        return answer(await function(request, asker), _language(asker))

    return spoken


def client_of(asker: gr.Request) -> str:
    """By what the sender of a request is told from others."""
    return client_key(asker.client.host if asker.client else None)


async def _asked(
    lane: Jobs, make: Callable[[object], T], request: object, asker: gr.Request, crowded: T
) -> T:
    """What ``make`` gives for a request when its sender's turn has come; or ``crowded``."""
    try:
        return await ask(lane, lambda progress: make(request), client_of(asker))
    except (Crowded, Cancelled):
        return crowded

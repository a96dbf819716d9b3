"""The Gradio page: one piece of our own HTML, whose scripts talk to the controller.

Gradio serves the page, takes uploads and carries calls. What the page shows and does is ours
(``page/``): its stock parts code pictures as lossy WebP, drop transparency, and mix up answers
that arrive while another one is on its way. The bytes of a photo arrive as they are, and TIFF,
which no browser shows, is shown too.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from types import CoroutineType
from typing import Any, TypeVar, get_type_hints
from urllib.parse import quote

import gradio as gr
from gradio.events import api
from gradio.themes import Base
from starlette.middleware import Middleware
from starlette.requests import cookie_parser
from starlette.routing import Mount, Route

from sr_app.image.decoder_pool import common_pool
from sr_app.serving import messages
from sr_app.serving.batch import MOST as LONGEST
from sr_app.serving.choices import list_choices
from sr_app.serving.controller import Controller
from sr_app.serving.examples import find_examples, lay_out
from sr_app.serving.guard import Guard, Message, Rules, one_line
from sr_app.serving.hosts import Hosts, client_key
from sr_app.serving.jobs import Cancelled, Jobs
from sr_app.serving.lanes import ask
from sr_app.serving.language import LANGUAGES, answer, page_texts, prefer
from sr_app.serving.limits import Limits
from sr_app.serving.listening import pass_proxies
from sr_app.serving.logins import login_check
from sr_app.serving.page_routes import PAGE, page_routes, scripts
from sr_app.serving.private_folder import private_folder
from sr_app.serving.programs import Programs, Refused, Wish
from sr_app.serving.roads import NAMES
from sr_app.serving.room import EACH, TOTAL, room_in
from sr_app.serving.turns import Crowded

T = TypeVar("T")
SWEEP = 5.0
"""Seconds between two looks for tabs that have gone, and for what nobody uses."""

SESSIONS_OF_GRADIO = 100
"""Of which Gradio keeps a copy of the page's settings; the page itself uses none."""

REFUSED = {"refused": messages.CROWDED}
UNANSWERED = "This call cannot be answered. What it takes is told at gradio_api/info."
END, CROWDED = {"end": True}, {"crowded": True}
"""Of the steps of a bundle."""

START = """
const from = new URL('{scripts}/main.js', document.baseURI);
import(from).then(({{ start }}) => start({{ element, server, upload }}));
"""
"""Run by Gradio when the page's HTML is there."""


def address(path: Path) -> str:
    return f"gradio_api/file={quote(path.as_posix())}"


def make_page(controller: Controller, limits: Limits, tries: list[dict]) -> gr.Blocks:
    """The page's one part, tied to the controller.

    Args:
        limits: of one photo.
        tries: ``url``, ``title`` and ``shows`` of each example.
    """
    results, lanes = controller.results, controller.lanes

    def hello(token: object, asker: gr.Request) -> dict:
        options = list_choices(limits) | {"examples": tries, "longest_list": LONGEST}
        language = _language(asker)
        made = {"options": options, "view": controller.hello(token, _client(asker))}
        return {**answer(made, language), "language": language}

    @_spoken
    async def act(request: object, asker: gr.Request) -> dict:
        client = _client(asker)
        match request:
            case [token, ("open" | "example" | "add") as action, value, int() | None as number]:
                controller.expect(token, value, client)
                work = partial(controller.act, token, action, value, client, number)
                try:
                    return await ask(lanes.looks, lambda progress: work(), client)
                except (Crowded, Cancelled):
                    return controller.act(token, "refuse", messages.CROWDED, client)
            case [token, action, value, int() | None as number]:
                return await asyncio.to_thread(controller.act, token, action, value, client, number)
        return controller.hello("", client)

    def attend(request: object, asker: gr.Request) -> bool:
        match request:
            case [token, hidden]:
                return controller.attend(token, hidden, _client(asker))
        return False

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

    @_spoken
    async def invention(request: object, asker: gr.Request) -> dict | None:
        match request:
            case [str(token), True]:  # it runs networks, and can be stopped between two runs
                work, lane = partial(results.invention, request), lanes.networks
                there = partial(results.get, token)
                try:
                    return await ask(lane, work, _client(asker), wanted=lambda: bool(there()))
                except (Crowded, Cancelled):
                    return REFUSED
        return await _asked(lanes.files, results.invention, request, asker, REFUSED)

    @_spoken
    async def naturalness(request: object, asker: gr.Request) -> str | None:
        crowded = messages.CROWDED
        return await _asked(lanes.files, results.naturalness, request, asker, crowded)

    with gr.Blocks(title="sr_app: photos, larger", analytics_enabled=False) as blocks:
        gr.HTML(
            None,
            html_template=(PAGE / "page.html").read_text("utf-8"),
            js_on_load=START.format(scripts=scripts()),
            server_functions=[hello, act, attend, tile, finish, bundle, invention, naturalness],
            apply_default_css=False,
            elem_id="stage",
        )
        add_endpoints(blocks, Programs(controller, limits))
    return blocks


def add_endpoints(blocks: gr.Blocks, programs: Programs) -> None:
    """The endpoints for programs, inside the page's blocks; see ``docs/programs.md``."""

    async def upscale(
        asker: gr.Request,
        photo: gr.FileData,
        factor: int = 2,
        size: str = "",
        kind: str = "auto",
        blend: int | None = None,
        format: str = "same",
        quality: int = 95,
    ) -> tuple[gr.FileData, dict]:
        """Enlarge a photo; returns the file and facts about it.

        Args:
            photo: the picture file.
            factor: 2, 3 or 4.
            size: instead of the factor, such as "wide 1920", "times 1.5" or "a4 300".
            kind: clean (sharp photos), real (noisy, soft, compressed) or auto (it is measured).
            blend: 0 (faithful) to 100 (vivid).
            format: same, png, jpeg, webp, tiff, avif or jxl.
            quality: 1 to 100, of JPEG and AVIF.
        """
        wish = Wish(factor, size, kind, blend, format, quality)
        with _told():
            path, facts = await programs.upscale(photo, wish, _client(asker))
        return gr.FileData(path=str(path), orig_name=path.name), facts

    async def inspect(asker: gr.Request, photo: gr.FileData) -> dict:
        """Say what a photo is: its size, what it went through, and the kind proposed for it.

        Args:
            photo: the picture file.
        """
        with _told():
            return await programs.inspect(photo, _client(asker))

    for endpoint, name in zip((upscale, inspect), NAMES, strict=True):
        endpoint.__annotations__ = get_type_hints(endpoint)  # Gradio reads types, not their names
        api(endpoint, api_name=name, concurrency_limit=None)  # the page's lines do that
    blocks.process_api = _answered(blocks.process_api)
    for function in blocks.fns.values():
        for part in (*function.inputs, *function.outputs):
            part.async_move_resource_to_block_cache = _kept_in_place


def _answered(
    process: Callable[..., CoroutineType[Any, Any, dict]],
) -> Callable[..., CoroutineType[Any, Any, dict]]:
    """Calls of programs, where one that cannot be answered is a line of the log, no traceback."""

    @wraps(process)
    async def answered(*arguments: Any, **options: Any) -> dict:
        try:
            return await process(*arguments, **options)
        except gr.Error:
            raise
        except Exception as error:
            log = logging.getLogger(__name__)
            log.warning("A program's call: %s", one_line(error))
            log.debug("The traceback of it", exc_info=error)
            raise gr.Error(UNANSWERED, print_exception=False) from error

    return answered


async def _kept_in_place(url_or_file_path: str | Path | None) -> str | None:
    """A call's file stays where it lies. The framework would copy it, or fetch an address."""
    text = None if url_or_file_path is None else str(url_or_file_path)
    if text is not None and "://" in text:
        raise gr.Error("This page fetches no addresses: upload the photo.", print_exception=False)
    return text


@contextmanager
def _told() -> Iterator[None]:
    """What is refused is said to the program in its one line."""
    try:
        yield
    except Refused as error:
        raise gr.Error(str(error), print_exception=False) from error


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


def _client(asker: gr.Request) -> str:
    """By what the sender of a request is told from others."""
    return client_key(asker.client.host if asker.client else None)


async def _asked(
    lane: Jobs, make: Callable[[object], T], request: object, asker: gr.Request, crowded: T
) -> T:
    """What ``make`` gives for a request when its sender's turn has come; or ``crowded``."""
    try:
        return await ask(lane, lambda progress: make(request), _client(asker))
    except (Crowded, Cancelled):
        return crowded


def serve(
    *,
    host: str,
    port: int,
    auth: tuple[str, str] | None = None,
    limits: Limits | None = None,
    allow_hosts: tuple[str, ...] = (),
    room: int = TOTAL,
    each: int = EACH,
    ready: Callable[[str], None],
    until: threading.Event,
) -> None:
    """Serve the page until ``until`` is set; then remove everything that was uploaded or made.

    Args:
        auth: user and password that the page asks for; None lets everybody in.
        allow_hosts: names that the page goes by besides ``host`` and those of this machine itself.
        room, each: most bytes of uploads and results, of all and of one tab; the oldest goes first.
        ready: called once with the page's address when it answers.

    Raises:
        OSError: the port is taken.
    """
    limits, decoders = limits or Limits(), common_pool()
    if decoders:
        decoders.start()
    with private_folder() as folder:
        # The only way to tell Gradio where uploads go, and from where it may serve files.
        os.environ["GRADIO_TEMP_DIR"] = str(folder)
        pass_proxies(host)
        examples = find_examples()
        laid_out = lay_out(examples, folder)
        tries = [
            {"url": address(small), "title": example.title, "shows": example.shows}
            for example, (_, small) in zip(examples, laid_out, strict=True)
        ]
        pictures = [picture for picture, _ in laid_out]
        controller = Controller(
            folder, limits, address, examples=[*pictures], room=room_in(folder, room), each=each
        )
        page = make_page(controller, limits, tries)
        rules = Rules(
            hosts=Hosts(host, allow_hosts),
            logged_in=_logged_in if auth else None,
            upload_bytes=limits.file_bytes,
        )
        try:
            ready(_launch(page, page_routes(controller), host, port, auth, limits, rules))
            while not until.wait(SWEEP):
                controller.tidy()
                page.upload_file_set.clear()  # Gradio remembers every upload, for ever
        finally:
            controller.close()
            page.close(verbose=False)
            if decoders:
                decoders.close()


def _logged_in(scope: Message) -> bool:
    """Whether a request carries the cookie that Gradio gave for the right password."""
    headers = dict(scope.get("headers", ()))
    cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
    app = scope["app"]
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(app.tokens.get(cookies.get(name)) is not None for name in names)


def _launch(
    page: gr.Blocks,
    routes: list[Mount | Route],
    host: str,
    port: int,
    auth: tuple[str, str] | None,
    limits: Limits,
    rules: Rules,
) -> str:
    """Start the server with every door closed that the page does not use; return its address."""
    _, url, _ = page.launch(
        server_name=host,
        server_port=port,
        auth=login_check(*auth) if auth else None,
        theme=_theme(),
        css=(PAGE / "style.css").read_text("utf-8"),
        favicon_path=PAGE / "icon.png",
        i18n=gr.I18n(**{language: page_texts(language) for language in LANGUAGES}),
        share=False,
        inbrowser=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=limits.file_bytes,
        allowed_paths=[],
        strict_cors=True,
        state_session_capacity=SESSIONS_OF_GRADIO,
        show_error=False,
        _frontend=False,  # a machine too busy to answer itself in 3 seconds is no reason to end
        quiet=True,
        prevent_thread_lock=True,
        app_kwargs={
            "middleware": [Middleware(Guard, rules=rules)],
            "routes": routes,
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )
    return url


def _theme() -> Base:
    """Neutral greys, as around a picture in a darkroom, and the fonts of the computer itself."""
    return Base(
        primary_hue="neutral",
        secondary_hue="neutral",
        neutral_hue="neutral",
        radius_size="lg",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )

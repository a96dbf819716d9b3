"""The Gradio page: one piece of our own HTML, whose scripts talk to the controller.

Gradio serves the page, takes uploads and carries calls. What the page shows and does is ours
(``page/``): its stock parts code pictures as lossy WebP, drop transparency, and mix up answers
that arrive while another one is on its way. The bytes of a photo arrive as they are, and TIFF,
which no browser shows, is shown too.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import gradio as gr
from gradio.themes import Base
from starlette.middleware import Middleware
from starlette.requests import cookie_parser
from starlette.routing import Mount, Route

from sr_app.image.decoder_pool import common_pool
from sr_app.serving.controller import Controller
from sr_app.serving.examples import find_examples, lay_out
from sr_app.serving.guard import Guard, Message, Rules
from sr_app.serving.hosts import Hosts
from sr_app.serving.language import LANGUAGES, served_texts
from sr_app.serving.limits import Limits
from sr_app.serving.listening import pass_proxies
from sr_app.serving.logins import login_check
from sr_app.serving.page_calls import page_calls
from sr_app.serving.page_routes import PAGE, page_routes, scripts
from sr_app.serving.private_folder import private_folder
from sr_app.serving.program_endpoints import add_endpoints
from sr_app.serving.programs import Programs
from sr_app.serving.room import EACH, TOTAL, room_in

SWEEP = 5.0
"""Seconds between two looks for tabs that have gone, and for what nobody uses."""

SESSIONS_OF_GRADIO = 100
"""Of which Gradio keeps a copy of the page's settings; the page itself uses none."""

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
    with gr.Blocks(title="sr_app: photos, larger", analytics_enabled=False) as blocks:
        gr.HTML(
            None,
            html_template=(PAGE / "page.html").read_text("utf-8"),
            js_on_load=START.format(scripts=scripts()),
            server_functions=page_calls(controller, limits, tries),
            apply_default_css=False,
            elem_id="stage",
        )
        add_endpoints(blocks, Programs(controller, limits))
    return blocks


def serve(
    *,
    host: str,
    port: int,
    auth: tuple[str, str] | None = None,
    limits: Limits | None = None,
    allow_hosts: tuple[str, ...] = (),
    root: str = "",
    room: int = TOTAL,
    each: int = EACH,
    ready: Callable[[str], None],
    until: threading.Event,
) -> None:
    """Serve the page until ``until`` is set; then remove everything that was uploaded or made.

    Args:
        auth: user and password that the page asks for; None lets everybody in.
        allow_hosts: names that the page goes by besides ``host`` and those of this machine itself.
        root: path under which a proxy serves the page, ``/photos``; empty for none.
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
        pictures, tries = laid_out_examples(folder)
        controller = Controller(
            folder, limits, address, examples=pictures, room=room_in(folder, room), each=each
        )
        page = make_page(controller, limits, tries)
        rules = Rules(
            hosts=Hosts(host, allow_hosts),
            logged_in=_logged_in if auth else None,
            upload_bytes=limits.file_bytes,
        )
        try:
            ready(_launch(page, page_routes(controller), host, port, root, auth, limits, rules))
            while not until.wait(SWEEP):
                controller.tidy()
                page.upload_file_set.clear()  # Gradio remembers every upload, for ever
        finally:
            controller.close()
            page.close(verbose=False)
            if decoders:
                decoders.close()


def laid_out_examples(folder: Path) -> tuple[list[Path], list[dict]]:
    """Pictures that can be tried, put into ``folder``; and what the page shows of each."""
    examples = find_examples()
    laid_out = lay_out(examples, folder)
    tries = [
        {"url": address(small), "title": example.title, "shows": example.shows}
        for example, (_, small) in zip(examples, laid_out, strict=True)
    ]
    return [picture for picture, _ in laid_out], tries


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
    root: str,
    auth: tuple[str, str] | None,
    limits: Limits,
    rules: Rules,
) -> str:
    """Start the server with every door closed that the page does not use; return its address."""
    _, url, _ = page.launch(
        server_name=host,
        server_port=port,
        root_path=root,
        auth=login_check(*auth) if auth else None,
        theme=_theme(),
        css=(PAGE / "style.css").read_text("utf-8"),
        favicon_path=PAGE / "icon.png",
        i18n=gr.I18n(**{language: served_texts(language) for language in LANGUAGES}),
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

"""The Gradio page: a photo, a factor, one button, and the result under a before/after divider.

The viewer is our own HTML (``page/``): the stock slider codes its pictures as lossy WebP unless
told otherwise, drops transparency, and cannot be moved by keyboard. Uploads go through the same
piece, so that the bytes arrive as they are and TIFF, which no browser shows, is shown too.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

import gradio as gr
from starlette.middleware import Middleware

from sr_app.inference.goal import CLEAN, REAL, default_presets
from sr_app.networks.card import STUDY
from sr_app.networks.presets import list_presets
from sr_app.serving import messages
from sr_app.serving.controller import KEPT, Button, Chosen, Controller, ViewState
from sr_app.serving.examples import Example, find_examples, lay_out
from sr_app.serving.guard import Guard
from sr_app.serving.limits import Limits
from sr_app.serving.regions import SIDE
from sr_app.serving.service import remove_old

PAGE = Path(__file__).with_name("page")
SCRIPTS = ("upload.js", "blend.js", "regions.js", "brush.js", "invention.js", "viewer.js")
"""Of the viewer, in one scope; the last one starts it."""
SCALES = (2, 3, 4)
AUTOMATIC = "automatic"
SWEEP = 300
"""Seconds between two looks for uploads and results whose time is over."""
QUIET = {"show_progress": "hidden", "api_visibility": "private"}


def address(path: Path) -> str:
    """A file's address relative to the page."""
    return f"gradio_api/file={quote(path.as_posix())}"


class Page:
    """The page's parts, and how they are tied to the controller.

    Args:
        folder: private folder; what lies in it can be fetched by who knows its full name.
        limits: of one photo.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._controller, self._limits = Controller(folder, limits, address), limits
        examples = find_examples()
        self._examples = lay_out(examples, folder)
        with gr.Blocks(
            title="sr_app: photos, larger", analytics_enabled=False, delete_cache=(SWEEP, KEPT)
        ) as self.blocks:
            self._lay_out(examples)
            self._connect()

    def _lay_out(self, examples: list[Example]) -> None:
        gr.HTML(_asset("header.html"), elem_id="top")
        self._chosen = gr.State(None, time_to_live=KEPT)
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=5, min_width=320, elem_id="view"):
                self._viewer = self._add_viewer()
                self._tries = self._add_examples(examples)
            with gr.Column(scale=2, min_width=280, elem_id="panel"):
                self._add_panel()
        with gr.Accordion("About, licence and limits", open=False, elem_id="about"):
            gr.Markdown(messages.about([(card.name, card.licence) for card in list_presets()]))

    def _add_viewer(self) -> gr.HTML:
        results = self._controller.results

        def tile(request: list) -> str | None:
            return results.tile(request)

        def finish(request: list) -> dict | None:
            return results.finish(request)

        def invention(request: list) -> dict | None:
            return results.invention(request)

        return gr.HTML(
            None,
            html_template=_asset("viewer.html"),
            js_on_load="".join(map(_asset, SCRIPTS)),
            server_functions=[tile, finish, invention],
            most_bytes=self._limits.file_bytes,
            map_side=SIDE,
            apply_default_css=False,
            elem_id="stage",
        )

    def _add_examples(self, examples: list[Example]) -> gr.HTML:
        buttons = "".join(
            f'<button type="button" title="{example.title}"><img src="{address(small)}" '
            f'alt="Try it: {example.shows}"></button>'
            for example, (_, small) in zip(examples, self._examples, strict=True)
        )
        return gr.HTML(
            html_template=f'<div class="tries"><span>Or try one</span>{buttons}</div>',
            js_on_load="""
                element.querySelectorAll('button').forEach((button, index) =>
                    button.addEventListener('click', () => trigger('pick', { index: index })));
            """,
            apply_default_css=False,
            elem_id="tries",
            visible=bool(examples),
        )

    def _add_panel(self) -> None:
        factors = [(f"{scale}×", scale) for scale in SCALES]
        self._scale = gr.Radio(factors, value=SCALES[0], label="Enlarge", elem_id="scale")
        self._purpose = gr.Radio(
            [("Clean photo", CLEAN), ("Real photo", REAL)],
            value=CLEAN,
            label="Kind of photo",
            info="Real: noisy, soft or compressed, as phones and the web have them.",
            elem_id="purpose",
            visible=bool(default_presets(REAL)),
        )
        self._target = gr.HTML("", elem_id="target")
        self._go = gr.Button(
            "Enlarge the photo", variant="primary", interactive=False, elem_id="go"
        )
        self._cancel = gr.Button("Cancel", visible=False, elem_id="cancel")
        self._status = gr.HTML("", elem_id="status")
        self._download = gr.DownloadButton("Download", visible=False, elem_id="download")
        with gr.Accordion("Advanced", open=False, elem_id="advanced"):
            self._preset = gr.Dropdown(
                _preset_choices(), value=AUTOMATIC, label="Preset", elem_id="preset"
            )
            self._kind = gr.Radio(
                [("PNG (lossless)", "png"), ("As the photo", "same")],
                value="png",
                label="Download as",
                elem_id="kind",
            )
            self._consistent = gr.Checkbox(
                False,
                label="Stay consistent with the photo",
                info="Shrunk again, the result then gives your photo back, noise included.",
                elem_id="consistent",
            )

    def _connect(self) -> None:
        screen = [
            self._viewer, self._target, self._status, self._go, self._cancel, self._download,
        ]  # fmt: skip
        opened = [self._chosen, *screen]
        # Handlers that may end in an error are generators (first the parts change, then the error
        # pops up), and those need the queue; nothing but the work itself waits in it.
        quick = QUIET | {"concurrency_limit": None}
        self._viewer.upload(self._on_upload, [self._scale], opened, **quick)
        self._viewer.refused(self._on_refused, None, screen, **quick)
        self._tries.pick(self._on_example, [self._scale], opened, **quick)
        self._scale.change(self._on_scale, [self._chosen, self._scale], screen, **quick)
        asked = [
            self._chosen, self._scale, self._purpose, self._preset, self._kind, self._consistent,
        ]  # fmt: skip
        begun = self._go.click(self._on_go, asked, screen, trigger_mode="once", **quick)
        begun.success(
            self._on_work,
            [self._chosen],
            screen,
            concurrency_limit=1,
            concurrency_id="compute",
            **QUIET,
        )
        self._cancel.click(self._on_cancel, None, screen, queue=False, **QUIET)
        self.blocks.unload(self._on_leave)

    def _on_upload(self, scale: int, event: gr.EventData) -> Iterator[dict]:
        chosen, screen = self._controller.open(str(event.path), str(event.name), scale)
        yield from self._show(screen, {self._chosen: chosen})

    def _on_example(self, scale: int, event: gr.EventData) -> Iterator[dict]:
        picture, _ = self._examples[int(event.index) % len(self._examples)]
        chosen, screen = self._controller.open(picture, picture.name, scale)
        yield from self._show(screen, {self._chosen: chosen})

    def _on_refused(self, event: gr.EventData) -> Iterator[dict]:
        yield from self._show(self._controller.refuse(str(event.reason)))

    def _on_scale(self, chosen: Chosen | None, scale: int) -> dict:
        return self._changes(self._controller.aim(chosen, scale))

    def _on_go(
        self,
        chosen: Chosen | None,
        scale: int,
        purpose: str,
        preset: str,
        kind: str,
        consistent: bool,
        request: gr.Request,
    ) -> Iterator[dict]:
        screen = self._controller.begin(
            request.session_hash,
            chosen,
            scale,
            preset=None if preset == AUTOMATIC else preset,
            purpose=purpose,
            output_format=kind,
            consistent=consistent,
        )
        yield from self._show(screen)

    def _on_work(self, chosen: Chosen, request: gr.Request) -> Iterator[dict]:
        for screen in self._controller.work(request.session_hash, chosen.name):
            yield from self._show(screen)

    def _on_cancel(self, request: gr.Request) -> dict:
        return self._changes(self._controller.stop(request.session_hash))

    def _on_leave(self, request: gr.Request) -> None:
        self._controller.leave(request.session_hash)

    def _show(self, screen: ViewState, also: dict | None = None) -> Iterator[dict]:
        """Lay a screen over the page; an error pops up after the parts have changed."""
        yield self._changes(screen) | (also or {})
        if screen.error:
            # Shown as HTML, so what came from outside (a file's name) is escaped.
            raise gr.Error(escape(screen.error), print_exception=False)

    def _changes(self, screen: ViewState) -> dict:
        """The parts that a screen changes, each with its new value."""
        values = (
            (self._viewer, screen.viewer),
            (self._target, screen.target),
            (self._status, screen.status),
        )
        buttons = (
            (self._go, screen.go),
            (self._cancel, screen.cancel),
            (self._download, screen.download),
        )
        changes = {part: value for part, value in values if value is not None}
        return changes | {
            part: _look(button, "label" if part is self._download else "value")
            for part, button in buttons
            if button is not None
        }


def serve(
    *,
    host: str,
    port: int,
    auth: tuple[str, str] | None = None,
    limits: Limits | None = None,
    ready: Callable[[str], None],
    until: threading.Event,
) -> None:
    """Serve the page until ``until`` is set; then remove everything that was uploaded or made.

    Args:
        auth: user and password that the page asks for; None lets everybody in.
        ready: called once with the page's address when it answers.

    Raises:
        OSError: the port is taken.
    """
    with tempfile.TemporaryDirectory(prefix="sr-app-page-") as private:
        folder = Path(private).resolve()
        # The only way to tell Gradio where uploads go, and from where it may serve files.
        os.environ["GRADIO_TEMP_DIR"] = str(folder)
        page = Page(folder, limits or Limits()).blocks
        try:
            ready(_launch(page, host, port, auth, limits or Limits()))
            while not until.wait(SWEEP):
                remove_old(folder, seconds=KEPT)
        finally:
            page.close(verbose=False)


def _launch(
    page: gr.Blocks, host: str, port: int, auth: tuple[str, str] | None, limits: Limits
) -> str:
    """Start the server with every door closed that the page does not use; return its address."""
    page.queue(max_size=32)
    _, url, _ = page.launch(
        server_name=host,
        server_port=port,
        auth=auth,
        theme=_theme(),
        css=_asset("style.css"),
        favicon_path=PAGE / "icon.png",
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
        show_error=False,
        quiet=True,
        prevent_thread_lock=True,
        app_kwargs={
            "middleware": [Middleware(Guard)],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
    )
    return url


def _theme() -> gr.themes.Base:
    """Neutral greys, as around a picture in a darkroom, and the fonts of the computer itself."""
    return gr.themes.Base(
        primary_hue="neutral",
        secondary_hue="neutral",
        neutral_hue="neutral",
        radius_size="lg",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )


def _look(button: Button, text: str) -> dict:
    """A button's look in Gradio's words; ``text`` is what the kind of button calls its label."""
    look = {
        "visible": button.visible,
        "interactive": button.enabled,
        "variant": "primary" if button.primary else "secondary",
    }
    if button.label is not None:
        look[text] = button.label
    if text == "label":
        look["value"] = button.file
    return gr.update(**look)


def _asset(name: str) -> str:
    return (PAGE / name).read_text("utf-8")


def _preset_choices() -> list[tuple[str, str]]:
    cards = [
        (f"{card.title} ({card.name})", card.name)
        for card in list_presets()
        if card.purpose != STUDY
    ]
    return [("Automatic, by factor", AUTOMATIC), *cards]

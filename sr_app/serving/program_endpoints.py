"""The two endpoints for programs, inside the page's blocks; see ``docs/programs.md``."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import CoroutineType
from typing import Any, get_type_hints

import gradio as gr
from gradio.events import api

from sr_app.serving.guard import one_line
from sr_app.serving.page_calls import client_of
from sr_app.serving.programs import Programs, Refused, Wish
from sr_app.serving.roads import NAMES

UNANSWERED = "This call cannot be answered. What it takes is told at gradio_api/info."


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
            path, facts = await programs.upscale(photo, wish, client_of(asker))
        return gr.FileData(path=str(path), orig_name=path.name), facts

    async def inspect(asker: gr.Request, photo: gr.FileData) -> dict:
        """Say what a photo is: its size, what it went through, and the kind proposed for it.

        Args:
            photo: the picture file.
        """
        with _told():
            return await programs.inspect(photo, client_of(asker))

    for endpoint, name in zip((upscale, inspect), NAMES, strict=True):
        endpoint.__annotations__ = get_type_hints(endpoint)  # Gradio reads types, not their names
        api(endpoint, api_name=name, concurrency_limit=None)  # the page's lines do that
    guard_calls(blocks)


def guard_calls(blocks: gr.Blocks) -> None:
    """Let no call of a program leave a traceback, copy its file, or fetch an address."""
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

"""What programs may ask of the page: enlarge a photo, or say what it is.

A program is a visitor with one photo: the same controller, the same limits, the same lines in which
clients take turns. Nothing here knows Gradio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sr_app.inference.goal import AUTO
from sr_app.serving import messages
from sr_app.serving.blend_endpoints import SAME, SUFFIXES
from sr_app.serving.choices import SCALES, can_enlarge
from sr_app.serving.controller import Controller
from sr_app.serving.jobs import Cancelled, Jobs
from sr_app.serving.lanes import ask
from sr_app.serving.limits import Limits
from sr_app.serving.proposal import Proposal, propose
from sr_app.serving.service import Result, read_upload
from sr_app.serving.session import START
from sr_app.serving.sizes import MEASURES, is_size
from sr_app.serving.turns import Crowded

T = TypeVar("T")
PAUSE = 0.25
"""Seconds between two looks at a job."""


class Refused(ValueError):  # noqa: N818 - it is an answer
    """One line for whoever asked: why a photo or a wish is not taken."""


@dataclass(frozen=True)
class Wish:
    """How a photo is to be enlarged.

    Args:
        factor: 2, 3 or 4, where ``size`` is empty.
        size: a key of ``sizes.MEASURES`` and a number, such as ``wide 1920`` or ``a4 300``.
        kind: ``clean``, ``real``, or ``auto``: what is proposed for the photo.
        blend: percent of the slider, 0 faithful to 100 vivid; None is the page's own beginning
            where there is a slider.
        format: a key of ``blend_endpoints.SUFFIXES``, or ``same`` for the photo's own.
        quality: 1 to 100, of JPEG and AVIF.
    """

    factor: int = 2
    size: str = ""
    kind: str = AUTO
    blend: int | None = None
    format: str = SAME
    quality: int = 95


def check(wish: Wish) -> tuple[str, object]:
    """The setting of the page that a wish means: ``scale`` or ``size``, and its value; Refused for
    what cannot be wished, whatever the photo."""
    kinds = [*(kind for kind in messages.KINDS if can_enlarge(kind)), AUTO]
    _expect("kind", wish.kind in kinds, " or ".join(kinds), wish.kind)
    formats = (SAME, *SUFFIXES)
    _expect("format", wish.format in formats, " or ".join(formats), wish.format)
    _expect("blend", _is_within(wish.blend, 0, 100), "0 to 100, or none", wish.blend)
    whole = wish.quality is not None and _is_within(wish.quality, 1, 100)
    _expect("quality", whole, "1 to 100", wish.quality)
    if wish.size:
        return "size", _size(wish.size)
    fits = type(wish.factor) is int and wish.factor in SCALES
    _expect("factor", fits, " or ".join(map(str, SCALES)), wish.factor)
    return "scale", wish.factor


def _expect(name: str, fits: bool, expected: str, received: object) -> None:
    if not fits:
        raise Refused(f"Expected a {name} of {expected}. Received: {received!r}"[:300])


def _is_within(value: object, least: int, most: int) -> bool:
    return value is None or (type(value) is int and least <= value <= most)


def _size(text: object) -> list:
    """``wide 1920`` as the page's browser says it."""
    key, _, number = text.partition(" ") if isinstance(text, str) else ("", "", "")
    try:
        size = [key, float(number)]
    except ValueError:
        size = []
    _expect("size", is_size(size), f"{' or '.join(MEASURES)} and a number (wide 1920)", text)
    return size


class Programs:
    """The two endpoints, over the controller of the page.

    Args:
        limits: of one photo.
    """

    def __init__(self, controller: Controller, limits: Limits) -> None:
        self._controller, self._limits = controller, limits

    async def upscale(self, photo: object, wish: Wish, client: str) -> tuple[Path, dict]:
        """Enlarge an uploaded photo in its client's turn; Refused says in one line why not.

        Args:
            photo: ``path`` of the upload, and ``orig_name``, as the upload answers.

        Returns:
            The file, which is kept for an hour at most, and facts for JSON.
        """
        name, value = check(wish)
        controller, kind = self._controller, wish.kind
        token, path = await self._open(photo, client)
        try:
            if kind == AUTO:
                kind = (await self._proposed(path, client)).purpose
            await asyncio.to_thread(controller.act, token, "set", ["purpose", kind], client)
            view = await asyncio.to_thread(controller.act, token, "set", [name, value], client)
            if wish.blend and view["target"]["slider"] == messages.NO_SLIDER:
                raise Refused(f"{messages.NO_SLIDER} Expected a blend of 0. Received: {wish.blend}")
            await asyncio.to_thread(controller.act, token, "go", None, client)
            result = await self._made(token, client)
            made = await self._written(result, wish, client)
        except BaseException:
            await asyncio.to_thread(controller.act, token, "cancel", None, client)
            controller.leave(token)
            raise
        controller.attend(token, True, client)  # nobody will say anything more, and it is fetched
        return made[0], {**made[1], "kind": kind}

    async def inspect(self, photo: object, client: str) -> dict:
        """What an uploaded photo is, and what is proposed for it; Refused says why not.

        Args:
            photo: as of `upscale`.
        """
        token, path = await self._open(photo, client)
        try:
            view = await asyncio.to_thread(self._controller.act, token, "poll", -1, client)
            found, shown = await self._proposed(path, client), view["photo"]
        finally:
            self._controller.leave(token)
        return {
            "width": shown["width"],
            "height": shown["height"],
            "notes": [*shown["notes"]],
            "kind": found.purpose,
            "reason": found.reason,
            "already_enlarged": round(found.enlarged, 2),
            "factors": [factor for factor in SCALES if self._fits(shown, factor)],
        }

    def _fits(self, shown: dict, factor: int) -> bool:
        try:
            self._limits.check_result(shown["height"], shown["width"], factor)
        except ValueError:
            return False
        return True

    async def _open(self, photo: object, client: str) -> tuple[str, Path]:
        """A session of its own with the photo in hand."""
        match photo:
            case {"path": str(path), **more}:
                name = more.get("orig_name")
                name = name[:300] if isinstance(name, str) and name else Path(path).name
            case _:
                raise Refused("Expected a photo that was uploaded: {'path': ...}.")
        controller, value = self._controller, [path, name]
        token = controller.hello(None, client)["session"]
        controller.expect(token, value, client)
        act = partial(controller.act, token, "open", value, client)
        try:
            view = await self._turn(controller.lanes.looks, act, client)
            if view["photo"] is None:
                raise Refused(view["status"]["text"] or messages.LOST_UPLOAD)
        except BaseException:
            controller.leave(token)
            raise
        return token, Path(path)

    async def _proposed(self, path: Path, client: str) -> Proposal:
        def measure() -> Proposal:
            return propose(read_upload(path, self._limits, as_floats=False), path)

        return await self._turn(self._controller.lanes.looks, measure, client)

    async def _made(self, token: str, client: str) -> Result:
        """The result, when it is there."""
        while True:
            view = await asyncio.to_thread(self._controller.act, token, "poll", -1, client)
            if view["session"] != token:
                raise Refused(messages.RESTARTED)
            if view["shown"]:
                result = self._controller.results.get(view["shown"])
                if result is None:
                    raise Refused(messages.MADE_ROOM)
                return result
            if view["work"] is None:
                raise Refused(view["status"]["text"] or messages.FAULT)
            await asyncio.sleep(PAUSE)

    async def _written(self, result: Result, wish: Wish, client: str) -> tuple[Path, dict]:
        """The file, and what is to be said of it."""
        slider = result.files.ends.vivid is not None
        place = wish.blend if wish.blend is not None else START if slider else 0
        write = partial(
            self._controller.results.write, result.files.token, place, wish.format, wish.quality
        )
        path, notes = await self._turn(self._controller.lanes.files, write, client)
        facts, (height, width) = result.facts, result.facts.after
        return path, {
            "name": path.name,
            "bytes": path.stat().st_size,
            "width": width,
            "height": height,
            "preset": facts.preset,
            "blend": place if slider else None,
            "seconds": round(facts.seconds, 2),
            "notes": [*dict.fromkeys((*facts.notes, *notes))],
        }

    async def _turn(self, lane: Jobs, work: Callable[[], T], client: str) -> T:
        """What some work gives when the client's turn has come."""
        try:
            return await ask(lane, lambda progress: work(), client)
        except (Crowded, Cancelled):
            raise Refused(messages.CROWDED) from None
        except (ValueError, OSError) as error:
            raise Refused(str(error)) from error

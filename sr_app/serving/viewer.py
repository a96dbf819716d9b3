"""What the viewer in the browser is told: pictures with their addresses, and tiles on request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from sr_app.inference.invention import Amount
from sr_app.serving.blend_endpoints import BlendEndpoints
from sr_app.serving.preview import TILE, write_tile
from sr_app.serving.regions import read_map
from sr_app.serving.service import Look, Result

START = 50
"""Where the slider starts. The squared error that vividness adds grows with the square of the way,
the perceptual gain with the way itself: in the middle half of the gain costs a quarter."""

Address = Callable[[Path], str]
"""From a file to its address, relative to the page."""


def show_photo(look: Look, name: str, address: Address) -> dict:
    """The viewer's state for a photo that was just chosen: one layer, no divider."""
    layer = {"name": "Photo", "url": address(look.picture), "exact": True}
    return {"name": name, "height": look.height, "width": look.width, "layers": [layer]}


def show_result(result: Result, name: str, address: Address) -> dict:
    """The viewer's state for a result: the layers that the divider separates.

    The first layer lies left of the divider. Right of it lies the second, or what the browser
    blends of the second and the third: then ``blend`` says where its slider starts, in percent,
    how far the blends are from the photo (``errors``), and whether turns may be asked for.
    """
    height, width = result.facts.after
    ends = result.files.ends
    return {
        "blend": ends and {"start": START, "errors": ends.errors, "turns": ends.turned is not None},
        "profiled": any(layer.profile for layer in result.files.layers),
        "name": name,
        "height": height,
        "width": width,
        "tile": TILE,
        "token": result.files.token,
        "layers": [
            {"name": layer.name, "url": address(layer.picture), "exact": layer.exact}
            for layer in result.files.layers
        ],
    }


class ResultStore:
    """Results of which more may be asked for, by the unguessable name of their folder.

    Every request comes from the browser as it likes: whatever is not understood, or is not there,
    gives None.
    """

    def __init__(self, address: Address, *, most: int = 64) -> None:
        self._address, self._most = address, most
        self._results: dict[str, Result] = {}
        self._lock, self._short, self._long = (threading.Lock() for _ in range(3))

    def put(self, result: Result) -> None:
        """Keep a result; beyond ``most`` the oldest is forgotten (its files are not touched)."""
        with self._lock:
            self._results[result.files.token] = result
            while len(self._results) > self._most:
                del self._results[next(iter(self._results))]

    def tile(self, request: object) -> str | None:
        """The address of one tile; None where the overview is good enough, too.

        Args:
            request: ``[token, layer, column, row]``.
        """
        match request:
            case [str(token), int(index), int(column), int(row)] if token in self._results:
                layers = self._results[token].files.layers
            case _:
                return None
        if not 0 <= index < len(layers):
            return None
        try:
            path = write_tile(layers[index], column, row)
        except (ValueError, OSError):  # outside the picture, or deleted after its hour
            return None
        return None if path is None else self._address(path)

    def finish(self, request: object) -> dict | None:
        """The full-resolution file at a position of the slider: its address and name.

        Args:
            request: ``[token, percent]``, 0 to 100, or ``[token, painted]`` as of
                ``regions.read_map``.
        """
        match request:
            case [str(token), int(percent)] if ends := self._ends(token):
                return self._made(lambda: ends.write(percent), self._short)
            case [str(token), list(painted)] if ends := self._ends(token):
                return self._made(lambda: ends.write(read_map(painted)), self._short)
        return None

    def invention(self, request: object) -> dict | None:
        """The invention map: its address, mean grey levels, and share of the picture.

        Args:
            request: ``[token, turns]``; with turns it takes eight runs of the network.
        """
        match request:
            case [str(token), bool(turns)] if ends := self._ends(token):
                lock = self._long if turns else self._short
                return self._made(lambda: ends.map(turns=turns), lock)
        return None

    def _ends(self, token: str) -> BlendEndpoints | None:
        result = self._results.get(token)
        return result and result.files.ends

    def _made(
        self, make: Callable[[], Path | tuple[Path, Amount]], lock: threading.Lock
    ) -> dict | None:
        """What ``make`` wrote, one at a time: each fills memory and disk for a while."""
        try:
            with lock:
                made = make()
        except (ValueError, OSError):  # no such position, deleted after its hour, or a full disk
            return None
        path, amount = made if isinstance(made, tuple) else (made, None)
        numbers = asdict(amount) if amount else {}
        return {"url": self._address(path), "name": path.name, **numbers}

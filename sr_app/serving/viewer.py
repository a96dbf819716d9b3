"""What the viewer in the browser is told: pictures with their addresses, and tiles on request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from sr_app.serving.preview import TILE, Layer, write_tile
from sr_app.serving.service import Look, Result

Address = Callable[[Path], str]
"""From a file to its address, relative to the page."""


def show_photo(look: Look, name: str, address: Address) -> dict:
    """The viewer's state for a photo that was just chosen: one layer, no divider."""
    layer = {"name": "Photo", "url": address(look.picture), "exact": True}
    return {"name": name, "height": look.height, "width": look.width, "layers": [layer]}


def show_result(result: Result, name: str, address: Address) -> dict:
    """The viewer's state for a result: the layers that the divider separates.

    The first layer lies left of the divider, the last one right of it; layers between them are
    for blends, which the browser makes by opacity.
    """
    height, width = result.facts.after
    return {
        "name": name,
        "height": height,
        "width": width,
        "tile": TILE,
        "token": result.files.picture.parent.name,
        "layers": [
            {"name": layer.name, "url": address(layer.picture), "exact": layer.exact}
            for layer in result.files.layers
        ],
    }


class Shelf:
    """Results whose tiles may be asked for, by the unguessable name of their folder."""

    def __init__(self, address: Address, *, most: int = 64) -> None:
        self._address, self._most = address, most
        self._layers: dict[str, tuple[Layer, ...]] = {}
        self._lock = threading.Lock()

    def put(self, result: Result) -> None:
        """Keep a result; beyond ``most`` the oldest is forgotten (its files are not touched)."""
        with self._lock:
            self._layers[result.files.picture.parent.name] = result.files.layers
            while len(self._layers) > self._most:
                del self._layers[next(iter(self._layers))]

    def tile(self, request: object) -> str | None:
        """The address of one tile; None if there is none: the overview is good enough there.

        Args:
            request: ``[token, layer, column, row]`` as the browser sent it; anything else, and
                whatever is not there, gives None.
        """
        match request:
            case [str(token), int(index), int(column), int(row)]:
                layers = self._layers.get(token, ())
            case _:
                return None
        if not 0 <= index < len(layers):
            return None
        try:
            path = write_tile(layers[index], column, row)
        except (ValueError, OSError):  # outside the picture, or deleted after its hour
            return None
        return None if path is None else self._address(path)

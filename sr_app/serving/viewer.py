"""What the viewer in the browser is told of a photo and of a result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sr_app.serving.service import Look, Result

Address = Callable[[Path], str]
"""From a file to its address, relative to the page."""


def show_photo(look: Look, name: str, address: Address) -> dict:
    """The viewer's state for a photo that was just chosen: one layer, no divider."""
    layer = {"name": "Photo", "url": address(look.picture), "exact": True}
    return {"name": name, "height": look.height, "width": look.width, "layers": [layer]}


def show_result(result: Result, name: str, address: Address, start: int) -> dict:
    """The viewer's state for a result: the layers that the divider separates.

    The first layer lies left of the divider. Right of it lies the second, or what the browser
    blends of the second and the third: then ``blend`` says where its slider begins, in percent
    (``start``), which part of the picture is visibly invented at each percent, and whether turns
    may be asked for. ``errors`` tell how far the result, or each blend, is from the photo
    (``BlendEndpoints.errors``).
    """
    height, width = result.facts.after
    ends = result.files.ends
    turns = ends.turned is not None
    invented = [round(share, 4) for share in ends.invented]
    return {
        "blend": ends.vivid and {"start": start, "invented": invented, "turns": turns},
        "errors": ends.errors,
        "profiled": any(layer.profile for layer in result.files.layers),
        "name": name,
        "height": height,
        "width": width,
        "token": result.files.token,
        "spot": result.facts.spot,
        "layers": [
            {
                "name": layer.name,
                "url": address(layer.picture),
                "exact": layer.exact,
                "height": layer.height,
                "width": layer.width,
                "tile": layer.side,
            }
            for layer in result.files.layers
        ],
    }

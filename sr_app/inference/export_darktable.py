"""darktable's package for its module *neural restore*: a ``.dtmodel`` file.

The layout is that of darktable 5.6 and of its repository of networks: a zip with one folder, whose
name is the network's id; in it ``config.json`` and one graph for each factor, ``model_x2.onnx`` and
``model_x4.onnx``, of one size of tile, which ``config.json`` states. darktable converts pixels to
sRGB in [0, 1], RGB, channels first, cuts tiles that overlap by 16 pixels, and knows 2x and 4x.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import ClassVar

from sr_app.files.replacement import write_whole
from sr_app.inference.export_comparison import check_bound
from sr_app.inference.export_darktable_package import SIDES, check_package, fixed_graph, package_id
from sr_app.inference.export_format import Exported, ExportFormat
from sr_app.inference.export_onnx import ORT, graph_of
from sr_app.networks.card import Card
from sr_app.networks.licences import shown_licence
from sr_app.networks.presets import list_presets

OVERLAP = 16
"""Pixels by which darktable's tiles overlap on each side."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same networks give the same bytes."""


class DarktableFormat(ExportFormat):
    """Both factors in one package where the preset has a twin of the other one.

    Read again, judged by darktable's own rules, and compared with the graphs in ONNX Runtime.
    """

    SUFFIX: ClassVar[str] = ".dtmodel"
    BOUND: ClassVar[float] = 1e-4
    READERS: ClassVar[str] = "darktable 5.6 and later: preferences, AI, import from file"

    def usual_name(self, card: Card) -> str:
        return package_id(card) + self.SUFFIX

    def write(self, card: Card, target: Path) -> Exported:
        cards = with_twin(card)
        data = packed(cards)
        found = check_package(data, cards)
        check_bound(found, self.BOUND, ORT, target)
        write_whole(target, data)
        return Exported((target,), found, ORT, notes(cards))


def with_twin(card: Card) -> dict[int, Card]:
    """The preset, and that of the same name for the other factor, by factor.

    Raises:
        ValueError: for a factor that darktable does not know.
    """
    if card.scale not in SIDES:
        known = " and ".join(f"{scale}x" for scale in SIDES)
        raise ValueError(
            f"Expected a preset for {known}, which darktable asks for. Received: {card.name}, "
            f"{card.scale}x"
        )
    cards = {card.scale: card}
    for scale in SIDES:
        name = re.sub(rf"_x{card.scale}(?=_|$)", f"_x{scale}", card.name)
        for other in list_presets():
            fits = other.name == name and other.scale == scale and other.graph is not None
            if scale not in cards and fits:
                cards[scale] = other
    return dict(sorted(cards.items()))


def packed(cards: dict[int, Card]) -> bytes:
    """The zip."""
    folder = package_id(next(iter(cards.values())))
    files = {"config.json": json.dumps(manifest(cards), indent=2).encode() + b"\n"}
    for scale, card in cards.items():
        files[f"model_x{scale}.onnx"] = fixed_graph(graph_of(card), SIDES[scale], scale)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def manifest(cards: dict[int, Card]) -> dict:
    """``config.json``: what darktable lists, which tiles it cuts, and where the network is from."""
    card = next(iter(cards.values()))
    factors = " and ".join(f"{scale}x" for scale in cards)
    return {
        "id": package_id(card),
        "name": f"upscale {package_id(card).removeprefix('upscale-')}",
        "description": f"{factors}: {card.description}",
        "task": "upscale",
        "arch": "esrn" if card.weights else "generic",
        "backend": "onnx",
        "version": "1.0",
        "tiling": True,
        "num_inputs": 1,
        "attributes": {
            f"model_x{scale}": {"input_sizes": [SIDES[scale]]} for scale in cards
        },
        "model_card": model_card(card),
    }  # fmt: skip


def model_card(card: Card) -> dict[str, str]:
    """Origin and licence, as darktable shows them."""
    told = {
        "long_description": card.description,
        "scope": "image upscaling",
        "source": card.training.get("source"),
        "license": shown_licence(card.licence),
        "training_data": card.training.get("data_description"),
        "notes": card.limits,
    }
    return {key: value for key, value in told.items() if isinstance(value, str) and value}


def notes(cards: dict[int, Card]) -> tuple[str, ...]:
    """What is in it, and where darktable's own tiling is narrower than the network's reach."""
    tiles = ", ".join(f"{scale}x: {SIDES[scale]} pixels" for scale in cards)
    missing = [f"{scale}x" for scale in SIDES if scale not in cards]
    lines = [f"tiles of {tiles}"]
    if missing:
        lines.append(f"without {' and '.join(missing)}: no preset of this name has that factor")
    for card in cards.values():
        if card.receptive_radius is not None and card.receptive_radius > OVERLAP:
            lines.append(
                f"{card.name} looks {card.receptive_radius} pixels far and darktable's tiles "
                f"overlap by {OVERLAP}: faint seams are possible"
            )
    return tuple(lines)

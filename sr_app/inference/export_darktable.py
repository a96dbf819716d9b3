"""darktable's package for its module *neural restore*: a ``.dtmodel`` file.

The layout is that of darktable 5.6 and of its repository of networks: a zip with one folder, whose
name is the network's id; in it ``config.json`` and one graph for each factor, ``model_x2.onnx`` and
``model_x4.onnx``, of one size of tile, which ``config.json`` states. darktable converts pixels to
sRGB in [0, 1], RGB, channels first, cuts tiles that overlap by 16 pixels, and knows 2x and 4x.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile

import numpy as np
import onnx

from sr_app.inference.export_comparison import ORT, channels_first, difference, share_of
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.export_onnx import graph_of
from sr_app.inference.memory import largest_side
from sr_app.inference.runtime import line_of
from sr_app.inference.runtime_onnx import open_session
from sr_app.layers.operations import INPUT, OUTPUT
from sr_app.networks.card import Card
from sr_app.networks.families import name_of
from sr_app.networks.licences import shown_licence
from sr_app.networks.presets import list_presets

SIDES = {2: 512, 4: 256}
"""Factor -> side of darktable's tiles: those of its own networks, 1024 pixels of the result."""

INPUT_NAME, OUTPUT_NAME = "input", "output"

OVERLAP = 16
"""Pixels by which darktable's tiles overlap on each side."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same networks give the same bytes."""


def make(card: Card) -> Conversion:
    """Both factors in one package where the preset has a twin of the other one.

    Read again, and compared with the presets' own graphs in ONNX Runtime on a tile of noise.
    """
    cards = with_twin(card)
    data = packed(cards)
    found = max(packed_difference(data, one) for one in cards.values())
    return Conversion({".dtmodel": data}, found, ORT, notes(cards))


def with_twin(card: Card) -> dict[int, Card]:
    """The preset, and that of the same name for the other factor, by factor.

    ValueError for a factor that darktable does not know, or a network of smaller pictures alone.
    """
    if card.scale not in SIDES:
        known = " and ".join(f"{scale}x" for scale in SIDES)
        raise ValueError(
            f"Expected a preset for {known}, which darktable asks for. Received: {card.name}, "
            f"{card.scale}x"
        )
    if not takes_tiles(card):
        raise ValueError(
            f"Expected a preset for darktable's tiles, {SIDES[card.scale]} pixels a side. "
            f"Received: {card.name}, whose network takes {largest_side(card)} pixels at most"
        )
    cards = {card.scale: card}
    for scale in SIDES:
        name = re.sub(rf"_x{card.scale}(?=_|$)", f"_x{scale}", card.name)
        for other in list_presets():
            fits = other.name == name and other.scale == scale and other.graph is not None
            if scale not in cards and fits and takes_tiles(other):
                cards[scale] = other
    return dict(sorted(cards.items()))


def takes_tiles(card: Card) -> bool:
    """Whether a network takes what darktable gives it at once."""
    return (largest_side(card) or math.inf) >= SIDES[card.scale]


def package_id(card: Card) -> str:
    """darktable's name for a preset of any factor: its task and words with hyphens between."""
    words = re.sub(rf"_x{card.scale}(?=_|$)", "", card.name).lower()
    return f"upscale-{re.sub(r'[^a-z0-9]+', '-', words).strip('-') or 'network'}"


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


def fixed_graph(graph: bytes, side: int, scale: int) -> bytes:
    """A preset's graph for one square picture of one size, its tensors named as darktable does."""
    model = onnx.load_model_from_string(graph)
    names = {INPUT: INPUT_NAME, OUTPUT: OUTPUT_NAME}
    for node in model.graph.node:
        for tensors in (node.input, node.output):
            tensors[:] = [names.get(name, name) for name in tensors]
    ends = ((model.graph.input[0], side), (model.graph.output[0], side * scale))
    for value, length in ends:
        value.name = names[value.name]
        for axis, size in zip(
            value.type.tensor_type.shape.dim, (1, 3, length, length), strict=True
        ):
            axis.dim_value = size
    del model.graph.value_info[:]
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # the checker's errors have no common class but this
        raise ValueError(
            f"The network does not take {side}x{side} pixels: {line_of(error)}"
        ) from error
    return model.SerializeToString(deterministic=True)


def packed_difference(package: bytes, card: Card) -> float:
    """Difference of a packed graph to the preset's own, on one of darktable's tiles of noise.

    ValueError for ends that are not as darktable wants them.
    """
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        session = open_session(archive.read(f"{package_id(card)}/model_x{card.scale}.onnx"))
    side, own = SIDES[card.scale], graph_of(card)
    ends = (
        (session.get_inputs(), INPUT_NAME, side),
        (session.get_outputs(), OUTPUT_NAME, side * card.scale),
    )
    for found, name, length in ends:
        received = [(end.name, end.type, end.shape) for end in found]
        wanted = (name, "tensor(float)", [1, 3, length, length])
        if received != [wanted]:
            raise ValueError(f"Not a graph for darktable: expected {wanted}. Received: {received}")
    tile = np.random.default_rng(0).random((1, side, side, 3), np.float32)
    runs = (channels_first(opened) for opened in (open_session(own), session))
    return difference(*(run(tile) for run in runs), share=share_of(own))


def manifest(cards: dict[int, Card]) -> dict:
    """``config.json``: what darktable lists, which tiles it cuts, and where the network is from."""
    card = next(iter(cards.values()))
    factors = " and ".join(f"{scale}x" for scale in cards)
    return {
        "id": package_id(card),
        "name": f"upscale {package_id(card).removeprefix('upscale-')}",
        "description": f"{factors}: {card.description}",
        "task": "upscale",
        "arch": name_of(card.network) if card.weights else "generic",
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
    texts = {
        "long_description": card.description,
        "scope": "image upscaling",
        "source": card.training.get("source"),
        "license": shown_licence(card.licence),
        "training_data": card.training.get("data_description"),
        "notes": card.limits,
    }
    return {key: value for key, value in texts.items() if isinstance(value, str) and value}


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


DARKTABLE = ExportFormat(".dtmodel", 1e-4, make, package_id)

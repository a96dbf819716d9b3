"""Whether a ``.dtmodel`` file is one that darktable imports and runs; its graphs of one size.

The rules are those of darktable 5.6's importer and of the checks in its repository of networks,
told in words in docs/exporting.md.
"""

from __future__ import annotations

import io
import json
import re
import zipfile

import numpy as np
import onnx

from sr_app.inference.export_comparison import channels_first, difference
from sr_app.inference.export_onnx import graph_of, share_of
from sr_app.inference.runtime_onnx import open_session
from sr_app.layers.operations import INPUT, OUTPUT
from sr_app.networks.card import Card

SIDES = {2: 512, 4: 256}
"""Factor -> side of darktable's tiles: those of its own networks, 1024 pixels of the result."""

TAKEN, GIVEN = "input", "output"
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
VERSION = re.compile(r"\d+\.\d+")
TEXTS = ("id", "name", "description", "task", "backend", "version")


def package_id(card: Card) -> str:
    """darktable's name for a preset of any factor: its task and words with hyphens between."""
    words = re.sub(rf"_x{card.scale}(?=_|$)", "", card.name).lower()
    return f"upscale-{re.sub(r'[^a-z0-9]+', '-', words).strip('-')}"


def fixed_graph(graph: bytes, side: int, scale: int) -> bytes:
    """A preset's graph for one square picture of one size, its tensors named as darktable does."""
    model = onnx.load_model_from_string(graph)
    names = {INPUT: TAKEN, OUTPUT: GIVEN}
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
        line = " ".join(str(error).split())
        raise ValueError(f"The network does not take {side}x{side} pixels: {line}") from error
    return model.SerializeToString(deterministic=True)


def check_package(data: bytes, cards: dict[int, Card]) -> float:
    """See that a package is as darktable wants it, and run its graphs.

    Args:
        cards: factor -> the preset that it is of.

    Returns:
        Largest difference to the presets' own graphs in ONNX Runtime, in parts of [0, 1].

    Raises:
        ValueError: naming the rule that is broken.
    """
    files = entries(data)
    sizes = check_manifest(files)
    graphs = {f"model_x{scale}.onnx": scale for scale in cards}
    expect(set(files) == {"config.json", *graphs}, f"config.json and {', '.join(graphs)}", files)
    return max(
        check_graph(files[name], sizes[name], cards[scale]) for name, scale in graphs.items()
    )


def entries(data: bytes) -> dict[str, bytes]:
    """The package's files by their names in its one folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        folder = names[0].partition("/")[0]
        expect(ID.fullmatch(folder), "a folder such as upscale-name", folder)
        inside = all(re.fullmatch(rf"{folder}/[\w.]+", name) and ".." not in name for name in names)
        expect(inside, f"files of the folder {folder} alone", names)
        files = {name.partition("/")[2]: archive.read(name) for name in names}
    expect("config.json" in files, "config.json", list(files))
    told = json.loads(files["config.json"])
    expect(isinstance(told, dict) and told.get("id") == folder, f"the id {folder}", told)
    return files


def check_manifest(files: dict[str, bytes]) -> dict[str, int]:
    """The side of each graph's tiles, by ``config.json``."""
    told = json.loads(files["config.json"])
    for key in TEXTS:
        value = told.get(key)
        expect(isinstance(value, str) and value, f"{key} as a text in config.json", value)
    expect(told["task"] == "upscale" and told["backend"] == "onnx", "upscale by onnx", told)
    expect(VERSION.fullmatch(told["version"]), "a version such as 1.0", told["version"])
    sizes = {}
    for name in files:
        if name.endswith(".onnx"):
            stem = name.removesuffix(".onnx")
            (sizes[name],) = told["attributes"][stem]["input_sizes"]
    return sizes


def check_graph(graph: bytes, side: int, card: Card) -> float:
    """Difference of a packed graph to the preset's own, on a tile of noise."""
    session = open_session(graph)
    for ends, name, length in (
        (session.get_inputs(), TAKEN, side),
        (session.get_outputs(), GIVEN, side * card.scale),
    ):
        found = [(end.name, end.type, end.shape) for end in ends]
        wanted = [(name, "tensor(float)", [1, 3, length, length])]
        expect(found == wanted, f"{wanted[0]}", found)
    own = graph_of(card)
    tile = np.random.default_rng(0).random((1, side, side, 3), np.float32)
    runs = (channels_first(opened) for opened in (open_session(own), session))
    return difference(*(run(tile) for run in runs), share=share_of(own))


def expect(held: object, wanted: str, found: object) -> None:
    """Raise ValueError for a rule that does not hold."""
    if not held:
        raise ValueError(f"Not a package for darktable: expected {wanted}. Received: {found}")

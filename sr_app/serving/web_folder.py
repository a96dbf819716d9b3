"""A preset as a folder for any web server: its graphs, a page, and what runs them in a browser.

The page has the viewer and the slider of the application's own page, from the same files
(``page/``); what is its own lies in ``web/``. Nothing runs on a server: the folder is static, and
once the page is loaded it asks for nothing any more.
"""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path

import numpy as np

from sr_app.files.json_table import read_table
from sr_app.files.replacement import temporary_folder
from sr_app.inference.goal import vivid_twin
from sr_app.inference.memory import largest_side
from sr_app.inference.runtime_onnx import OnnxRuntime, graph_file
from sr_app.inference.tiles import round_up
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.card import Card
from sr_app.networks.licences import shown_licence
from sr_app.serving.language import ENGLISH, page_texts, worded
from sr_app.serving.web_runtime import PACKAGE, VERSION, runtime_files

HERE = Path(__file__).parent
MANIFEST = "network.json"
KIND = "sr_app web folder"
TILE = 256
"""Largest side of a tile: all cores get some, and a cancelled one ends soon."""

TRIED = 32
"""Pixels a side, at least, of a tile by which the page tries a processor."""

STEP, STRIDE, COMPARED = 7919, 97, 64
"""Of the tile's values, and of its result's values that are compared; see ``web/trial_tile.js``."""

ENTRIES = ("web/main.js", "web/worker.js", "web/packer.js")
"""The modules that a browser starts; the others are imported by them."""

LOOKS = ("page/style.css", "page/icon.png", "web/web.css")
IMPORT = re.compile(r"""from '(\.{1,2}/[\w./]+\.js)'""")
VIEWER, WORDS = "<!-- viewer -->", "<!-- words -->"
KINDS = "JPEG, PNG, WebP, AVIF: what this browser shows"


def write_web_folder(card: Card, target: Path, *, ort: Path | None = None) -> tuple[Card, ...]:
    """Write a preset's folder, whole or not at all; both ends where it has a vivid twin.

    Args:
        target: a new or empty folder, or one that was written here, which is replaced.
        ort: folder of the unpacked ``onnxruntime-web``; None fetches it with npm.

    Returns:
        The cards of the networks in it.

    Raises:
        ValueError: for a folder with something else in it, a preset without a graph, a runtime that
            cannot be had; nothing is left then.
    """
    check_target(target)
    twin = vivid_twin(card)
    cards = (card, twin) if twin else (card,)
    for each in cards:
        if not OnnxRuntime.suits(each):
            raise ValueError(
                f"Expected a preset with an ONNX graph. Received: {each.name}, without"
            )
    graphs = {f"graphs/{each.name}.onnx": graph_file(each) for each in cards}
    manifest = describe(cards, tuple(graphs)) | {"trial": trial(cards)}
    with runtime_files(ort) as runtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        files = {f"runtime/{name}": path for name, path in runtime.items()} | graphs
        files |= {name: HERE / name for name in (*modules(), *LOOKS)}
        texts = {"index.html": page(), "LICENCES.txt": licences(cards)}
        texts[MANIFEST] = json.dumps(manifest, indent=1) + "\n"
        with temporary_folder(target) as private:
            fill(private, files, texts)
            if target.is_dir():
                shutil.rmtree(target)
            private.rename(target)
    return cards


def fill(folder: Path, files: dict[str, Path], texts: dict[str, str]) -> None:
    """Copy files and write texts to their places below a new folder."""
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def check_target(target: Path) -> None:
    """ValueError where something else would be replaced."""
    if target.is_file():
        raise ValueError(f"Expected a folder to write to. Received: a file, {target}")
    if not target.is_dir() or not any(target.iterdir()):
        return
    try:
        kind = read_table(target / MANIFEST).get("kind")
    except (OSError, ValueError):
        kind = None
    if kind != KIND:
        raise ValueError(f"Expected a new or empty folder. Received: {target}, which holds files")


def describe(cards: tuple[Card, ...], graphs: tuple[str, ...]) -> dict:
    """What the page has to know of its networks; they are cut alike, by the larger one's needs."""
    first = cards[0]
    largest = min(filter(None, map(largest_side, cards)), default=None)
    return {
        "kind": KIND,
        "name": first.name,
        "title": first.title,
        "description": first.description,
        "scale": first.scale,
        "ends": [
            {
                "name": card.name,
                "graph": graph,
                "multiple": card.multiple_of,
                "border": card.surroundings(),
            }
            for card, graph in zip(cards, graphs, strict=True)
        ],
        "overlap": max(card.overlap() for card in cards),
        "multiple": math.lcm(*(card.multiple_of for card in cards)),
        "tile": TILE,
        **({"most": largest} if largest else {}),
        "licence": "; ".join(dict.fromkeys(shown_licence(card.licence) for card in cards)),
        "limits": first.limits,
        "runtime": f"{PACKAGE} {VERSION}",
    }


def trial(cards: tuple[Card, ...]) -> dict:
    """A small tile's result, by which the page knows whether a processor computes what it should.

    Returns:
        ``side`` of the tile, and some ``levels`` from 0 to 255 of what each network makes of it.
    """
    side = round_up(TRIED, math.lcm(*(card.multiple_of for card in cards)))
    planes = (np.arange(3 * side * side) * STEP % 256).reshape(1, 3, side, side)
    batch = (planes.transpose(0, 2, 3, 1) / 255).astype(np.float32)
    levels = []
    for card in cards:
        result = np.clip(Upscaler.from_preset(card.folder).run(batch), 0, 1)
        whole = np.floor(255 * result.ravel() + 0.5).astype(int)
        levels.append(whole[np.arange(COMPARED) * STRIDE % whole.size].tolist())
    return {"side": side, "levels": levels}


def page() -> str:
    """The page's HTML, with the viewer of the application's own."""
    own = (HERE / "page" / "page.html").read_text("utf-8")
    block = element(own, '<div class="viewer"')
    texts = page_texts(ENGLISH) | {"drop.hint": KINDS}
    html = (HERE / "web" / "index.html").read_text("utf-8")
    html = html.replace(WORDS, json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"))
    return html.replace(VIEWER, worded(block, texts))


def element(html: str, start: str) -> str:
    """A ``div`` of a page, from its first characters to the end of it."""
    begin, depth = html.index(start), 0
    for tag in re.finditer(r"<(/?)div\b", html[begin:]):
        depth += -1 if tag[1] else 1
        if not depth:
            return html[begin : html.index(">", begin + tag.end()) + 1]
    raise ValueError(f"{start} has no end")


def modules() -> tuple[str, ...]:
    """The page's scripts: those that a browser starts, and all that they import."""
    found, line = set(), list(ENTRIES)
    while line:
        name = line.pop()
        if name in found:
            continue
        found.add(name)
        place = (HERE / name).parent
        for other in IMPORT.findall((HERE / name).read_text("utf-8")):
            line.append((place / other).resolve().relative_to(HERE.resolve()).as_posix())
    return tuple(sorted(found))


def licences(cards: tuple[Card, ...]) -> str:
    """Whose work lies in the folder, and on what terms."""
    networks = "".join(f"  {card.name}: {shown_licence(card.licence)}\n" for card in cards)
    return (
        "The page, from sr_app: Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0\n\n"
        f"The networks in graphs/:\n{networks}\n"
        f"runtime/, from the package {PACKAGE} {VERSION}: the MIT License.\n"
        "Copyright (c) Microsoft Corporation. All rights reserved.\n\n"
        f"{(HERE / 'web' / 'runtime_licence.txt').read_text('utf-8')}"
    )

"""The card of a preset: what is known of a trained network, validated value by value.

A card may come from a stranger: types and ranges are checked here, with one line for what is wrong,
and the files that it names lie in its own folder. No Keras here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from sr_app.files.json_table import parse_table
from sr_app.files.nearest import did_you_mean
from sr_app.files.rules import Rule, integer, is_number, is_text, or_null
from sr_app.networks.families import check_scale, describe, family_of, name_of, read_network
from sr_app.networks.genotype import Genotype

LARGEST = 4 << 20
"""Bytes of a card file that is read at all."""

STUDY = "study"
"""Purpose of presets that lists leave out unless they are asked for."""

TIMING = ("milliseconds", "hardware")
"""What a card's ``timing`` says."""

DEEPEST = 20
"""Levels of a card's content."""


@dataclass(frozen=True)
class Card:
    """What is known of a preset.

    Args:
        name: ``<network>_x<scale>[_<purpose>]``; the folder's name.
        title, description: for people.
        scale: integer factor.
        network: what it is, of one of ``networks.families.FAMILIES``.
        purpose: what it is for: ``clean`` photos, ``real`` ones, ``vivid``, ``fast``; a ``study``
            is there to be compared with, and not what somebody would choose.
        vivid: name of the preset at the other end of its slider; None for ``<name>_vivid``.
        border: low-resolution pixels of mirrored surroundings that a photo is given before it; for
            networks that take the zeros beyond a photo's edge for a part of it. See `surroundings`.
        parameters, multiply_adds, receptive_radius, multiple_of: as ``networks.cost.Cost``.
        weights, graph: file names in the folder, or None.
        tile: side of an inference tile in low-resolution pixels that measured fastest.
        sha256: file name -> digest.
        training: data, steps, hardware, wall time and the like; a figure not measured is null.
        results: data set -> {"psnr": dB, "ssim": .., "protocol": ..}, measured; ``psnr_unrounded``
            and ``ssim_unrounded`` are of the same results under the protocol ``y_unrounded``.
        timing: milliseconds per megapixel of the result, and the hardware that took them; null
            where nobody measured.
        compression: of a compressed preset: from which one, what it saved, what it cost in dB.
        licence: of the weights.
        limits: what the network must not be used for.
        folder: where the files lie.
    """

    name: str
    title: str
    description: str
    scale: int
    network: Any
    purpose: str = "clean"
    vivid: str | None = None
    border: int = 0
    parameters: int | None = None
    multiply_adds: int | None = None
    receptive_radius: int | None = None
    multiple_of: int = 1
    weights: str | None = None
    graph: str | None = None
    tile: int = 384
    sha256: dict = field(default_factory=dict)
    training: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    timing: dict = field(default_factory=lambda: dict.fromkeys(TIMING))
    compression: dict = field(default_factory=dict)
    licence: str = "Apache-2.0"
    limits: str = "Invented detail is not evidence: not for forensics, medicine or identification."
    folder: Path = Path()

    @property
    def genotype(self) -> Genotype:
        """The network, where only one of the ESRN family will do.

        Raises:
            ValueError: for a preset of another family.
        """
        if not isinstance(self.network, Genotype):
            raise ValueError(
                f"Expected a preset of the family esrn. Received: {self.name}, of the family "
                f"{name_of(self.network)}"
            )
        return self.network

    def overlap(self) -> int:
        """Pixels by which tiles overlap, so that tiled equals whole: the receptive radius.

        Raises:
            ValueError: for a card that does not state it.
        """
        if self.receptive_radius is None:
            raise ValueError(
                f"Preset {self.name}: expected a receptive_radius on its card. Received: none"
            )
        return self.receptive_radius

    def surroundings(self) -> int:
        """Pixels of mirrored surroundings: ``border``, in steps of the network and no farther than
        it sees; none for a graph of one size, which has no room for them."""
        if not self.border or family_of(self.network).largest_side(self.network):
            return 0
        return min(self.border, self.overlap()) // self.multiple_of * self.multiple_of

    def file(self, name: str | None) -> Path:
        """Path of a file of the preset; the error says what is missing and where."""
        path = self.folder / (name or "")
        if not name or not is_file_name(name) or not path.is_file():
            raise ValueError(
                f"Preset {self.name} has no file {name or 'of that kind'} in {self.folder}"
            )
        return path

    def to_json(self) -> dict:
        """The card file's content; the folder is not part of it."""
        data = {**asdict(self), "network": describe(self.network)}
        del data["folder"]
        if self.vivid is None:
            del data["vivid"]
        if not self.border:
            del data["border"]
        return data


def vivid_name(name: str) -> str:
    """Name of the vivid end of a preset's slider, unless its card says another."""
    return f"{name}_vivid"


def vivid_end(card: Card) -> str:
    """Name of the vivid end of a preset's slider, whether it is there or not."""
    return card.vivid or vivid_name(card.name)


def is_name(value: object) -> bool:
    """A name that may stand in a path and on a terminal."""
    return is_file_name(value) and isinstance(value, str) and value.isprintable()


def is_file_name(value: object) -> bool:
    """A file's name without a folder, a drive or a way out of its folder."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= 200
        and value not in (".", "..")
        and not re.search(r"[/\\:\x00-\x1f\x7f]", value)
    )


def is_digests(value: object) -> bool:
    return isinstance(value, dict) and all(
        is_file_name(name) and isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest)
        for name, digest in value.items()
    )


def is_results(value: object) -> bool:
    """Data set -> null, or figures and the protocol's name."""
    return isinstance(value, dict) and all(
        result is None or (isinstance(result, dict) and all(map(is_figure, result.items())))
        for result in value.values()
    )


def is_figure(item: tuple[str, object]) -> bool:
    name, value = item
    if name == "protocol":
        return is_text(value)
    return value is None or (is_number(value) and abs(value) < 1e9)


def is_facts(value: object) -> bool:
    return isinstance(value, dict)


TEXT = Rule("text of at most 10,000 characters", is_text)
NAME = Rule("a name without slashes and control characters", is_name)
FILE = or_null(Rule("a file's name in the card's own folder", is_file_name))
COUNT = or_null(integer(0, 10**15))
FACTS = Rule("a table", is_facts)

RULES = {
    **dict.fromkeys(("title", "description", "licence", "limits"), TEXT),
    **dict.fromkeys(("name", "purpose"), NAME),
    "vivid": or_null(NAME),
    "border": integer(0, 256),
    "scale": integer(1, 16),
    **dict.fromkeys(("parameters", "multiply_adds"), COUNT),
    "receptive_radius": or_null(integer(0, 1024)),
    "multiple_of": integer(1, 256),
    **dict.fromkeys(("weights", "graph"), FILE),
    "tile": integer(1, 16_384),
    "sha256": Rule("a table of file names and their SHA-256, 64 hexadecimal digits", is_digests),
    "results": Rule("a table of data sets and their measured figures", is_results),
    **dict.fromkeys(("training", "compression", "timing"), FACTS),
}
"""What each value of a card must be; ``network`` is checked by its family."""

REQUIRED = ("name", "title", "description", "scale")


def parse_card(text: str, folder: Path) -> Card:
    """The card of a file's content. A card that says ``genotype`` is of the family ``esrn``.

    Raises:
        ValueError: naming the first value that is not as it must be, in one line.
    """
    data = parse_table(text)
    if depth(data) > DEEPEST:
        raise ValueError(f"Expected at most {DEEPEST} levels of tables and lists. Received: more")
    if "genotype" in data and "network" not in data:
        data["network"] = data.pop("genotype")
    check_names(data)
    for name, rule in RULES.items():
        if name in data and not rule.holds(data[name]):
            raise ValueError(f"Expected {name} as {rule.expected}. Received: {shown(data[name])}")
    network = read_network(data.pop("network"))
    family = family_of(network)
    check_scale(network, data["scale"])
    check_reach(data, *family.least(network, data["scale"]))
    if data.get("weights") and not family.WEIGHTS_FILE:
        raise ValueError(f"Expected no weights beside a graph alone. Received: {data['weights']!r}")
    return Card(**data, network=network, folder=folder)


def check_reach(data: dict, radius: int, multiple: int) -> None:
    """ValueError for a radius or a multiple with which the network's tiles would show seams."""
    stated = data.get("receptive_radius")
    if stated is not None and stated < radius:
        raise ValueError(
            f"Expected receptive_radius of {radius} or more: so far do the convolutions of its "
            f"network reach. Received: {stated}"
        )
    if data.get("multiple_of", 1) % multiple:
        raise ValueError(
            f"Expected multiple_of as a multiple of {multiple}, which its network needs. "
            f"Received: {data.get('multiple_of', 1)}"
        )


def check_names(data: dict) -> None:
    """ValueError for keys that are unknown or missing."""
    known = [item.name for item in fields(Card) if item.name != "folder"]
    if unknown := sorted(set(data) - set(known)):
        raise ValueError(
            f"Expected the keys of a card. Received: {', '.join(map(shown, unknown))}."
            f"{did_you_mean(unknown[0], known)}"
        )
    if missing := [name for name in (*REQUIRED, "network") if name not in data]:
        raise ValueError(f"Expected a card with {', '.join(missing)}. Received: one without")


def depth(data: object) -> int:
    """Levels of tables and lists, counted no further than one beyond `DEEPEST`."""
    levels, layer = 0, [data]
    while layer and levels <= DEEPEST:
        layer = [item for value in layer for item in inside(value)]
        levels += 1
    return levels


def inside(value: object) -> Iterable[object]:
    """What a table or a list holds; nothing of anything else."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def shown(value: object) -> str:
    """A value in a message: short, and without what a terminal would act upon."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""A network made elsewhere becomes a preset: it is found out by running it, and told of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sr_app.files.replacement import write_whole
from sr_app.image.files import Photo, write_photo
from sr_app.image.resize import imresize
from sr_app.inference.foreign_scene import scene
from sr_app.inference.tiles import round_up
from sr_app.jobs.events import Finished, Note, Progress, Reporter, silent
from sr_app.jobs.preset_place import PAIR, check_free, check_name, placing, usual_place
from sr_app.networks.card import Card
from sr_app.networks.imported import RANGES
from sr_app.networks.licences import FLAG, UNKNOWN, forbids_commercial_use
from sr_app.networks.presets import digest, write_card

if TYPE_CHECKING:
    from sr_app.inference.foreign_network import ForeignNetwork
    from sr_app.inference.foreign_reach import Reach

OWN = "own"
"""Purpose of a network of which nobody has said another: it is run when it is named."""

PART = "finding out"
STEPS = 5
PAIR_SIDE = 160

SAID = (", as its file says", ", as its author says")
"""Who says what the licence is."""

SAME = 2e-3
"""Difference up to which results are the same; a step of float16 is less."""


@dataclass(frozen=True)
class ImportPlan:
    """What is known of a file beside what it shows itself.

    Args:
        file: of a format of ``inference.foreign_formats``, or a folder with ncnn's two.
        name: of the preset; the file's, with the factor, if None.
        licence: as its author says; what the file states, if None.
        source: where it comes from, an address or a few words.
        purpose: as a card says it.
        into: folder of presets; the first of ``SR_APP_MODELS``, else the user's own, if None.

    Raises:
        ValueError: for a name that cannot be a folder's.
    """

    file: Path
    name: str | None = None
    licence: str | None = None
    source: str | None = None
    purpose: str = OWN
    into: Path | None = None

    def __post_init__(self) -> None:
        for what, value in (("name", self.name), ("purpose", self.purpose)):
            if value is not None:
                check_name(value, what)


@dataclass(frozen=True)
class Imported:
    """The preset that was made, what was found, in lines, and a picture: bicubic beside it."""

    card: Card
    findings: tuple[str, ...]
    pair: Path
    warnings: tuple[str, ...] = ()


def import_network(plan: ImportPlan, *, reporter: Reporter = silent) -> Imported:
    """Make a preset of a file; nothing is written unless it runs.

    Raises:
        ValueError: one line, for a file that is no such network or a name that is taken.
        MissingExtraError: without the library that reads it.
        OSError: if it cannot be read, or the preset not be written.
    """
    from sr_app.inference.foreign_formats import bring

    into = plan.into or usual_place()
    if plan.name:
        check_free(plan.name, into)
    plan.file.stat()  # says what is not there
    reporter(Progress(PART, 1, STEPS, "how it takes pictures"))
    network = bring(plan.file)
    name = plan.name or usual_name(plan.file, network.sizes.manner.scale)
    check_free(name, into)
    reporter(Progress(PART, 2, STEPS, "how far it looks"))
    reach, pair = tried(network, plan.file)
    reporter(Progress(PART, 4, STEPS, "writing"))
    card = describe(plan, name, network, reach)
    card = write_preset(card, network.files, pair, into)
    warnings = told_warnings(card, reach)
    imported = Imported(card, findings(network, reach), card.folder / PAIR, warnings)
    reporter(Progress(PART, STEPS, STEPS))
    for line in (*imported.findings, *warnings):
        reporter(Note(line))
    reporter(Finished(imported))
    return imported


def tried(network: ForeignNetwork, file: Path) -> tuple[Reach, np.ndarray]:
    """The network's reach and a picture pair, as the preset will run it; ValueError if that does
    not run, or not to the same result."""
    from sr_app.inference.foreign_probing import enlarged
    from sr_app.inference.foreign_reach import measure_reach

    sizes, manner, run = network.sizes, network.sizes.manner, network.run
    side = network.network.side
    picture = scene(*sizes.probe)
    own, made = enlarged(sizes, picture, manner), run(picture)
    difference = float(np.abs(own - sizes.trial.seen(made)).max())
    if not difference <= SAME:
        again = float(np.abs(own - enlarged(sizes, picture, manner)).max())
        told = "as a preset" if again <= SAME else "each time"
        raise ValueError(
            f"{file}: expected the same result {told}. Received: one that differs by "
            f"{max(again, difference):.2g}"
            + ("" if again <= SAME else ", as of a network that draws noise")
        )
    reach = measure_reach(run, manner.scale, sizes.multiple, side)
    length = min(side, PAIR_SIDE) if side else round_up(PAIR_SIDE, reach.multiple)
    picture = scene(length, length)
    parts = imresize(picture, manner.scale), run(picture)
    return reach, np.concatenate(parts, axis=1).clip(0, 1).astype(np.float32)


def write_preset(card: Card, files: Mapping[str, bytes], pair: np.ndarray, into: Path) -> Card:
    """Write the folder, whole or not at all."""
    with placing(card.name, into) as folder:
        for name, content in files.items():
            write_whole(folder / name, content)
        write_photo(Photo(pair), folder / PAIR)
        written = write_card(replace(card, folder=folder))
    return replace(written, folder=into / card.name)


def usual_name(file: Path, scale: int) -> str:
    """``<file>_x<scale>`` in letters that any file system and shell takes."""
    stem = re.sub(r"[^A-Za-z0-9.+-]+", "_", file.stem).strip("_.-")[:80] or "network"
    ends = re.search(rf"(^|[^0-9a-z])(x{scale}($|[^0-9])|{scale}x)", stem.lower())
    return stem if ends else f"{stem}_x{scale}"


def describe(plan: ImportPlan, name: str, network: ForeignNetwork, reach: Reach) -> Card:
    """The card, without digests."""
    sizes, side = network.sizes, network.network.side
    licence = said_licence(plan.licence, network.licence)
    flagged = f" ({FLAG})" if forbids_commercial_use(licence) else ""
    usual = Card.__dataclass_fields__["limits"].default
    seams = f" {seam_sentence(reach)}" if reach.beyond else ""
    return Card(
        name=name,
        title=f"{name}{flagged}",
        description=f"Brought from elsewhere: {plan.file.name}; licence {licence}.",
        scale=sizes.manner.scale,
        network=replace(network.network, beyond=float(f"{reach.beyond:.2g}")),
        purpose=plan.purpose,
        parameters=network.parameters,
        receptive_radius=reach.radius,
        multiple_of=reach.multiple,
        graph=network.graph,
        weights=network.weights,
        tile=side or 384,
        training={
            "origin": {
                "file": plan.file.name,
                # of a folder, whose files have those of the card, None
                "sha256": digest(plan.file) if plan.file.is_file() else None,
                "source": plan.source,
                "found": list(findings(network, reach)),
            }
        },
        licence=licence,
        limits=usual + seams,
    )


def said_licence(given: str | None, stated: str | None) -> str:
    """The licence and who says so: the person who adds the network before its file."""
    if given:
        return f"{given}{SAID[1]}"
    if stated is None or stated == UNKNOWN:
        return UNKNOWN
    return stated if stated.endswith(SAID) else f"{stated}{SAID[0]}"


def findings(network: ForeignNetwork, reach: Reach) -> tuple[str, ...]:
    """What was found, a line each."""
    sizes, manner = network.sizes, network.sizes.manner
    takes, gives = ("NHWC" if last else "NCHW" for last in (manner.last_in, manner.last_out))
    axes = takes if takes == gives else f"{takes} in, {gives} out"
    kept = "is kept" if manner.scale == 1 else "by bicubic interpolation"
    colour = f"luma alone; colour {kept}"
    if manner.channels == 3:
        orders = ["BGR" if bgr else "RGB" for bgr in (manner.bgr_in, manner.bgr_out)]
        colour = orders[0] if orders[0] == orders[1] else f"{orders[0]} in, {orders[1]} out"
    span = RANGES[manner.takes]
    if manner.gives != manner.takes:
        span = f"{span} in, {RANGES[manner.gives]} out"
    size = "any size" if sizes.multiple == 1 else f"sizes in steps of {sizes.multiple}"
    if manner.side:
        size = f"{manner.side[1]}x{manner.side[0]} pixels alone"
    elif manner.least > 1:
        size += f" from {manner.least}"
    batch = "one picture at a time" if manner.single else "any number of pictures"
    if manner.lost:
        size += f"; {manner.lost} pixels a side are missing from results, and padded before"
    tiles = f"; tiles in steps of {reach.multiple}" if reach.multiple != sizes.multiple else ""
    return (
        f"factor {manner.scale}{' (restoration)' if manner.scale == 1 else ''}",
        f"axes {axes}, {sizes.trial.kind}, {batch}",
        f"values {span}, {colour}",
        f"{size}{tiles}",
        f"looks {reach.radius} pixels far",
        *network.notes,
    )


def seam_sentence(reach: Reach) -> str:
    """What a person is told of a network that looks farther than tiles can."""
    return (
        f"Its result depends on more than {reach.radius} pixels around, up to the whole picture "
        f"(measured: {255 * reach.beyond:.2g} of 255): large photos, which are cut into tiles, may "
        "show seams."
    )


def told_warnings(card: Card, reach: Reach) -> tuple[str, ...]:
    """What a person should know before using it."""
    told = []
    if forbids_commercial_use(card.licence):
        told.append(f"Licence {card.licence}: {FLAG}.")
    if card.licence == UNKNOWN:
        told.append("Licence not stated: ask its author before you use or pass on its results.")
    if reach.beyond:
        told.append(seam_sentence(reach))
    return tuple(told)

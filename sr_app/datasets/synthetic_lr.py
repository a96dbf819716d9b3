"""LR twins of a folder of HR pictures, with what was done to each written beside it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sr_app.datasets.degradation_presets import draw_degradation, find_kind
from sr_app.files.extras import require
from sr_app.files.json_table import read_table, write_table
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import Photo, read_header, read_photo, some_photos, write_photo

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LrSettings:
    """What all twins of a folder have in common.

    Args:
        kind: of `degradation_presets.KINDS`.
        scale: whole factor.
        seed: of everything drawn.
        varies: parameters for every picture, or once for all; None is the kind's custom.
        copies: twins of each picture; from two on they are numbered: 0001x4w1.png, ...
    """

    kind: str
    scale: int
    seed: int = 0
    varies: bool | None = None
    copies: int = 1

    def names(self, stem: str) -> list[str]:
        """Names of a picture's twins without their ending, as NTIRE has them: 0001x4m."""
        name = f"{stem}x{self.scale}{find_kind(self.kind).suffix}"
        return [name] if self.copies == 1 else [f"{name}{i + 1}" for i in range(self.copies)]


def write_twins(
    folder: Path, target: Path, settings: LrSettings, *, progress: Progress | None = None
) -> tuple[int, int]:
    """Degrade every picture of a folder; finished twins are left as they are.

    A twin is an 8-bit PNG and a JSON file of the same name, written after it: ``hr`` (name of the
    source), ``kind``, ``seed``, ``scale`` and ``steps``. ``Degradation.from_json`` of it, applied
    to the source, gives the PNG's pixels. ValueError for an unknown kind, no pictures, pictures of
    one name or smaller than the factor (all named, before anything is written), or twins made with
    other settings.

    Returns:
        How many twins were written, and how many were there before.
    """
    kind = find_kind(settings.kind)
    photos = usable(folder, target, settings.scale)
    if kind.smooths:
        require("skimage")
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    for done, path in enumerate(photos):
        if progress:
            progress(done, len(photos))
        written += write_picture(path, target, settings)
    if progress:
        progress(len(photos), len(photos))
    return written, len(photos) * settings.copies - written


def usable(folder: Path, target: Path, scale: int) -> list[Path]:
    """The folder's pictures, checked by their names and headers alone."""
    if target.resolve() == folder.resolve():
        raise ValueError(f"{target} holds the HR pictures: give another folder for their twins")
    photos = some_photos(folder, "HR pictures")
    twice = [stem for stem, count in Counter(p.stem for p in photos).items() if count > 1]
    if twice:
        raise ValueError(f"{folder}: several pictures have one name: {', '.join(sorted(twice))}")
    small = [path.name for path in photos if smallest_side(path) < 3 * scale]
    if small:
        raise ValueError(
            f"{folder}: expected pictures of at least {3 * scale} pixels a side, to have 3 after "
            f"a factor of {scale}. Smaller: {', '.join(small)}"
        )
    return photos


def smallest_side(path: Path) -> int:
    """Pixels of the shorter side, by the header."""
    header = read_header(path)
    return min(header.height, header.width)


def write_picture(path: Path, target: Path, settings: LrSettings) -> int:
    """The twins of one picture that are not there yet; how many that were."""
    todo = []
    for name in settings.names(path.stem):
        drawn = draw_degradation(
            settings.kind, settings.scale, seed=settings.seed, picture=name, varies=settings.varies
        )
        record = {"hr": path.name, "kind": settings.kind, "seed": settings.seed, **drawn.to_json()}
        if not finished(target / name, record):
            todo.append((target / name, drawn, record))
    if todo:
        hr = to_uint8(read_photo(path).rgb)
        for place, drawn, record in todo:
            write_photo(Photo(to_float(drawn(hr))), place.with_name(f"{place.name}.png"))
            write_table(place.with_name(f"{place.name}.json"), record)
    return len(todo)


def finished(place: Path, record: dict[str, Any]) -> bool:
    """Whether a twin is there; ValueError if it was made in another way."""
    path = place.with_name(f"{place.name}.json")
    if not path.is_file() or not place.with_name(f"{place.name}.png").is_file():
        return False
    try:
        there = read_table(path)
    except ValueError:
        there = None
    if there != json.loads(json.dumps(record)):
        raise ValueError(
            f"{path} was made with other settings: choose another folder, or delete this one"
        )
    return True


def find_twins(hr: Sequence[Path], folder: Path) -> list[tuple[Path, Path]]:
    """(HR, LR) for every twin in a folder that `write_twins` filled, by what its records say.

    Args:
        hr: the pictures that the twins may be of.

    Raises:
        ValueError: if the folder holds no twins, or twins of pictures that are not among ``hr``.
    """
    sources = {path.name: path for path in hr}
    twins = [(record, picture_of(record)) for record in folder.glob("*.json")]
    if not twins:
        raise ValueError(
            f"Expected LR pictures with their JSON in {folder}, as sr-app degrade makes them. "
            "Found none"
        )
    if alone := sorted({name for _, name in twins if name not in sources}):
        raise ValueError(
            f"Expected the HR pictures of all twins in {folder}. Missing: {', '.join(alone)}"
        )
    return [(sources[name], record.with_suffix(".png")) for record, name in sorted(twins)]


def picture_of(record: Path) -> str:
    """The name of the HR picture that the record beside a twin says."""
    name = read_table(record).get("hr")
    if not isinstance(name, str):
        raise ValueError(f"{record}: expected hr, a picture's name. Received: {name!r:.80}")
    return name


def split_halves(
    hr: Sequence[Path], real: Sequence[Path], *, in_order: bool = False
) -> tuple[list[Path], list[Path]]:
    """HR of every second scene, by name, and real LR of all others: no scene is on both sides.

    Otherwise a training without pairs would see pairs by accident. All twins of a scene (0001x4w1,
    ...) go with it.

    Args:
        in_order: the first half of the scenes and the others instead, as users of the challenges'
            data split them (0001 to 0400, 0401 to 0800).
    """
    scenes = sorted({scene(path) for path in hr})
    first = set(scenes[: (len(scenes) + 1) // 2] if in_order else scenes[::2])
    return (
        [path for path in hr if scene(path) in first],
        [path for path in real if scene(path) not in first],
    )


def scene(path: Path) -> str:
    """The name without ending, factor, track and number: 0001 of 0001x4w2.png."""
    return re.sub(r"x\d+[a-z]?\d*$", "", path.stem)

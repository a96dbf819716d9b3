"""A teacher's results for crops of folders, kept as a training set: a slow one is paid once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sr_app.datasets.degradation_presets import KINDS, draw_degradation
from sr_app.datasets.synthetic_lr import smallest_side
from sr_app.datasets.targets import HR, LR, TEACHER
from sr_app.files.json_table import read_table, write_table
from sr_app.image.colour import to_float, to_uint8
from sr_app.image.files import Photo, find_photos, read_photo, write_photo
from sr_app.jobs.events import Finished, Progress, Reporter, silent
from sr_app.networks.presets import read_card

if TYPE_CHECKING:
    from sr_app.inference.upscaler import Upscaler

RECORD = "targets.json"
AS_THEY_ARE = "none"
"""In place of a kind of degradation: the pictures are low-resolution ones already."""
TRUTH = "truth"
"""In place of a teacher: the true picture, which drawn letters want and no network knows better."""


@dataclass(frozen=True)
class TargetPlan:
    """What a folder of targets is made of; ValueError naming what is out of range.

    Args:
        teacher: name or folder of a preset, whose factor is that of the targets; or ``truth``, for
            the pictures' own pixels.
        kind: of ``datasets.degradation_presets.KINDS``, by which LR crops are made of the pictures,
            whose own pixels are then kept as the truth; or ``none`` for pictures that are LR
            themselves, and have no known truth.
        crops: how many.
        side: of a crop in LR pixels.
        margin: LR pixels around a crop that the teacher sees and that are cut away.
        seed: of everything drawn. Crop ``n`` depends on the seed and ``n`` alone.
        scale: of the truth; a preset has its own.
    """

    teacher: str
    kind: str = "shared"
    crops: int = 600
    side: int = 128
    margin: int = 12
    seed: int = 0
    scale: int = 4

    def __post_init__(self) -> None:
        if self.kind not in (AS_THEY_ARE, *KINDS):
            raise ValueError(
                f"Expected a kind among {', '.join((AS_THEY_ARE, *KINDS))}. Received: {self.kind!r}"
            )
        if self.teacher == TRUTH and (self.kind == AS_THEY_ARE or self.scale < 2):
            raise ValueError(
                f"Expected of the truth a kind among {', '.join(KINDS)} and a factor of 2 or more. "
                f"Received: {self.kind!r} and {self.scale}"
            )
        if self.crops < 1 or self.side < 16 or self.margin < 0:
            raise ValueError(
                "Expected 1 crop or more, a side of 16 or more and a margin of 0 or more. "
                f"Received: {self.crops}, {self.side} and {self.margin}"
            )


def prepare_targets(
    folders: Sequence[Path], out: Path, plan: TargetPlan, *, reporter: Reporter = silent
) -> int:
    """Fill a folder as ``datasets.targets`` reads it; crops that are there are left as they are.

    Beside the pictures lies ``targets.json``: the plan, and the teacher's name, licence and hash,
    or null for the truth.
    ValueError before anything is written, for no picture that is large enough, or a folder that
    another plan filled.

    Args:
        folders: of pictures, HR or (kind ``none``) LR.
        out: made if missing.

    Returns:
        How many crops were made now.
    """
    known, scale = named_teacher(plan)
    pictures = large_enough(folders, plan, scale)
    record = {**asdict(plan), "teacher": known, "folders": [str(folder) for folder in folders]}
    if known:
        del record["scale"]  # which is the preset's
    record = json.loads(json.dumps(record))  # as it will be read
    check_record(out, record)
    missing = [n for n in range(plan.crops) if not (out / TEACHER / f"{n:05d}.png").is_file()]
    if missing:
        teacher = None if known is None else open_teacher(plan.teacher)
        for part in (LR, TEACHER, *([HR] if plan.kind != AS_THEY_ARE else [])):
            (out / part).mkdir(parents=True, exist_ok=True)
        write_table(out / RECORD, record)
        for done, number in enumerate(missing):
            reporter(Progress("targets", plan.crops - len(missing) + done, plan.crops))
            make_target(number, pictures, out, plan, teacher)
        reporter(Progress("targets", plan.crops, plan.crops))
    reporter(Finished(len(missing)))
    return len(missing)


def named_teacher(plan: TargetPlan) -> tuple[dict | None, int]:
    """What is kept of the teacher, None for the truth; and the factor of the targets."""
    if plan.teacher == TRUTH:
        return None, plan.scale
    card = read_card(plan.teacher)
    return {"name": card.name, "licence": card.licence, "sha256": card.sha256}, card.scale


def open_teacher(name: str) -> Upscaler:
    from sr_app.inference.upscaler import Upscaler

    return Upscaler.from_preset(name)


def large_enough(folders: Sequence[Path], plan: TargetPlan, scale: int) -> list[Path]:
    """Pictures that a crop with its margin fits into, by their headers."""
    side = (plan.side + 2 * plan.margin) * (1 if plan.kind == AS_THEY_ARE else scale)
    photos = [path for folder in folders for path in find_photos(folder)]
    fitting = [path for path in photos if smallest_side(path) >= side]
    if not fitting:
        raise ValueError(
            f"Expected pictures of at least {side} pixels a side in "
            f"{', '.join(map(str, folders))}. Received: {len(photos)} pictures, all smaller"
        )
    return fitting


def make_target(
    number: int, pictures: Sequence[Path], out: Path, plan: TargetPlan, teacher: Upscaler | None
) -> None:
    """Draw, degrade, enlarge and write one crop; the teacher's picture last, for it means done."""
    rng = np.random.default_rng((plan.seed, number))
    scale = teacher.scale if teacher else plan.scale
    lr, hr = draw_crop(number, pictures[int(rng.integers(len(pictures)))], plan, scale, rng)
    inner = slice(plan.margin, plan.margin + plan.side)
    wide = slice(scale * inner.start, scale * inner.stop)
    parts = {LR: lr[inner, inner]}
    if hr is not None:
        parts[HR] = hr[wide, wide]
    parts[TEACHER] = to_uint8(teacher(to_float(lr))[wide, wide]) if teacher else parts[HR]
    for part, picture in parts.items():
        write_photo(Photo(to_float(picture)), out / part / f"{number:05d}.png")


def draw_crop(
    number: int, path: Path, plan: TargetPlan, scale: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """(LR, HR or None) of a random place with its margin, uint8."""
    side = plan.side + 2 * plan.margin
    given = plan.kind == AS_THEY_ARE
    wide = side if given else scale * side
    picture = to_uint8(read_photo(path).rgb)
    y, x = (int(rng.integers(length - wide + 1)) for length in picture.shape[:2])
    crop = picture[y : y + wide, x : x + wide]
    if given:
        return crop, None
    return draw_degradation(plan.kind, scale, seed=plan.seed, picture=str(number))(crop), crop


def read_record(folder: Path) -> dict | None:
    """What the ``targets.json`` of a folder says, or None."""
    try:
        record = read_table(folder / RECORD)
    except (OSError, ValueError):
        return None
    folders = record.get("folders")
    if not isinstance(record.get("teacher", ""), dict | None) or not isinstance(folders, list):
        return None
    return record if all(isinstance(path, str) for path in folders) else None


def check_record(out: Path, record: dict) -> None:
    """ValueError if the folder was filled by another plan; more crops of the same are welcome."""
    if not (out / RECORD).is_file():
        return
    there = read_record(out)
    if there is None or {**there, "crops": record["crops"]} != record:
        raise ValueError(
            f"{out / RECORD} was made with other settings: choose another folder, or delete this "
            "one"
        )

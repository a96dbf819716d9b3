"""The NTIRE data sets as they lie on disk: who belongs to whom.

Names follow DIV2K (Agustsson and Timofte, CVPRW 2017) and the NTIRE 2018 tracks::

    DIV2K_train_HR/0001.png
    DIV2K_train_LR_bicubic/X2/0001x2.png        DIV2K_train_LR_unknown/X4/0001x4.png
    DIV2K_train_LR_x8/0001x8.png                DIV2K_train_LR_mild/0001x4m.png
    DIV2K_train_LR_difficult/0001x4d.png        DIV2K_train_LR_wild/0001x4w1.png ... 0001x4w4.png
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sr_app.image.files import find_photos

SPLITS = ("train", "valid")
# track -> (folder below DIV2K_<split>_LR_, file suffixes tried in order); {s} is the scale
TRACKS = {
    "bicubic": ("bicubic/X{s}", ("x{s}",)),
    "unknown": ("unknown/X{s}", ("x{s}",)),
    "x8": ("x8", ("x8",)),
    "mild": ("mild", ("x4m",)),
    "difficult": ("difficult", ("x4d",)),
    "wild": ("wild", ("x4w", "x4w1", "x4w2", "x4w3", "x4w4")),
}


@dataclass(frozen=True)
class Pair:
    """A high-resolution picture and one low-resolution twin of it."""

    hr: Path
    lr: Path


def hr_folder(split: str) -> str:
    """Folder of DIV2K's HR pictures, below the set's own."""
    return f"DIV2K_{split}_HR"


def lr_folder(split: str, track: str, scale: int) -> str:
    """Folder of DIV2K's LR pictures, below the set's own."""
    return f"DIV2K_{split}_LR_{TRACKS[track][0].format(s=scale)}"


def find_pairs(
    root: Path | str, *, scale: int, track: str = "bicubic", split: str = "train"
) -> list[Pair]:
    """Pairs of a DIV2K tree, by name.

    Args:
        root: folder that holds ``DIV2K_train_HR`` and its siblings.
        scale: integer factor; 8 for track ``x8``, 4 for the tracks of 2018.
        track: a key of `TRACKS`.
        split: ``train`` or ``valid``.

    Returns:
        Pairs sorted by name; ``wild`` gives one pair for each of the up to four twins.

    Raises:
        ValueError: for an unknown track or split, a missing folder, or HR pictures without a twin
            (each is named).
    """
    if track not in TRACKS or split not in SPLITS:
        raise ValueError(
            f"Expected a track among {', '.join(TRACKS)} and a split among {', '.join(SPLITS)}. "
            f"Received: track={track!r}, split={split!r}"
        )
    large = existing(Path(root) / hr_folder(split))
    small = existing(Path(root) / lr_folder(split, track, scale))
    suffixes = [suffix.format(s=scale) for suffix in TRACKS[track][1]]
    pairs, alone = [], []
    for hr in find_photos(large):
        twins = [small / f"{hr.stem}{suffix}{hr.suffix}" for suffix in suffixes]
        found = [Pair(hr, lr) for lr in twins if lr.is_file()]
        pairs += found
        if not found:
            alone.append(hr.name)
    if alone:
        raise ValueError(f"{len(alone)} HR pictures have no twin in {small}: {', '.join(alone)}")
    return pairs


def existing(folder: Path) -> Path:
    """The folder itself, or an error that names it and, of a shipped recipe's, what to do."""
    if not folder.is_dir():
        known = folder.parent == Path("data") and folder.name in ("photos", "graphics", "Kodak24")
        hint = f": sr-app data prepare {folder.name} makes it or says how" if known else ""
        raise ValueError(f"Expected the data folder {folder}. It does not exist{hint}")
    return folder

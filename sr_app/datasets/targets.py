"""Pairs whose high-resolution side is a teacher's picture, with the true one where there is one.

A folder of targets holds ``lr/NAME.png`` and ``teacher/NAME.png``, ``scale`` times as large, and
for some names ``hr/NAME.png``, the picture that the LR was made from. ``jobs.targets`` fills it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sr_app.datasets.store import PictureStore

LR, TEACHER, HR = "lr", "teacher", "hr"


@dataclass(frozen=True)
class Target:
    """Paths of one crop; ``hr`` is None where no one knows the truth."""

    lr: Path
    teacher: Path
    hr: Path | None


@dataclass(frozen=True)
class TargetStore:
    """The pictures of targets, in one order.

    Args:
        teacher: pairs of LR and the teacher's picture.
        truth: the true pictures, of ``open_store(truth_sources(..), scale=1)``.
    """

    teacher: PictureStore
    truth: PictureStore

    @property
    def scale(self) -> int:
        """Factor from the LR to the teacher's pictures."""
        return self.teacher.scale


def find_targets(folder: Path) -> tuple[Target, ...]:
    """All targets of a folder, by name; ValueError if there are none, or a teacher's picture has no
    LR."""
    found = []
    for teacher in sorted((folder / TEACHER).glob("[!.]*.png")):
        lr, hr = folder / LR / teacher.name, folder / HR / teacher.name
        if not lr.is_file():
            raise ValueError(f"Expected the LR picture {lr} beside {teacher}. Found none")
        found.append(Target(lr, teacher, hr if hr.is_file() else None))
    if not found:
        raise ValueError(
            f"Expected a teacher's pictures in {folder / TEACHER}, as sr-app data prepare targets "
            "makes them. Found none"
        )
    return tuple(found)


def teacher_sources(targets: tuple[Target, ...]) -> list[tuple[Path, Path | None]]:
    """(teacher's picture, LR) of every target, as ``datasets.store.open_store`` takes them."""
    return [(target.teacher, target.lr) for target in targets]


def truth_sources(targets: tuple[Target, ...]) -> list[tuple[Path, Path | None]]:
    """The true pictures, the teacher's where there is none, for a store of scale 1."""
    return [(target.hr or target.teacher, None) for target in targets]

"""What a way out is: it writes a preset's network as something that other programs read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sr_app.networks.card import Card


@dataclass(frozen=True)
class Exported:
    """What was written, after it was compared.

    Args:
        files: the one that was asked for, and those that belong to it.
        difference: largest to the network as ``against`` runs it, in parts of [0, 1].
        against: ``Keras`` or ``ONNX Runtime``.
        notes: what whoever reads the files has to know: sizes, names, limits; a line each.
    """

    files: tuple[Path, ...]
    difference: float
    against: str
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.files)


class ExportFormat(ABC):
    """A way out: an entry of ``inference.export_formats.FORMATS``.

    Its module imports no engine before it is asked to write.
    """

    SUFFIX: ClassVar[str]
    """What the file's name ends in."""

    BOUND: ClassVar[float]
    """Largest difference that is let through, in parts of [0, 1]."""

    READERS: ClassVar[str]
    """Who reads it, in some words."""

    def usual_name(self, card: Card) -> str:
        """The file's name where none is said."""
        return card.name + self.SUFFIX

    def check_target(self, target: Path) -> None:
        """Raise ValueError for a file whose name does not end as it should."""
        if target.suffix.lower() != self.SUFFIX:
            raise ValueError(f"Expected a file that ends in {self.SUFFIX}. Received: {target}")

    @abstractmethod
    def write(self, card: Card, target: Path) -> Exported:
        """Write a preset; the files appear only when they compute the same.

        Args:
            target: the file; its folder is made if missing.

        Raises:
            ValueError: in one line, for a network that has no such form, or one whose result
                differs by more than ``BOUND``.
            MissingExtraError: if the format needs a library that is not installed.
        """

"""What a way out is: it writes a preset's network as something that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.replacement import replacing
from sr_app.inference.export_comparison import check_bound
from sr_app.networks.card import Card
from sr_app.networks.licences import shown_licence


@dataclass(frozen=True)
class Conversion:
    """What a format makes of a preset, compared and not yet written.

    Args:
        files: suffix -> content; the file that was asked for first.
        difference: largest to the network as ``against`` runs it, in parts of [0, 1].
        against: ``Keras`` or ``ONNX Runtime``.
        notes: what whoever reads the files has to know: sizes, names, limits; a line each.
    """

    files: dict[str, bytes]
    difference: float
    against: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What was written, after it was compared: see `Conversion`; ``files`` by their paths."""

    files: tuple[Path, ...]
    difference: float
    against: str
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.files)


@dataclass(frozen=True)
class ExportFormat:
    """A way out: an entry of ``inference.export_formats.FORMATS``.

    Args:
        suffix: what the file's name ends in.
        bound: largest difference that is let through, in parts of [0, 1].
        make: from a preset to its files, which imports its engine when it is called. ValueError in
            one line for a network that has no such form; MissingExtraError without its library.
        stem: the file's usual name, without the suffix.
    """

    suffix: str
    bound: float
    make: Callable[[Card], Conversion]
    stem: Callable[[Card], str] = lambda card: card.name

    def usual_name(self, card: Card) -> str:
        """The file's name where none is said."""
        return self.stem(card) + self.suffix

    def check_target(self, target: Path) -> None:
        """Raise ValueError for a file whose name does not end as it should, or a folder."""
        if target.suffix.lower() != self.suffix:
            raise ValueError(f"Expected a file that ends in {self.suffix}. Received: {target}")
        if target.is_dir():
            raise ValueError(f"{target}: expected a file to write. Received: a folder")

    def write(self, card: Card, target: Path) -> Exported:
        """Write a preset; the files appear only when they compute the same, all or none.

        Args:
            target: the file, written over where it is there; its folder is made if missing.

        Raises:
            ValueError: for a network that has no such form, or one whose result differs by more
                than ``bound``; for a file beside ``target`` that belongs to something else.
            MissingExtraError: if the format needs a library that is not installed.
        """
        self.check_target(target)
        made = self.make(card)
        check_bound(made.difference, self.bound, made.against, target)
        paths = (target, *(target.with_suffix(suffix) for suffix in [*made.files][1:]))
        check_companions(*paths)
        write_all(dict(zip(paths, made.files.values(), strict=True)))
        together = [f"{path.name} belongs to it and must lie beside it" for path in paths[1:]]
        licence = f"its licence is that of {card.name}: {shown_licence(card.licence)}"
        notes = (*made.notes, *together, *border_notes(card), licence)
        return Exported(paths, made.difference, made.against, notes)


def border_notes(card: Card) -> tuple[str, ...]:
    """Of a preset with a border: that no file has it, and who is to give it to a photo."""
    mirrored = card.surroundings()
    if not mirrored:
        return ()
    return (
        f"its border is not in it: mirror {mirrored} pixels around a photo, edge included, and "
        f"cut {card.scale * mirrored} off each side of the result, or corners darken",
    )


def check_companions(target: Path, *others: Path) -> None:
    """ValueError for a file that would be written over and that no earlier export has made: the
    ``.bin`` of a network of ncnn has the name of OpenVINO's."""
    for other in others:
        if other.exists() and not target.exists():
            raise ValueError(
                f"Expected no {other} where there is no {target.name}. Received: one, of something "
                "else; choose another name"
            )


def write_all(files: dict[Path, bytes]) -> None:
    """Write files, all or none; the first appears last."""
    with ExitStack() as stack:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(replacing(path)).write_bytes(data)

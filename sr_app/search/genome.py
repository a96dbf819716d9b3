"""What evolution changes: per position, whether it is used and by what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Genome:
    """Genes (active, type), one per position; an inactive position keeps its type in reserve.

    Args:
        active: whether the position is part of the network.
        types: index into the space's list of types.

    Raises:
        ValueError: if the two have different lengths.
    """

    active: tuple[bool, ...]
    types: tuple[int, ...]

    def __post_init__(self):
        if len(self.active) != len(self.types):
            raise ValueError(
                "Expected as many flags as types. "
                f"Received: {len(self.active)} and {len(self.types)}"
            )

    def __len__(self) -> int:
        return len(self.types)

    @property
    def expressed(self) -> tuple[int, ...]:
        """Types of the active positions, in order: what the network is made of."""
        pairs = zip(self.active, self.types, strict=True)
        return tuple(kind for active, kind in pairs if active)

    def changed(self, position: int, *, active: bool, kind: int) -> Genome:
        """A copy with one gene replaced."""
        flags, types = list(self.active), list(self.types)
        flags[position], types[position] = bool(active), int(kind)
        return replace(self, active=tuple(flags), types=tuple(types))


def make_genome(active: Iterable, types: Iterable) -> Genome:
    """Genome from any sequences, NumPy's included, as plain Python values."""
    return Genome(tuple(map(bool, active)), tuple(map(int, types)))


def write_genome(genome: Genome, words: Sequence) -> str:
    """Text of a genome: the words of its types, inactive ones in brackets."""
    pairs = zip(genome.active, genome.types, strict=True)
    return " ".join(f"{words[kind]}" if active else f"({words[kind]})" for active, kind in pairs)


def read_genome(text: str, words: Sequence) -> Genome:
    """The inverse of `write_genome`.

    Raises:
        ValueError: for a word that the space does not have.
    """
    numbers = {str(word): kind for kind, word in enumerate(words)}
    parts = text.split()
    active = [not part.startswith("(") for part in parts]
    names = [part.strip("()") for part in parts]
    unknown = [name for name in names if name not in numbers]
    if unknown:
        raise ValueError(
            f"Expected words of a space of {len(numbers)}. Received: {', '.join(unknown)}"
        )
    return make_genome(active, [numbers[name] for name in names])

"""A stream of parts of other files, read where they lie: nothing is copied."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from mmap import mmap
from typing import BinaryIO, cast

Piece = tuple[bytes | mmap, int, int]
"""Data, and where the part of them that counts begins and ends."""


class PieceStream(io.RawIOBase):
    """The parts one after the other, to be read only.

    Args:
        pieces: in their order; they must outlive the stream.
    """

    def __init__(self, pieces: Sequence[Piece]):
        self._pieces = [piece for piece in pieces if piece[2] > piece[1]]
        lengths = (end - start for _, start, end in self._pieces)
        self._ends = list(accumulate(lengths))
        self._position = 0

    def as_file(self) -> BinaryIO:
        """Itself, for whoever asks for a file."""
        return cast(BinaryIO, self)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def readable(self) -> bool:
        """It is."""
        return True

    seekable = readable

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; beyond the end nothing is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: len(self)}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; all that are left for a negative number or None."""
        left = max(0, len(self) - self._position)
        left = left if size is None or size < 0 else min(size, left)
        parts = []
        number = bisect_right(self._ends, self._position)
        while left > 0:
            data, _, end = self._pieces[number]
            begin = end - (self._ends[number] - self._position)
            part = data[begin : min(end, begin + left)]
            parts.append(part)
            self._position += len(part)
            left -= len(part)
            number += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer) -> int:
        """As `read`, into memory that is there."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

"""Rows of a picture on their way to a file: regrouped, worked on side by side, kept in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from sr_app.files.machine import usable_cores


@dataclass
class Regrouped:
    """Takes bands of any height and gives bands of one height, the last one excepted.

    What is given may be a view of what was taken: neither may be changed afterwards.

    Args:
        rows: of each band given.
    """

    rows: int
    _parts: list[np.ndarray] = field(default_factory=list)
    _held: int = 0

    def take(self, band: np.ndarray) -> Iterator[np.ndarray]:
        """The bands that are complete with these rows (n, W, C)."""
        start = 0
        while start < len(band):
            part = band[start : start + self.rows - self._held]
            start += len(part)
            self._held += len(part)
            # A copy of what waits lets go of the band that it is a part of.
            self._parts.append(part if self._held == self.rows else part.copy())
            if self._held == self.rows:
                yield self._given()

    def rest(self) -> np.ndarray | None:
        """The rows that are left at the end of the picture; None if there are none."""
        return self._given() if self._parts else None

    def _given(self) -> np.ndarray:
        parts, self._parts, self._held = self._parts, [], 0
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class RowWriter(Protocol):
    """Writes a picture's rows, (n, W, C) integers, from top to bottom; ``close`` ends the file."""

    def write(self, rows: np.ndarray) -> None: ...

    def close(self) -> None: ...

    def abandon(self) -> None: ...


class Window:
    """Rows of a picture that comes in bands, asked for by their place, from top to bottom.

    Args:
        bands: (n, W, C) or (n, W), from the first row on.
    """

    def __init__(self, bands: Iterable[np.ndarray]):
        self._bands = iter(bands)
        self._held: np.ndarray | None = None
        self._over: np.ndarray | None = None  # what came together with the last row held
        self._start = 0

    def rows(self, start: int, stop: int) -> np.ndarray:
        """Rows ``start`` to ``stop``; no call may start above the one before it."""
        held = self._held
        if held is None or stop > self._start + len(held):
            held = self._held = self._moved(start, stop)
            self._start = start
        return held[start - self._start : stop - self._start]

    def _moved(self, start: int, stop: int) -> np.ndarray:
        """The rows in memory of their own, filled part by part: none is held twice."""
        row, result = self._start, np.empty(0)
        for part in self._ahead():
            first, row = row, row + len(part)
            if row <= start:
                continue
            if not result.size:
                result = np.empty((stop - start, *part.shape[1:]), part.dtype)
            top, end = max(first, start), min(row, stop)
            result[top - start : end - start] = part[top - first : end - first]
            if row >= stop:
                self._over = part[stop - first :].copy()
                break
        return result

    def _ahead(self) -> Iterator[np.ndarray]:
        """The rows from the first one held on, let go of when they are given."""
        ahead = [part for part in (self._held, self._over) if part is not None]
        self._held = self._over = None
        while ahead:
            yield ahead.pop(0)
        for band in self._bands:  # noqa: UP028 (it would end them together with this)
            yield band


class BandWriter(ABC):
    """A `RowWriter` that works on bands of rows side by side, in threads, and keeps their order.

    Few bands wait at a time, so memory stays small. The work should be of the kind that lets other
    threads run: NumPy on large arrays, zlib, a codec.

    Args:
        rows: of each band, the last one excepted.
    """

    def __init__(self, rows: int):
        self._bands = Regrouped(rows)
        self._limit = usable_cores()
        self._pool = ThreadPoolExecutor(self._limit)
        self._waiting: deque[Future] = deque()

    @abstractmethod
    def _begin(self, band: np.ndarray) -> Callable[[], Any]:
        """What a thread is to do with a band; asked for in the bands' order."""

    @abstractmethod
    def _append(self, result: Any) -> None:
        """Write what came of a band; in the bands' order, in the caller's thread."""

    @abstractmethod
    def _end(self) -> None:
        """Write what follows the last band."""

    def write(self, rows: np.ndarray) -> None:
        """The next rows: (n, W, C) uint8 or uint16, not to be changed afterwards."""
        for band in self._bands.take(rows):
            self._work_on(band)

    def close(self) -> None:
        """The last rows and the end of the file."""
        rest = self._bands.rest()
        if rest is not None:
            self._work_on(rest)
        while self._waiting:
            self._append(self._waiting.popleft().result())
        self._pool.shutdown()
        self._end()

    def abandon(self) -> None:
        """Stop the threads after an error."""
        self._pool.shutdown(cancel_futures=True)

    def _work_on(self, band: np.ndarray) -> None:
        """Begin one more; waits for the oldest when enough are under way."""
        if len(self._waiting) > self._limit:
            self._append(self._waiting.popleft().result())
        self._waiting.append(self._pool.submit(self._begin(band)))

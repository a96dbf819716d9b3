"""The results of a running page, of which more may be asked for, within a limit of disk."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from sr_app.serving import messages
from sr_app.serving.archive import write_zip
from sr_app.serving.blend_endpoints import BlendEndpoints
from sr_app.serving.preview import write_tile
from sr_app.serving.regions import read_map
from sr_app.serving.service import Result, measure_naturalness
from sr_app.serving.viewer import Address

T = TypeVar("T")
ROOM = 20_000_000_000
"""Most bytes of all results together, where half of the disk's free room is not less."""

MOST_IN_ONE = 200
"""Results in one file to fetch."""

MOST_WAITING = 8
"""Requests for files and maps that may wait for their turn; whoever comes then is sent away."""


class ResultStore:
    """Results by the unguessable name of their folder.

    Every request comes from the browser as it likes: whatever is not understood, or is not there,
    gives None.

    Args:
        address: of a file for the browser.
        room: bytes that the results may take; beyond, the oldest goes, files and all.
    """

    def __init__(self, address: Address, *, room: int = ROOM) -> None:
        self._address, self._room = address, room
        self._results: dict[str, tuple[Result, int]] = {}
        self._lock, self._short, self._long = (threading.Lock() for _ in range(3))
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    def put(self, result: Result) -> int:
        """Keep a result; returns how many others had to go for it."""
        with self._lock:
            self._results[result.files.token] = result, _bytes(result.files.folder)
            gone = 0
            while sum(size for _, size in self._results.values()) > self._room > 0:
                if len(self._results) == 1:
                    break
                oldest, _ = self._results.pop(next(iter(self._results)))
                shutil.rmtree(oldest.files.folder, ignore_errors=True)
                gone += 1
        return gone

    def drop(self, token: str) -> None:
        """Forget a result and delete its files."""
        with self._lock:
            result, _ = self._results.pop(token, (None, 0))
        if result:
            shutil.rmtree(result.files.folder, ignore_errors=True)

    def get(self, token: str) -> Result | None:
        """A result that is still there, files and all."""
        result, _ = self._results.get(token, (None, 0))
        return result if result and result.files.ends.faithful.exists() else None

    def tile(self, request: object) -> str | None:
        """The address of one tile; None where the overview is good enough, too.

        Args:
            request: ``[token, layer, column, row]``.
        """
        match request:
            case [str(token), int(index), int(column), int(row)] if token in self._results:
                layers = self._results[token][0].files.layers
            case _:
                return None
        if not 0 <= index < len(layers):
            return None
        try:
            path = write_tile(layers[index], column, row)
        except (ValueError, OSError):  # outside the picture, or deleted after its hour
            return None
        return None if path is None else self._address(path)

    def finish(self, request: object) -> dict | None:
        """The full-resolution file: its address, name, and what its format made it lose.

        Args:
            request: ``[token, place, format, quality]``; the place is 0 to 100 percent of the
                slider, 0 without one, or a painted map as of ``regions.read_map``.
        """
        match request:
            case [str(token), int(place) | list(place), str(kind), int(quality)]:
                ends = self._ends(token)
            case _:
                return None
        if ends is None:
            return None
        return self._made(lambda: self._written(ends, place, kind, quality), self._short)

    def _written(self, ends: BlendEndpoints, place: int | list, kind: str, quality: int) -> dict:
        try:
            where = read_map(place) if isinstance(place, list) else place
            path, notes = ends.write(where, kind, quality)
        except ValueError as error:  # such as a side that the format cannot hold
            return {"refused": _without_folders(str(error), ends.picture.parent)}
        size = path.stat().st_size
        return {"url": self._address(path), "name": path.name, "bytes": size, "notes": [*notes]}

    def bundle(self, request: object) -> dict | None:
        """Several results in one file: as `finish`, with its tokens, and what was left out.

        Args:
            request: ``[[[token, place], ...], format, quality]``.
        """
        match request:
            case [list(chosen), str(kind), int(quality)]:
                pass
            case _:
                return None
        made: dict[str, Path] = {}
        refused: list[str] = []
        for one in chosen[:MOST_IN_ONE]:
            match one:
                case [str(token), int(place) | list(place)] if token not in made:
                    path = self._file(token, place, kind, quality, refused)
                    if path:
                        made[token] = path
        if not made:
            return None
        path = self._made(lambda: write_zip(list(made.values())), self._short)
        if path is None:
            return None
        size = path.stat().st_size
        about = {"tokens": [*made], "refused": refused}
        return {"url": self._address(path), "name": path.name, "bytes": size, **about}

    def _file(
        self, token: str, place: int | list, kind: str, quality: int, refused: list[str]
    ) -> Path | None:
        """The file of one result; the line is free again for others before the next one."""
        ends = self._ends(token)
        if ends is None:
            return None

        def write() -> Path | str:
            try:
                return ends.write(
                    read_map(place) if isinstance(place, list) else place, kind, quality
                )[0]
            except ValueError as error:
                return _without_folders(str(error), ends.picture.parent)

        made = self._made(write, self._short)
        if isinstance(made, Path):
            return made
        refused.append(made or f"{ends.picture.name}: could not be written.")
        return None

    def invention(self, request: object) -> dict | None:
        """The invention map: its address, mean grey levels, and share of the picture.

        Args:
            request: ``[token, turns]``; with turns it takes eight runs of the network.
        """
        match request:
            case [str(token), bool(turns)] if ends := self._ends(token):
                made = self._made(
                    lambda: ends.map(turns=turns), self._long if turns else self._short
                )
                return made and {"url": self._address(made[0]), **asdict(made[1])}
        return None

    def naturalness(self, request: object) -> str | None:
        """The sentence about how natural a result looks by the numbers.

        Args:
            request: ``[token]``.
        """
        match request:
            case [str(token)] if result := self.get(token):
                made = self._made(lambda: (measure_naturalness(result),), self._short)
                return made and messages.naturalness(made[0])
        return None

    def _ends(self, token: str) -> BlendEndpoints | None:
        result = self.get(token)
        return result and result.files.ends

    def _made(self, make: Callable[[], T], lock: threading.Lock) -> T | None:
        """What ``make`` gives, one at a time: each fills memory and disk for a while."""
        if not self._waiting.acquire(blocking=False):
            return None
        try:
            with lock:
                return make()
        except (ValueError, OSError):  # no such position, deleted after its hour, or a full disk
            return None
        finally:
            self._waiting.release()


def room_in(folder: Path) -> int:
    """Bytes that results may take in a folder."""
    return min(ROOM, shutil.disk_usage(folder).free // 2)


def _without_folders(text: str, folder: Path) -> str:
    """A sentence that names files as the person knows them, not where they lie here."""
    return re.sub(re.escape(str(folder)) + r"/(made/\d+/)?", "", text)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

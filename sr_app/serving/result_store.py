"""The results of a running page, of which more may be asked for, within a limit of disk."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from sr_app.serving import messages
from sr_app.serving.archive import write_zip
from sr_app.serving.blend_endpoints import BlendEndpoints
from sr_app.serving.jobs import Progress
from sr_app.serving.preview import write_tile
from sr_app.serving.regions import read_map
from sr_app.serving.room import Room
from sr_app.serving.service import Result, measure_naturalness
from sr_app.serving.viewer import Address

T = TypeVar("T")
MOST_IN_ONE = 200
"""Results in one file to fetch."""


class ResultStore:
    """Results by the unguessable name of their folder.

    Every request comes from the browser as it likes: whatever is not understood, or is not there,
    gives None. Requests come one at a time, from the lines of the page (``lanes``).

    Args:
        address: of a file for the browser.
        room: of the folder in which the results' folders are.
    """

    def __init__(self, address: Address, room: Room) -> None:
        self._address, self._room = address, room
        self._results: dict[str, Result] = {}
        self._grown: set[str] = set()
        self._lock = threading.Lock()

    def put(self, result: Result, owner: str = "") -> int:
        """Keep a result; returns how many others had to go for it."""
        with self._lock:
            self._results[result.files.token] = result
        return self.claim(result.files.folder, owner)

    def claim(self, path: Path, owner: str) -> int:
        """Make room for a file (``Room.claim``); returns how many results had to go for it."""
        gone = [entry.name for entry in self._room.claim(path, owner)]
        with self._lock:
            return sum(self._results.pop(name, None) is not None for name in gone)

    def tidy(self) -> None:
        """Forget results whose files are gone, and measure those to which tiles were added."""
        with self._lock:
            results = dict(self._results)
            grown, self._grown = self._grown & results.keys(), set()
        for token in grown:
            self._room.grew(results[token].files.folder)
        for token in results:
            self.get(token)

    def drop(self, token: str) -> None:
        with self._lock:
            result = self._results.pop(token, None)
        if result:
            self._room.remove(result.files.folder)

    def discard(self, result: Result) -> None:
        """Delete a result that came too late to be kept."""
        self._room.remove(result.files.folder)

    def get(self, token: str) -> Result | None:
        """A result that is still there, files and all."""
        result = self._results.get(token)
        if result and not result.files.ends.faithful.exists():
            with self._lock:
                self._results.pop(token, None)
            return None
        return result

    def tile(self, request: object) -> str | None:
        """The address of one tile; None where the overview is good enough, too.

        Args:
            request: ``[token, layer, column, row]``.
        """
        match request:
            case [str(token), int(index), int(column), int(row)] if found := self.get(token):
                layers = found.files.layers
            case _:
                return None
        if not 0 <= index < len(layers):
            return None
        try:
            path = write_tile(layers[index], column, row)
        except (ValueError, OSError):  # outside the picture, or deleted after its hour
            return None
        if path is None:
            return None
        self._grown.add(token)
        return self._address(path)

    def finish(self, request: object) -> dict | None:
        """The full-resolution file: its address, name, and what its format made it lose.

        Args:
            request: ``[token, place, format, quality]``; the place is 0 to 100 percent of the
                slider, 0 without one, or a painted map as of ``regions.read_map``.
        """
        match request:
            case [str(token), int() | list() as place, str(kind), int(quality)] if self.get(token):
                try:
                    path, notes = self.write(token, place, kind, quality)
                    return {**self._fetched(path), "notes": [*notes]}
                except ValueError as error:
                    return {"refused": str(error)}
                except OSError:  # deleted after its hour, or a full disk
                    return None
        return None

    def write(
        self, token: str, place: int | list, kind: str, quality: int
    ) -> tuple[Path, tuple[str, ...]]:
        """The full-resolution file and what its format made it lose; see `finish`.

        Raises:
            ValueError: for what cannot be written, such as a side that the format cannot hold.
            OSError: if the disk is full.
        """
        ends = self._ends(token)
        if ends is None:
            raise ValueError(messages.RESTARTED)
        where = read_map(place) if isinstance(place, list) else place
        try:
            path, notes = ends.write(where, kind, quality)
        except ValueError as error:
            # It names files as the person knows them, not where they lie here.
            folder = re.escape(str(ends.picture.parent)) + r"/(made/\d+/)?"
            raise ValueError(re.sub(folder, "", str(error))) from error
        self._room.grew(path)
        return path, notes

    def bundling(self, request: object) -> Iterator[dict | None]:
        """Several results in one file: as `finish`, with its tokens, and what was left out.

        In steps of a file, between which others have their turn; the last answers.

        Args:
            request: ``[[[token, place], ...], format, quality]``.
        """
        match request:
            case [list(chosen), str(kind), int(quality)]:
                pass
            case _:
                return
        made: dict[str, Path] = {}
        refused: list[str] = []
        for one in chosen[:MOST_IN_ONE]:
            match one:
                case [str(token), int(place) | list(place)] if token not in made:
                    made |= self._bundled(token, place, kind, quality, refused)
                    yield None
        path = self._made(lambda: write_zip(list(made.values()))) if made else None
        if path is None:
            yield None
            return
        self._room.grew(path)
        yield {**self._fetched(path), "tokens": [*made], "refused": refused}

    def _bundled(
        self, token: str, place: int | list, kind: str, quality: int, refused: list[str]
    ) -> dict[str, Path]:
        """The file of one result of a bundle, by its token; why there is none is added."""
        if (ends := self._ends(token)) is None:
            return {}
        try:
            return {token: self.write(token, place, kind, quality)[0]}
        except ValueError as error:
            refused.append(str(error))
        except OSError:
            refused.append(f"{ends.picture.name}: could not be written.")
        return {}

    def invention(self, request: object, progress: Progress | None = None) -> dict | None:
        """The invention map: its address, mean grey levels, and share of the picture.

        Args:
            request: ``[token, turns]``; with turns it takes eight runs of the network.
            progress: called before each of them; an exception that it raises stops the work.
        """
        match request:
            case [str(token), bool(turns)] if ends := self._ends(token):
                made = self._made(lambda: ends.map(turns=turns, progress=progress))
                if made:
                    self._room.grew(made[0])
                return made and {"url": self._address(made[0]), **asdict(made[1])}
        return None

    def naturalness(self, request: object) -> str | None:
        """The sentence about how natural a result looks by the numbers.

        Args:
            request: ``[token]``.
        """
        match request:
            case [str(token)] if result := self.get(token):
                made = self._made(lambda: (measure_naturalness(result),))
                return made and messages.naturalness(made[0])
        return None

    def _fetched(self, path: Path) -> dict:
        """What a browser has to know to fetch a file."""
        return {"url": self._address(path), "name": path.name, "bytes": path.stat().st_size}

    def _ends(self, token: str) -> BlendEndpoints | None:
        result = self.get(token)
        return result and result.files.ends

    def _made(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except (ValueError, OSError):  # no such position, deleted after its hour, or a full disk
            return None

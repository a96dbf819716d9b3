"""What lies in the page's folder: whose it is, how much of it there may be, what goes first.

An entry is a folder or file directly in the page's own: an upload, a result with all that is made
of it, a region. It stays as long as somebody has it; where there is no room, the one that was used
least recently goes.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

TOTAL, EACH = 20_000_000_000, 5_000_000_000
"""Most bytes of all, where half of the disk's free room is not less, and of one session."""

BLOCK = 4096
"""Bytes that the smallest file takes on a disk."""

UNCLAIMED = 60.0
"""Seconds after which an upload goes that nobody opened."""

KEPT = 3600.0
"""Seconds after which whatever was not used goes."""

PRIVATE = re.compile(r"(photo|region)-.*")
"""Names of what is being made: nobody's until it is done."""

UPLOADED = re.compile(r"[0-9a-f]{64}|tmp.*")
"""Names of uploads, and of those that are on their way, as the framework gives them."""


@dataclass
class _Entry:
    """Its bytes, and when each of its owners last used it."""

    size: int
    owners: dict[str, float] = field(default_factory=dict)

    @property
    def used(self) -> float:
        return max(self.owners.values())


class Room:
    """The entries of a folder. Safe for threads.

    Args:
        total, each: bytes of all, and of one owner; the newest entry always fits.
        spared: entries that are nobody's and stay, such as examples.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        total: int = TOTAL,
        each: int = EACH,
        spared: Iterable[Path] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._total, self._each, self._clock = folder.resolve(), total, each, clock
        self._entries: dict[Path, _Entry] = {}
        self._spared = {path.resolve() for path in spared}
        self._lock = threading.Lock()

    def claim(self, path: Path, owner: str) -> list[Path]:
        """An owner has, or uses again, the entry in which a path lies; makes room for it.

        Returns:
            The entries that had to go. Nothing is done for a path outside of the folder.
        """
        entry = self._entry_of(path)
        if entry is None:
            return []
        size = occupied(entry)
        with self._lock:
            known = self._entries.setdefault(entry, _Entry(size))
            known.size = size
            known.owners[owner] = self._clock()
            gone = self._make_room(entry, owner)
        _delete(gone)
        return gone

    def grew(self, path: Path) -> None:
        """Something was added to the entry in which a path lies: it is measured anew."""
        if (entry := self._entry_of(path)) and entry in self._entries:
            size = occupied(entry)
            with self._lock:
                if known := self._entries.get(entry):
                    known.size = size

    def give_back(self, path: Path, owner: str) -> None:
        """An owner has no use for an entry any more."""
        entry = self._entry_of(path)
        with self._lock:
            gone = [entry] if entry in self._entries and self._disown(entry, owner) else []
        _delete(gone)

    def leave(self, owner: str) -> None:
        """An owner is gone: what nobody else has is deleted."""
        with self._lock:
            gone = [entry for entry in list(self._entries) if self._disown(entry, owner)]
        _delete(gone)

    def remove(self, path: Path) -> None:
        """Delete the entry in which a path lies, whoever has it."""
        if entry := self._entry_of(path):
            with self._lock:
                self._entries.pop(entry, None)
            _delete([entry])

    def sweep(self) -> None:
        """Delete what was not used for long, and uploads that nobody opened."""
        now, today = self._clock(), time.time()
        with self._lock:
            gone = [e for e, known in self._entries.items() if now - known.used > KEPT]
            for entry in gone:
                del self._entries[entry]
            for entry in set(self._folder.iterdir()) - self._entries.keys():
                for names, most in ((UPLOADED, UNCLAIMED), (PRIVATE, KEPT)):
                    if names.fullmatch(entry.name) and _age(entry, today) > most:
                        gone.append(entry)
            gone += self._too_many_uploads({*gone}, today)
        _delete(gone)

    def _too_many_uploads(self, gone: set[Path], now: float) -> list[Path]:
        """Uploads that nobody opened yet and for which there is no room, the oldest first."""
        waiting = [
            (_age(entry, now), occupied(entry), entry)
            for entry in set(self._folder.iterdir()) - self._entries.keys() - gone
            if UPLOADED.fullmatch(entry.name)
        ]
        over = self.used() + sum(size for _, size, _ in waiting) - self._total
        chosen = []
        for _, size, entry in sorted(waiting, reverse=True)[:-1]:  # the newest always fits
            if over <= 0:
                break
            chosen.append(entry)
            over -= size
        return chosen

    def _make_room(self, new: Path, owner: str) -> list[Path]:
        gone: list[Path] = []
        while self.used(owner) > self._each and (oldest := self._oldest(new, owner)):
            gone += [oldest] if self._disown(oldest, owner) else []
        while self.used() > self._total and (oldest := self._oldest(new)):
            del self._entries[oldest]
            gone.append(oldest)
        return gone

    def used(self, owner: str | None = None) -> int:
        """Bytes of all entries, or of those of one owner."""
        entries = self._entries.values()
        return sum(entry.size for entry in entries if owner is None or owner in entry.owners)

    def _oldest(self, new: Path, owner: str | None = None) -> Path | None:
        """The entry, another than the new one, that was used least recently."""
        others = [
            (known.used if owner is None else known.owners[owner], entry)
            for entry, known in self._entries.items()
            if entry != new and (owner is None or owner in known.owners)
        ]
        return min(others)[1] if others else None

    def _disown(self, entry: Path, owner: str) -> bool:
        """An owner has an entry no more; True if nobody has it then."""
        known = self._entries[entry]
        if known.owners.pop(owner, None) is None or known.owners:
            return False
        del self._entries[entry]
        return True

    def _entry_of(self, path: Path) -> Path | None:
        try:
            first, *_ = path.relative_to(self._folder).parts
        except ValueError:  # outside, or the folder itself
            return None
        entry = self._folder / first
        return None if entry in self._spared else entry


def room_in(folder: Path, total: int = TOTAL) -> int:
    """Bytes that may be taken in a folder."""
    return min(total, shutil.disk_usage(folder).free // 2)


def occupied(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; each counts as a block of the disk at least."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    sizes = []
    for file in files:
        try:
            sizes.append(max(BLOCK, file.stat().st_size))
        except OSError:  # it went meanwhile
            continue
    return sum(sizes)


def _age(path: Path, now: float) -> float:
    """Seconds since an entry, or what lies in it, was last changed."""
    try:
        return now - max(one.stat().st_mtime for one in (path, *path.glob("*")))
    except OSError:
        return 0.0


def _delete(entries: list[Path]) -> None:
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)

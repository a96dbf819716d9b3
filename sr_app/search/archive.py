"""All candidates of a search on disk, as JSON lines: appended only, and never lost or repeated.

A folder holds two files. ``finished.jsonl`` gets a line the moment a candidate is done, in
whatever order that happens, with what depends on the machine (seconds). ``archive.jsonl`` has the
same candidates in the order in which they were proposed and nothing but what the seed and the
scores determine: two runs of one search are equal to the byte.

An archive may come from a stranger: every value is checked when it is read, with one line that
names the file, the line in it and what is wrong.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sr_app.files.json_table import parse_table
from sr_app.files.rules import SECONDS, check_values
from sr_app.networks.genotype import Genotype
from sr_app.search.record_rules import RULES, SPACE_RULES, check_facts

ARCHIVE, FINISHED = "archive.jsonl", "finished.jsonl"


@dataclass(frozen=True)
class Record:
    """One evaluated candidate.

    Args:
        index: its place in the order of proposals, from 0.
        generation: in which it was scored.
        genome: written by ``search.genome.write_genome``.
        genotype: the network, as text.
        origin: ``sample``, ``mutation``, ``crossover`` or ``survivor`` (scored once more).
        parents: indices of the candidates that it was made from.
        objectives: one number per objective, low is good; all infinite for a failure.
        error: why it failed, or None.
    """

    index: int
    generation: int
    genome: str
    genotype: str
    origin: str
    parents: tuple[int, ...]
    objectives: tuple[float, ...]
    error: str | None = None

    def to_json(self) -> dict:
        """JSON types; an infinite objective is null, as JSON has no infinity."""
        finite = [value if math.isfinite(value) else None for value in self.objectives]
        return {**vars(self), "parents": list(self.parents), "objectives": finite}

    @classmethod
    def from_json(cls, data: dict) -> Record:
        """The inverse of `to_json`; further keys are left out.

        Raises:
            ValueError: for a value that is missing or not as it must be.
        """
        check_values(data, RULES)
        values = {name: data[name] for name in RULES}
        if any(parent >= data["index"] for parent in data["parents"]):
            raise ValueError(
                f"Expected parents before candidate {data['index']}. Received: {data['parents']}"
            )
        values["parents"] = tuple(values["parents"])
        values["objectives"] = tuple(math.inf if v is None else v for v in values["objectives"])
        return cls(**values)


class Archive:
    """Candidates of one search in a folder, opened anew or to go on.

    Args:
        folder: made if it is not there.
        facts: what the search is (seed, space, rules): a folder with other facts is refused.

    Raises:
        ValueError: if the folder holds another search or damaged lines.
    """

    def __init__(self, folder: str | os.PathLike, facts: dict):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.records: dict[int, Record] = {}
        self.seconds: dict[int, float] = {}
        head = {"search": json.loads(json.dumps(facts))}
        lines = _open_lines(self.folder / FINISHED, head)
        for number, line in enumerate(lines, 2):
            with _named(self.folder / FINISHED, number):
                check_values(line, {"seconds": SECONDS})
                self._remember(Record.from_json(line), line["seconds"])
        self.written = len(_open_lines(self.folder / ARCHIVE, head))
        self._finished = (self.folder / FINISHED).open("a", encoding="utf-8")
        self._archive = (self.folder / ARCHIVE).open("a", encoding="utf-8")
        self._catch_up()

    def __len__(self) -> int:
        return len(self.records)

    def record(self, record: Record, seconds: float) -> None:
        """Keep a finished candidate; it is on disk when this returns."""
        if record.index in self.records:
            raise ValueError(f"Expected a new candidate. Received: number {record.index} again")
        _append(self._finished, {**record.to_json(), "seconds": round(seconds, 3)})
        self._remember(record, seconds)
        self._catch_up()

    def close(self) -> None:
        """Close the files."""
        self._finished.close()
        self._archive.close()

    def _remember(self, record: Record, seconds: float) -> None:
        self.records[record.index], self.seconds[record.index] = record, seconds

    def _catch_up(self) -> None:
        """Move what is finished without a gap to the ordered file."""
        while self.written in self.records:
            _append(self._archive, self.records[self.written].to_json())
            self.written += 1


def read_archive(path: str | os.PathLike) -> tuple[dict, list[Record]]:
    """(facts, records in order) of a search's folder, of its ``archive.jsonl``, or while it runs.

    Raises:
        ValueError: if there is none, or a line but the last is damaged.
    """
    path = Path(path)
    path = path / ARCHIVE if path.is_dir() else path
    if not path.is_file():
        raise ValueError(f"Expected a search's folder or its {ARCHIVE}. Received: {path}")
    head, *lines = list(_whole_lines(path)) or [{}]
    if "search" not in head:
        raise ValueError(f"{path} is no archive of a search: its first line names none")
    with _named(path, 1):
        check_facts(head["search"])
    records = []
    for number, line in enumerate(lines, 2):
        with _named(path, number):
            records.append(Record.from_json(line))
            check_order(records)
    return head["search"], records


def check_order(records: list[Record]) -> None:
    """ValueError unless the last record follows the others."""
    last = records[-1]
    if last.index != len(records) - 1:
        raise ValueError(f"Expected candidate {len(records) - 1}. Received: number {last.index}")
    if len(last.objectives) != len(records[0].objectives):
        raise ValueError(
            f"Expected {len(records[0].objectives)} objectives, as the others have. "
            f"Received: {len(last.objectives)}"
        )


def genotype_in(space: Mapping[str, Any], text: str) -> Genotype:
    """A record's network, with what the search's facts say of the space around its blocks.

    Raises:
        ValueError: for a space that says too little, or blocks that are none.
    """
    check_values(space, SPACE_RULES)
    around = {name: space[name] for name in ("width", "conv", "tail")}
    return Genotype.parse(text, **around)


@contextmanager
def _named(path: Path, number: int) -> Iterator[None]:
    """Say of a faulty value where it stands."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}, line {number}: {error}") from None


def _open_lines(path: Path, head: dict) -> list[dict]:
    """Lines after the head; a torn last line is cut off, a missing file is begun."""
    lines = list(_whole_lines(path)) if path.is_file() else []
    if not lines:
        with path.open("w", encoding="utf-8") as file:
            _append(file, head)
        return []
    if lines[0] != head:
        raise ValueError(
            f"{path} holds another search ({_first_difference(lines[0], head)}): choose another "
            "folder, or delete it to start over"
        )
    with path.open("r+b") as file:
        file.truncate(path.read_bytes().rfind(b"\n") + 1)
    return lines[1:]


def _whole_lines(path: Path) -> Iterable[dict]:
    """Parsed lines; what follows the last line break was torn by a kill and is left out."""
    text, _, _ = path.read_bytes().rpartition(b"\n")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            yield parse_table(line)
        except ValueError as error:
            raise ValueError(f"{path} is damaged in line {number}: {error}") from None


def _first_difference(head: dict, asked: dict) -> str:
    before, after = head.get("search"), asked["search"]
    if not isinstance(before, dict):
        return "its first line names none"
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key):
            return f"{key} was {before.get(key)}, now {after.get(key)}"
    return "its first line differs"


def _append(file: IO[str], data: dict) -> None:
    """One line, on disk when this returns: it survives the machine's end, not only the process'."""
    file.write(json.dumps(data, allow_nan=False) + "\n")
    file.flush()
    os.fsync(file.fileno())

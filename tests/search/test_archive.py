from __future__ import annotations

import json
import math

import pytest

from sr_app.search.archive import ARCHIVE, FINISHED, Archive, Record, read_archive

FACTS = {"seed": 1, "space": {"letters": "ab"}}


def record(index: int) -> Record:
    return Record(index, 0, "a (b)", "a", "sample", (), (-30.5, 2.0))


def test_kept_in_both_orders(tmp_path) -> None:
    archive = Archive(tmp_path, FACTS)
    for index in (1, 2, 0):
        archive.record(record(index), seconds=index)
    archive.close()
    finished = [json.loads(line) for line in (tmp_path / FINISHED).read_text().splitlines()[1:]]
    assert [(line["index"], line["seconds"]) for line in finished] == [(1, 1), (2, 2), (0, 0)]
    facts, records = read_archive(tmp_path)
    assert facts == FACTS
    assert records == [record(0), record(1), record(2)]


def test_a_failure_is_infinite_here_and_null_on_disk(tmp_path) -> None:
    failed = Record(0, 0, "a", "a", "sample", (), (math.inf, math.inf), "MemoryError: none left")
    Archive(tmp_path, FACTS).record(failed, 1.0)
    assert '"objectives": [null, null]' in (tmp_path / ARCHIVE).read_text()
    assert read_archive(tmp_path)[1] == [failed]


@pytest.mark.parametrize("name", [ARCHIVE, FINISHED])
@pytest.mark.parametrize("torn", [1, 20, 10_000])
def test_a_torn_last_line_is_dropped_and_nothing_else(tmp_path, name: str, torn: int) -> None:
    archive = Archive(tmp_path, FACTS)
    for index in range(3):
        archive.record(record(index), seconds=1)
    archive.close()
    whole = {path: path.read_bytes() for path in tmp_path.iterdir()}
    path = tmp_path / name
    last = whole[path].rstrip(b"\n").rpartition(b"\n")[2] + b"\n"
    path.write_bytes(whole[path][: -min(torn, len(last) - 1)])

    again = Archive(tmp_path, FACTS)
    expected = 3 if name == ARCHIVE else 2  # what was finished is the truth
    assert sorted(again.records) == list(range(expected))
    if expected == 2:
        again.record(record(2), seconds=1)
    again.close()
    assert (tmp_path / ARCHIVE).read_bytes() == whole[tmp_path / ARCHIVE]


def test_another_search_is_refused(tmp_path) -> None:
    Archive(tmp_path, FACTS).close()
    with pytest.raises(ValueError, match="holds another search .seed was 1, now 2"):
        Archive(tmp_path, {**FACTS, "seed": 2})


def test_no_candidate_twice(tmp_path) -> None:
    archive = Archive(tmp_path, FACTS)
    archive.record(record(0), 1)
    with pytest.raises(ValueError, match="number 0 again"):
        archive.record(record(0), 1)


def test_damage_is_named(tmp_path) -> None:
    with pytest.raises(ValueError, match="Expected a search's folder"):
        read_archive(tmp_path)
    (tmp_path / ARCHIVE).write_text('{"search": {}}\n{"index": \n{}\n')
    with pytest.raises(ValueError, match="damaged in line 2"):
        read_archive(tmp_path)
    (tmp_path / ARCHIVE).write_text("{}\n")
    with pytest.raises(ValueError, match="no archive of a search"):
        read_archive(tmp_path)

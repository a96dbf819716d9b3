from __future__ import annotations

import json
import math

import pytest

from sr_app.search.archive import ARCHIVE, FINISHED, Archive, Record, genotype_in, read_archive

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


def lines_of(*changes: dict) -> list[dict]:
    """A head and a record for each change of one."""
    head = {"search": {"space": {"scale": 2, "width": 8, "conv": "conv", "tail": "anchor"}}}
    records = [{**record(i).to_json(), **change} for i, change in enumerate(changes)]
    return [head, *records]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"index": "0"}, "Expected index to be an integer"),
        ({"index": True}, "Expected index to be an integer"),
        ({"index": 7}, "Expected candidate 0. Received: number 7"),
        ({"generation": -1}, "Expected generation to be an integer from 0"),
        ({"genotype": 5}, "Expected genotype to be one line of printable text"),
        ({"genotype": "a\x1b[2Jb"}, "Expected genotype to be one line of printable text"),
        ({"genome": None}, "Expected genome to be one line"),
        ({"parents": "0"}, "Expected parents to be a list of earlier candidates"),
        ({"parents": [0]}, "Expected parents before candidate 0"),
        ({"objectives": [1, "2"]}, "Expected objectives to be a list of numbers"),
        ({"objectives": []}, "Expected objectives to be a list of numbers"),
        ({"objectives": [1e300]}, "Expected objectives to be a list of numbers"),
        ({"error": ["x"]}, "Expected error to be one line of printable text, or null"),
    ],
)
def test_a_faulty_value_is_named_with_its_line(tmp_path, change: dict, fault: str) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines_of(change))
    (tmp_path / ARCHIVE).write_text(text)
    with pytest.raises(ValueError, match=fault) as caught:
        read_archive(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / ARCHIVE}, line 2: ")
    assert "\n" not in str(caught.value)


def test_records_have_as_many_objectives_and_nothing_missing(tmp_path) -> None:
    lines = lines_of({}, {"objectives": [1.0]})
    (tmp_path / ARCHIVE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(ValueError, match="line 3: Expected 2 objectives"):
        read_archive(tmp_path)
    del lines[2]["genome"]
    (tmp_path / ARCHIVE).write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(ValueError, match="line 3: Expected genome, one line of .* nothing of that"):
        read_archive(tmp_path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"search": []}', "line 1: Expected a table of facts"),
        ('{"search": {"space": 5}}', "line 1: Expected a table of facts"),
        ('{"search": {"objectives": "psnr"}}', "Expected objectives to be a list of names"),
        ('{"search": {"space": {"scale": "2"}}}', "Expected scale to be an integer from 1 to 16"),
        ('{"search": {"space": {"width": 1e9}}}', "Expected width to be an integer"),
        ("[1]", "damaged in line 1: Expected a table. Received: list"),
        ("[" * 100_000, "damaged in line 1: Expected a table. Received: JSON that is nested"),
        ("\udcff", "damaged in line 1"),
    ],
)
def test_a_faulty_head_is_one_line(tmp_path, text: str, fault: str) -> None:
    (tmp_path / ARCHIVE).write_bytes(text.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(ValueError, match=fault) as caught:
        read_archive(tmp_path)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ['{"search": [[]]}', '{"search": 5}', "{}"])
def test_another_first_line_is_another_search(tmp_path, text: str) -> None:
    (tmp_path / FINISHED).write_text(f"{text}\n")
    with pytest.raises(ValueError, match=r"holds another search \(its first line names none\)"):
        Archive(tmp_path, FACTS)


def test_seconds_are_checked_where_a_search_goes_on(tmp_path) -> None:
    archive = Archive(tmp_path, FACTS)
    archive.record(record(0), seconds=1)
    archive.close()
    path = tmp_path / FINISHED
    path.write_text(path.read_text().replace('"seconds": 1', '"seconds": "long"'))
    with pytest.raises(ValueError, match="finished.jsonl, line 2: Expected seconds to be a number"):
        Archive(tmp_path, FACTS)


def test_a_space_that_says_too_little_builds_no_network() -> None:
    space = {"scale": 2, "width": 8, "conv": "conv", "tail": "anchor"}
    assert str(genotype_in(space, "P_2_8_8")) == "P_2_8_8"
    del space["conv"]
    with pytest.raises(ValueError, match="Expected conv, one line of printable text"):
        genotype_in(space, "P_2_8_8")

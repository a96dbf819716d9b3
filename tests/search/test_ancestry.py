from __future__ import annotations

import pytest

from sr_app.search.ancestry import ancestors, describe
from sr_app.search.archive import Record


def record(index: int, *parents: int, origin: str = "mutation") -> Record:
    return Record(index, 0, "", f"P_2_8_{8 + 4 * index}", origin, parents, (-30.0 - index, 0.5))


FAMILY = [record(0, origin="sample"), record(1, origin="sample"), record(2, 0), record(3, 2, 0, 1)]


def test_every_ancestor_once_the_latest_first() -> None:
    assert [found.index for found in ancestors(FAMILY, 3)] == [3, 2, 1, 0]
    assert [found.index for found in ancestors(FAMILY[::-1], 2)] == [2, 0]
    assert [found.index for found in ancestors(FAMILY, 1)] == [1]


def test_a_candidate_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="among 0 to 3. Received: 7"):
        ancestors(FAMILY, 7)
    with pytest.raises(ValueError, match="a search that has some"):
        ancestors([], 0)


def test_a_line_says_what_it_was_made_from_and_its_scores() -> None:
    names = ("quality", "latency")
    assert describe(FAMILY[3], names) == ("3 mutation of 2, 0, 1: P_2_8_20 (33.00 dB, latency 0.5)")
    assert describe(FAMILY[0], names) == "0 sample: P_2_8_8 (30.00 dB, latency 0.5)"


@pytest.mark.parametrize(("names", "said"), [((), "none"), (("quality",), "quality")])
def test_objectives_without_names_are_told(names, said) -> None:
    with pytest.raises(ValueError, match=f"names of 2 objectives, as candidate 3 has.*: {said};"):
        describe(FAMILY[3], names)

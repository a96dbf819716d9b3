from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.search.table import Trained, mean_trainings, read_trainings, write_trainings

LARGE = Trained("P_2_16_16,S_2_16_24", 30_000, 7_000_000, 0.2, 0, ((400, 30.5), (2000, 32.25)))
SMALL = Trained("P_2_16_16", 20_000, 5_000_000, None, 1, ((400, 30.0), (2000, 31.75)))


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_trainings(tmp_path / "table.csv", [LARGE, SMALL])
    assert read_trainings(tmp_path / "table.csv") == [SMALL, LARGE]
    assert (LARGE.psnr(), LARGE.psnr(400)) == (32.25, 30.5)


def test_a_network_is_the_mean_of_the_seeds_that_all_have() -> None:
    again = replace(LARGE, seed=1, curve=((400, 30.75), (2000, 32.5)))
    third = replace(LARGE, seed=2, curve=((400, 0.0), (2000, 0.0)))
    small = [replace(SMALL, seed=seed) for seed in (0, 1)]
    (large, same), seeds = mean_trainings([LARGE, again, third, *small])
    assert seeds == [0, 1] and same.curve == SMALL.curve
    assert large == replace(LARGE, curve=((400, 30.625), (2000, 32.375)))
    assert mean_trainings([LARGE, SMALL]) == ([], [])  # no seed is of both


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "expected the columns network"),
        ("network,parameters,multiply_adds,time,seed,psnr_9\nP_1_8_8,many,2,3,0,30\n", "line 2"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "table.csv").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_trainings(tmp_path / "table.csv")

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.search.table import Trained, read_trainings, write_trainings

LARGE = Trained("P_2_16_16,S_2_16_24", 30_000, 7_000_000, 0.2, 0, ((400, 30.5), (2000, 32.25)))
SMALL = Trained("P_2_16_16", 20_000, 5_000_000, None, 1, ((400, 30.0), (2000, 31.75)))


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_trainings(tmp_path / "table.csv", [LARGE, SMALL])
    assert read_trainings(tmp_path / "table.csv") == [SMALL, LARGE]
    assert (LARGE.psnr(), LARGE.psnr(400)) == (32.25, 30.5)


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

import subprocess
import sys
from itertools import pairwise

import pytest

from sr_app.training.curve import read_curve, thin


def test_no_run_no_rows(tmp_path):
    assert read_curve(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "seconds,loss\n1.0,2.0\n",
        "step,loss\n1,2.0\n",
        "step,seconds\n1,2.0,3.0\n",
        "step,seconds\ninf,2.0\n",
        "step,seconds\n1,nan\n",
        "step,seconds\n1,\n",
        "step,seconds\n\udcff,1\n",
        "step,seconds\n" + "x" * 200_000 + ",1\n",
    ],
)
def test_a_line_that_is_none_of_a_curve_is_named(text, tmp_path):
    (tmp_path / "curve.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match="curve.csv, line 2: expected numbers") as caught:
        read_curve(tmp_path)
    assert len(str(caught.value)) < 400


def test_a_thinned_curve_keeps_its_ends_and_its_spacing():
    rows = [{"step": step} for step in range(1, 200)]
    thinned = [row["step"] for row in thin(rows, 12)]
    assert len(thinned) == 12 and thinned[0] == 1 and thinned[-1] == 199
    assert {b - a for a, b in pairwise(thinned)} == {18}
    assert thin(rows[:12], 12) == rows[:12] and thin([], 12) == []


def test_a_curve_is_read_without_keras():
    code = "import sys, sr_app.training.curve; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

import subprocess
import sys
from itertools import pairwise

from sr_app.training.curve import read_curve, thin


def test_no_run_no_rows(tmp_path):
    assert read_curve(tmp_path) == []


def test_a_thinned_curve_keeps_its_ends_and_its_spacing():
    rows = [{"step": step} for step in range(1, 200)]
    thinned = [row["step"] for row in thin(rows, 12)]
    assert len(thinned) == 12 and thinned[0] == 1 and thinned[-1] == 199
    assert {b - a for a, b in pairwise(thinned)} == {18}
    assert thin(rows[:12], 12) == rows[:12] and thin([], 12) == []


def test_a_curve_is_read_without_keras():
    code = "import sys, sr_app.training.curve; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

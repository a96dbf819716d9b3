"""What a run's files tell of it, before, while and after it is trained."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sr_app.jobs.run_folder import write_facts
from sr_app.jobs.train_status import time_left, training_status

HEADER = "step,seconds,loss,val_psnr,val_ssim\n"


def write_curve(folder: Path, *lines: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curve.csv").write_text(HEADER + "".join(f"{line}\n" for line in lines))


def test_nothing_has_begun(tmp_path) -> None:
    parts = training_status("esrn_x2", runs=tmp_path)
    assert [part.name for part in parts] == ["first", "crops", "long", "mean"]
    assert {part.state for part in parts} == {"to come"}
    assert [part.steps for part in parts] == [18000, 5000, 7000, 0]
    assert not any(tmp_path.iterdir())


def test_the_second_stage_is_on_its_way(tmp_path) -> None:
    """100 s for the first 500 steps, then 50 s for every 500: 4,000 steps are left."""
    run = tmp_path / "esrn_x2"
    write_curve(run / "first", "18000,900.0,0.02,33.3,0.91")
    write_facts(run / "first", {})
    write_curve(run / "crops", "500,100.0,0.02,33.30,0.91", "1000,150.0,0.019,33.31,0.92")
    os.utime(run / "crops" / "curve.csv", (time.time() - 60,) * 2)
    first, crops, long, mean = training_status("esrn_x2", runs=tmp_path)
    assert (first.state, first.step, first.seconds_left) == ("ended", 18000, 0.0)
    assert (crops.state, crops.step, crops.steps) == ("begun", 1000, 5000)
    assert crops.seconds_left == pytest.approx(4000 * 50 / 500)
    assert crops.last["val_psnr"] == 33.31 and 59 <= crops.age <= 300
    assert (long.state, mean.state) == ("to come", "to come")


def test_a_mean_that_has_ended_has_no_curve(tmp_path) -> None:
    (tmp_path / "esrn_x2" / "mean").mkdir(parents=True)
    write_facts(tmp_path / "esrn_x2" / "mean", {})
    mean = training_status("esrn_x2", runs=tmp_path)[-1]
    assert (mean.state, mean.last, mean.age) == ("ended", {}, None)


def test_a_stage_that_began_before_the_earlier_one_had_ended_is_told_with_its_step(
    tmp_path,
) -> None:
    run = tmp_path / "esrn_p_x4"
    write_curve(run / "long", "6000,900.0,0.02,28.2,0.81")
    branch = run / "from_best" / "long_5000"
    write_facts(branch / "long", {})
    write_curve(branch / "cooled", "1000,100.0,0.02,28.21,0.81", "2000,200.0,0.02,28.22,0.81")
    long, _, cooled = training_status("esrn_p_x4", runs=tmp_path)
    assert (long.state, long.step) == ("begun", 6000)
    assert (cooled.name, cooled.step) == ("cooled (from long at 5,000)", 2000)
    assert (cooled.state, cooled.seconds_left) == ("begun", 600.0)
    (run / "from_best" / "long_last").mkdir()  # a person's own: no step
    assert len(training_status("esrn_p_x4", runs=tmp_path)) == 3


def test_phases_of_a_training_without_pairs_are_told_apart(tmp_path) -> None:
    write_curve(tmp_path / "two_stage_x4" / "translation", "800,90.0,0.1,,")
    parts = training_status("two_stage_x4", runs=tmp_path)
    assert [(part.name, part.state) for part in parts] == [
        ("training/translation", "ended"),
        ("training/super_resolution", "to come"),
        ("training/joint", "to come"),
    ]


def test_one_point_says_nothing_of_the_pace() -> None:
    assert time_left([{"step": 500, "seconds": 100.0}], 5000) is None and time_left([], 10) is None


def test_keras_is_not_needed() -> None:
    code = (
        "import sys; from sr_app.jobs.train_status import training_status; "
        "training_status('esrn_x2'); sys.exit('keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

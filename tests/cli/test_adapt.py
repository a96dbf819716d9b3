"""What is refused; the whole walk is that of ``tests/jobs/test_adapt.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.jobs.own_photos import write_photos

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_unsuitable_photos_are_refused_before_any_training(
    tmp_path: Path, run: Run, models: Path
) -> None:
    folder = write_photos(tmp_path / "mine", 3, noise=4.0, side=256)
    command = ("adapt", folder, "--base", "esrn_x2")
    refusal = run(*command, "--out", tmp_path / "my_x2", code=2).stderr
    assert "too few photos" in refusal and "found 3" in refusal and refusal.count("\n") == 1
    assert "too few" in run(*command, "--out", tmp_path / "no" / "x", code=2).stderr  # made then
    assert not (tmp_path / "my_x2").exists()

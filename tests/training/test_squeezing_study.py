"""The bookkeeping of benchmarks/studies/squeezing: nothing is trained here."""

from __future__ import annotations

import pytest

from benchmarks.studies.squeezing.report import by_arm, gains, write_report


def line(arm: str, seed: int, psnr: float, steps: int = 4000) -> dict:
    """A finished training."""
    facts = {"ratio": 1.5, "steps": steps, "operations": 2000.0, "seconds": 60}
    return {"arm": arm, "seed": seed, "psnr": psnr, "widths": [20, 24, 28], **facts}


def test_a_page_pairs_the_squeezed_with_each_control_by_seed(tmp_path):
    lines = [line("squeezed by gates", 0, 34.0), line("squeezed by gates", 1, 35.0)]
    lines += [line("uniform", 1, 34.5), line("uniform", 0, 34.3), line("uniform", 0, 9.0, 8)]
    found = by_arm(lines, 4000)
    assert gains(found, 1.5, "uniform") == pytest.approx([-0.3, 0.5])
    assert gains(found, 1.5, "squeezed by chance") == gains(found, 1.25, "uniform") == []
    page = tmp_path / "README.md"
    write_report(page, lines, 4000)
    text = page.read_text(encoding="utf-8")
    assert "| 1.5 | uniform | -0.30, +0.50 | +0.10 ± 0.40 (2) |" in text
    assert (
        "| 1.5 | squeezed by gates | 2 | 34.50 (0.71) | 2,000 | 20, 24, 28; 20, 24, 28 | 60 |"
        in text
    )


def test_a_page_without_trainings_says_so(tmp_path):
    page = tmp_path / "README.md"
    write_report(page, [], 4000)
    assert page.read_text(encoding="utf-8").count("null") == 3

from __future__ import annotations

from sr_app.cli.tables import print_benchmark, print_frontier
from sr_app.evaluation.benchmark import Benchmark, PictureScore
from sr_app.evaluation.frontier import Point


def rows(text: str) -> dict[str, list[str]]:
    """Cells by the first of them."""
    cells = ([c.strip() for c in line.split("│")[1:-1]] for line in text.splitlines())
    return {row[0]: row[1:] for row in cells if row}


def test_a_benchmark_has_a_row_for_each_picture_and_its_mean(capsys) -> None:
    pictures = (
        PictureScore("a[1]", {"psnr": 30.004, "ssim": 0.95}, {"psnr": (1, -2), "ssim": (0, 0)}),
        PictureScore("b", {"psnr": 32.0, "ssim": 0.96555}, {"psnr": (0, 3), "ssim": (0, 0)}),
    )
    mean = {"psnr": 31.002, "ssim": 0.957775}
    print_benchmark(Benchmark(mean, pictures, 2, "ntire2018", "hr", "lr"), "esrn_x2")
    printed = capsys.readouterr().out
    assert "esrn_x2, x2, protocol ntire2018" in printed and "LR: lr" in printed
    found = rows(printed)
    assert found["a[1]"] == ["30.00", "0.9500", "+1 -2", "+0 +0"]
    assert found["b"] == ["32.00", "0.9656", "+0 +3", "+0 +0"]
    assert found["mean"][:2] == ["31.00", "0.9578"]


def test_a_frontier_has_a_row_for_each_point(capsys) -> None:
    points = [Point("outputs", 0.5, {"psnr": 30.0, "lpips": 0.12344})]
    print_frontier(points)
    assert rows(capsys.readouterr().out)["outputs"] == ["0.5", "30.00", "0.1234"]

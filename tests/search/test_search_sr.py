"""The bookkeeping of benchmarks/studies/search_sr: nothing is trained here."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.studies.search_sr import figures, pieces, predictor, setting, study
from benchmarks.studies.search_sr.report import verdict, write_report


def invented(text: str) -> float:
    """A quality that grows with size and prefers group blocks."""
    return 31.5 + setting.multiply_adds(text) / 4e9 + 0.1 * text.count("G")


@pytest.fixture
def options(tmp_path):
    given = ["--lines", str(tmp_path / "a.jsonl"), "--runs", str(tmp_path / "runs")]
    return study.parse_arguments([*given, "--report", str(tmp_path / "a.md")])


@pytest.fixture
def trained(monkeypatch) -> list[str]:
    """Networks that were trained, in order; a training takes no time."""
    texts: list[str] = []

    def train(self, text: str) -> dict:
        texts.append(text)
        psnr = invented(text) + 0.5 * (self.longer > 1)
        return {"psnr": psnr, "cpu": 2.0, "multiply_adds": setting.multiply_adds(text)}

    monkeypatch.setattr(setting.Kept, "train", train)
    return texts


def test_all_strategies_begin_alike_and_nothing_is_trained_twice(options, trained) -> None:
    pieces.search(options)
    lines = setting.of_piece(setting.read_lines(options), "search")
    assert [line["strategy"] for line in lines] == list(setting.STRATEGIES)
    assert len({tuple(line["genotypes"][: options.population]) for line in lines}) == 1
    assert {len(line["genotypes"]) for line in lines} == {8 + 4 * 4}
    assert len(trained) == len(set(trained)) > 24
    pieces.search(options)
    assert len(setting.of_piece(setting.read_lines(options), "search")) == 3


def test_a_killed_search_goes_on_from_its_trainings(options, trained) -> None:
    pieces.search(options)
    whole = options.lines.read_text().splitlines()
    options.lines.write_text("\n".join(whole[:10]) + '\n{"piece": "pro')
    before = len(trained)
    pieces.search(options)
    assert len(trained) - before == before - 10
    searches = [line for line in map(json.loads, whole) if line["piece"] == "search"]
    assert setting.of_piece(setting.read_lines(options), "search") == searches


def test_networks_trained_longer_come_from_all_sizes(options) -> None:
    texts = pieces.stratified(options)
    assert len(set(texts)) == options.networks == 12
    sizes = np.array([setting.multiply_adds(text) for text in texts]).reshape(4, 3)
    assert (sizes[:-1].max(1) < sizes[1:].min(1)).all()


def test_correlations_by_hand() -> None:
    """Size agrees with both scores, but within each size they disagree."""
    size, first, second = [1, 1, 2, 2], [1, 2, 3, 4], [2, 1, 4, 3]
    assert figures.tau_within(first, second, size) == -1
    assert figures.tau(first, second) == pytest.approx(1 / 3)  # 4 against 2 of 6 pairs
    # Size ties 2 of 6 pairs: tau-b with either is 4 / sqrt(4 * 6).
    expected = (1 / 3 - 4 / 6) / (1 - 4 / 6)
    assert figures.partial_tau(first, second, size) == pytest.approx(expected)


def test_a_sum_over_cells_explains_what_is_one(options, trained) -> None:
    pieces.search(options)
    lines = setting.of_piece(setting.read_lines(options), "search")
    assert figures.explained(lines, lambda text: float(text.count("G"))) > 0.5
    mean, number = figures.cells(lines, lambda text: 2.0)
    assert np.nanmin(mean) == np.nanmax(mean) == 2
    assert number.sum() == sum(
        sum(not word.startswith("(") for word in genome.split())
        for genome in {genome for line in lines for genome in line["genomes"]}
    )


def test_draws_without_a_screen() -> None:
    """Two good networks of 40: (40 + 1) / 3, and so by drawing."""
    quality = np.arange(40.0)
    rng = np.random.default_rng(0)
    draws = [np.argsort(rng.permutation(quality) < 38, kind="stable")[0] + 1 for _ in range(4000)]
    expected = predictor.without_screen(quality)
    assert expected == pytest.approx(41 / 3)
    assert np.mean(draws) == pytest.approx(expected, abs=0.6)  # four standard errors


def test_verdicts_follow_from_the_numbers() -> None:
    assert "too few seeds" in verdict("a", "b", "volume", [0.1])
    assert verdict("a", "b", "volume", [0.1, 0.11, 0.12]).endswith("3 of 3 seeds: better.")
    assert verdict("a", "b", "volume", [-0.1, -0.11, -0.12]).endswith("worse.")
    assert "no difference" in verdict("a", "b", "volume", [0.1, -0.1, 0.02])


def test_the_report_says_null_where_nothing_was_run(options) -> None:
    text = write_report(options.report, [], vars(options))
    assert text.count("null") > 40
    assert not list(options.report.parent.glob("*.png"))


def test_the_report_of_finished_pieces(options, trained) -> None:
    for seed in range(2):
        options.seed = seed
        pieces.search(options)
    pieces.long(options)
    shared = {text: -invented(text) for text in pieces.stratified(options)}
    line = {"piece": "supernet", "visits": 3, "cpu": 9.0, "psnr": shared}
    setting.append(options, line)
    text = write_report(options.report, setting.read_lines(options), vars(options))
    assert "| proxy | 12 | 1.00 | 1.00 to 1.00 | 1.00 |" in text
    assert "reach 0.4: missed, with -1.00 on 12 networks" in text
    assert "of 2 seeds" in text and options.report.read_text() == text
    plots = sorted(path.name for path in options.report.parent.glob("*.png"))
    assert plots == ["curves.png", "ranks.png"]

"""The studies on the table of trained networks, on a table that is made here: its best is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sr_table import credits, gains, noise, ranking, shared, study, survival
from benchmarks.sr_table.table_space import Table, TableSpace, edit_distances
from benchmarks.studies.search_tables.study import GUIDED, RANDOM
from sr_app.search.genome import make_genome
from sr_app.search.table import Trained, write_trainings

WORTH = {"S_3_24_24": 0.1, "G_3_24_24": 0.2, "C_3_24_24": 0.0, "P_3_24_24": 0.4}
POINTS = tuple(range(250, 2001, 250))
BEST = ",".join(["P_3_24_24"] * 4)
"""Of the highest PSNR: every P is worth most, and every further block something."""


def trained(network: str, late: float = 0.0) -> Trained:
    """PSNR from the blocks, the first of which weigh more; large ones rise late."""
    blocks = network.split(",")
    end = 30 + sum((0.2 + WORTH[block]) / (1 + place) for place, block in enumerate(blocks))
    curve = [end - (0.2 + late * len(blocks)) * (1 - s / POINTS[-1]) for s in POINTS]
    costs = 10_000 * len(blocks), 10**9 * len(blocks)
    return Trained(network, *costs, 0.1 * len(blocks), 0, tuple(zip(POINTS, curve, strict=True)))


def made(count: int, late: float = 0.0) -> Table:
    """So many of the networks of 1 to 4 blocks, the best among them."""
    rng, names = np.random.default_rng(0), {BEST: None}
    while len(names) < count:
        names[",".join(rng.choice(list(WORTH), size=rng.integers(1, 5)))] = None
    return Table(tuple(trained(name, late=late) for name in names))


def again_with_luck(table: Table, seeds: tuple[int, ...]) -> list[Trained]:
    """All networks anew: 0.5 dB higher from seed to seed, and each by its own luck."""
    rng = np.random.default_rng(0)
    rows: list[Trained] = []
    for seed in seeds:
        for row in table.trainings:
            luck = 0.5 * seed + rng.normal(0, 0.0245)
            curve = tuple((step, psnr + luck) for step, psnr in row.curve)
            rows.append(replace(row, seed=seed, curve=curve))
    return rows


def test_distances_are_those_of_edits() -> None:
    codes = np.array([[0, 1, 2, -1], [1, 2, -1, -1], [0, 1, 2, 3]])
    assert edit_distances([0, 1, 2], codes).tolist() == [0, 1, 1]
    assert edit_distances([2, 1], codes).tolist() == [2, 2, 3]
    assert edit_distances([], codes).tolist() == [3, 2, 4]


def test_what_varies_is_brought_back_to_the_nearest_network() -> None:
    names, rng = ("a,b,c", "c,c", "b"), np.random.default_rng(0)
    space = TableSpace(names)
    for row, name in enumerate(names):
        assert space.genotype(space.repair(space.genome(row), rng)) == name
    gap = make_genome([True, False, True], [0, 0, 2])  # a,c
    assert {space.genotype(space.repair(gap, rng)) for _ in range(30)} == {"a,b,c", "c,c"}


def test_noise_is_that_between_seeds() -> None:
    table = made(40)
    again = again_with_luck(table, seeds=(1, 2))
    (line,) = noise.measure(table, [*table.trainings, *again])
    assert line["noise"] == pytest.approx(0.02, abs=0.003) and line["repeated"] == 40
    assert line["shift"] == pytest.approx(1, abs=0.02)
    assert line["with_shift"] == pytest.approx(0.5, abs=0.01)
    assert not line["decides_with_shift"]
    assert "verdicts on this table rest on that choice" in noise.section(table, [line]).text
    sure = noise.section(table, [{**line, "with_shift": 0.02, "decides_with_shift": True}]).text
    assert "With it the noise is 0.020 dB" in sure and "rest on that choice" not in sure
    assert line["decides"] and line["tau"]["12.5 % of the steps"] == 1
    assert line["uncertainty"] == line["noise"]
    (mean,) = noise.measure(Table(table.trainings, seeds=2), [*table.trainings, *again])
    assert mean["uncertainty"] == pytest.approx(line["noise"] / 2**0.5, abs=1e-4)
    (alone,) = noise.measure(table, table.trainings)
    assert alone["noise"] is None and not alone["decides"]
    assert "nothing below is a claim" in noise.section(table, [alone]).text


def test_the_search_finds_the_known_best_sooner_than_chance() -> None:
    table = made(170)
    found = {}
    for name, strategy in (("guided", GUIDED), ("random", RANDOM)):
        runs = [credits.evaluated(table, strategy, seed, 1) for seed in range(8)]
        assert all(len(set(run)) == 6 * credits.population(table) == 72 for run in runs)
        found[name] = [table.psnr[run].max() for run in runs]
    assert np.mean(found["guided"]) > np.mean(found["random"])
    assert sum(psnr == table.psnr.max() for psnr in found["guided"]) >= 6
    assert table.volume(range(len(table))) == 1


def test_protection_keeps_what_still_rises() -> None:
    """Networks of four blocks begin 4 dB below their end: plain sorting drops them early."""
    table = made(100, late=1.0)
    costs = {}
    for rule in ("non_dominated", "protected"):
        runs = [survival.kept(table, rule, seed) for seed in range(4)]
        assert {len(run) for run in runs} == {len(POINTS)}
        costs[rule] = np.mean([table.cost[run[len(POINTS) // 2]].mean() for run in runs])
    assert costs["protected"] > costs["non_dominated"]


def test_the_predictor_learns_the_order_of_networks() -> None:
    table = made(96)
    found = ranking.held_out(table, ranking.tensors(table), "pair", 64, seed=0)
    assert found["tau"] > 0.6
    assert ranking.counts(table) == [16, 32, 64]


def test_shared_weights_are_judged_by_the_trainings_of_the_front_they_name() -> None:
    table = made(60)
    known = {name: float(table.psnr[row]) for name, row in table.rows.items()}
    scores = {(0, 300): known, (0, 600): {name: -psnr for name, psnr in known.items()}}
    scores[1, 300] = {BEST: known[BEST]}  # cut off: no line
    right, wrong = shared.measure(table, scores)
    assert (right["tau"], right["volume"]) == (1, 1) and wrong["tau"] == -1
    assert right["evolved"] <= 1 and wrong["volume"] < right["volume"]
    assert right["trainings"] == 300 * shared.VISIT // POINTS[-1] == 3


def test_the_page_begins_with_the_noise_and_measures_nothing_twice(tmp_path: Path) -> None:
    table = made(40)
    rows = [*table.trainings, *again_with_luck(table, seeds=(1, 2))]
    write_trainings(tmp_path / "table.csv", rows)
    known = {name: table.psnr[row] for name, row in table.rows.items()}
    shared.write_scores(tmp_path / "shared.csv", {(seed, 300): known for seed in range(3)})
    given = ["noise", "credits", "survival", "shared", "--seeds", "3", "--out", str(tmp_path)]
    options = study.parse_arguments([*given, "--table", str(tmp_path / "table.csv")])
    page = study.run(options)
    heads = [line for line in page.splitlines() if line.startswith("## ")]
    assert heads[:3] == ["## Noise and spread", "## Credits", "## Protected survival"]
    assert heads[3:] == ["## Weights that all share", "## What was tried first"]
    plots = {path.name for path in tmp_path.glob("*.png")}
    assert plots == {"networks.png", "credits.png", "survival.png", "shared.png"}
    lines = (tmp_path / "lines.jsonl").read_text().splitlines()
    assert study.run(options) == page
    assert sorted((tmp_path / "lines.jsonl").read_text().splitlines()) == sorted(lines)
    write_trainings(tmp_path / "table.csv", [rows[0], *rows[2:]])  # another table: all anew
    study.run(options)
    assert not set(lines) & set((tmp_path / "lines.jsonl").read_text().splitlines())


def test_too_small_a_table_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"at least 32 trained networks .* Received: 0"):
        study.read_table(tmp_path / "table.csv")


def test_a_difference_below_the_noise_of_the_table_is_none() -> None:
    each = np.array([0.004, 0.005, 0.006])
    assert gains.gain(each).endswith("(shown)")
    assert gains.gain(each, 0.02).endswith("(less than the table's noise)")
    lines = [{"piece": "noise", "uncertainty": 0.02}]
    assert gains.noise_in(lines) == 0.02 and gains.noise_in([]) == 0

"""Claims of the methods that search: predictor, credits, shared weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from figures import (
    CHECKED,
    correlation,
    lineages,
    noise_and_spread,
    numbers,
    proxies,
    row,
    saved_by_size,
    searches,
    shared_visits,
    tau_of_table,
    trained_table,
)
from line import Line
from verdicts import (
    NOT_EVALUATED,
    NOT_SHOWN,
    SEEDS,
    SHOWN,
    decided,
    of_control,
    of_control_means,
    of_means,
    of_pairs,
)

from benchmarks.sr_table.gains import means
from benchmarks.studies.kept_lines import agreeing

TABLES = "python benchmarks/studies/search_tables/study.py"
PREDICTOR = "python benchmarks/studies/search_tables/predictor.py --budget full"
SEARCHED = "python benchmarks/studies/search_tables/predictor_search.py"
SEARCHES = "python benchmarks/studies/search_sr/study.py run"
ON_TABLE = "python benchmarks/sr_table/study.py"

WITHOUT_CREDITS = ("uniform mutation", "segment, roulette")
"""What guided variation is compared with; the second has crossover as it has."""


def on_table(claim: str, what: str, ours: np.ndarray, controls: dict[str, np.ndarray]) -> Line:
    """A claim on the table of trained networks: ours, seed by seed, against each control."""
    noise, spread, able = noise_and_spread()
    if not ours.size:
        limit = CHECKED["search_sr"]["bicubic"]
        below = sum(value < limit for value in proxies())
        told = (
            "the table of trained networks that could decide it is not there yet; of the search "
            f"of before, {below} of {len(proxies())} candidates are below bicubic ({limit:.2f} dB)"
        )
        return Line(claim, told, NOT_EVALUATED, ON_TABLE)
    told, verdict = against(ours, controls, digits=3)
    return Line(
        claim,
        f"{what}: {np.mean(ours):.3f}; {told}; {len(ours)} seeds. Noise of the table {noise} dB, "
        f"spread {spread} dB",
        decided(verdict, able),
        ON_TABLE,
    )


def beside_simpler(line: Line, gains: np.ndarray, left: np.ndarray) -> Line:
    """A line that is refuted where what is simpler has the gain, too; undecided, it stays so."""
    if line.verdict == NOT_EVALUATED:
        return line
    return replace(line, verdict=of_control(gains.tolist(), left.tolist()))


def against(ours: np.ndarray, controls: dict[str, np.ndarray], digits: int) -> tuple[str, str]:
    """Mean differences to each control, seed by seed, in words; shown if all of them are."""
    gains = {name: ours - theirs for name, theirs in controls.items()}
    told = ", ".join(
        f"{np.mean(each):+.{digits}f} ± {np.std(each, ddof=1) / len(each) ** 0.5:.{digits}f} to "
        f"{name}"
        for name, each in gains.items()
    )
    verdicts = {of_pairs(each.tolist()) for each in gains.values()}
    return told, SHOWN if verdicts == {SHOWN} else NOT_SHOWN


def predictor() -> Iterator[Line]:
    """ReNAS."""
    page = "search_tables/predictor_full.md"
    squared, pair = (numbers(row(page, "paper", loss)[2]) for loss in ("squared", "pair"))
    yield Line(
        "a ranking loss orders networks better than the squared error",
        f"Kendall's tau {pair[0]:.2f} against {squared[0]:.2f} (NAS-Bench-201, 156 labels, 3 "
        "seeds)",
        of_means(*pair, *squared, 3),
        PREDICTOR,
    )
    yield better_found()
    yield on_table(
        "a ranking loss orders super-resolution networks better",
        "Kendall's tau, 64 labels",
        trained_table("ranking", "tau", loss="pair", count=64),
        {"the squared error": trained_table("ranking", "tau", loss="squared", count=64)},
    )
    yield saves_evaluations()


def saves_evaluations() -> Line:
    """The screen against random order, and against the order of size, which needs no predictor."""
    claim, saved = "on super-resolution it saves evaluations", trained_table("screen", "saved")
    controls = {"random order": np.zeros_like(saved), "the largest first": saved_by_size()}
    line = on_table(claim, "saved until one of the best 5 % is met", saved, controls)
    return beside_simpler(line, saved, saved - saved_by_size())


def better_found() -> Line:
    """What searches by the predictor find, as published: 424 labels and ten evaluations more."""
    rows = {
        loss: agreeing(searches(), {"budget": "full", "encoding": "paper", "loss": loss})
        for loss in ("pair", "squared")
    }
    seeds, claim = min(map(len, rows.values())), "and so finds better networks"
    if seeds < SEEDS:
        told = f"424 labels, as published: {seeds} seeds so far"
        return Line(claim, told, NOT_EVALUATED, SEARCHED)
    pair, squared = (found[:seeds] for found in rows.values())
    ours = np.array([line["found"] for line in pair])
    controls = {
        "random search": np.array([line["random"] for line in pair]),
        "the squared error": np.array([line["found"] for line in squared]),
    }
    told, verdict = against(ours, controls, digits=2)
    return Line(
        claim,
        f"{np.mean(ours):.2f} % (NAS-Bench-201, 424 labels and the ten ranked first, as published, "
        f"{seeds} seeds); with as many evaluations {told}",
        verdict,
        SEARCHED,
    )


def credits() -> Iterator[Line]:
    """Efficient residual dense block search."""
    page, names = "search_tables/README.md", ("guided by credits", *WITHOUT_CREDITS)
    for claim, place, count in (
        ("credits of blocks guide evolution to good networks sooner", 1, 128),
        ("and to better ones in the end", 2, 352),
    ):
        guided, uniform, segment = (numbers(row(page, name)[place]) for name in names)
        yield Line(
            claim,
            f"NAS-Bench-Macro, hypervolume after {count} evaluations: {guided[0]:.2f} guided, "
            f"{uniform[0]:.2f} uniform, crossover without credits {segment[0]:.2f}; 20 seeds",
            of_control_means(guided, uniform, segment, 20),
            TABLES,
        )
    volumes = {
        name: means(trained_table("credits", "volume", strategy=name))
        for name in (*names, "random")
    }
    yield on_table(
        "the same, on super-resolution",
        "share of the table's hypervolume",
        volumes.pop("guided by credits"),
        volumes,
    )
    depth, psnr, latency = lineages()
    yield Line(
        "the search finds better networks (the presets esrn_s, esrn_m, esrn_l)",
        f"of {len(psnr)} candidates PSNR follows how often weights were inherited "
        f"(r = {correlation(depth, psnr):.2f}), not the network's size (with latency r = "
        f"{correlation(latency, psnr):.2f}); the presets had a teacher and other schedules than "
        "those picked by hand",
        decided(NOT_SHOWN, correlation(depth, psnr) < 0.3),
        "python benchmarks/studies/found_networks/study.py",
    )


def better_front(visits: int) -> Line:
    """The front that shared weights name against evolution, and against a control without them."""
    ours, evolved, by_size = (
        trained_table("shared", key, visits=visits) for key in ("volume", "evolved", "by_size")
    )
    claim, what = "and find a better front in equal time", "share of the table's hypervolume"
    line = on_table(claim, what, ours, {"evolution": evolved, "multiply-adds": by_size})
    return beside_simpler(line, ours - evolved, ours - by_size)


def continuous() -> Iterator[Line]:
    """CARS."""
    visits = shared_visits()
    tau = trained_table("shared", "tau", visits=visits)
    yield on_table(
        "weights that all candidates share rank candidates",
        f"Kendall's tau after {visits:,} visits",
        tau,
        {"parameters": np.full(len(tau), tau_of_table("parameters"))},
    )
    yield better_front(visits)
    page = "search_tables/README.md"
    kept, plain = (numbers(row(page, name)[4]) for name in ("protected", "non_dominated"))
    yield Line(
        "protected survival keeps large networks that learn slowly",
        f"best accuracy {kept[0]:.2f} ± {kept[1]:.2f} %, plain sorting {plain[0]:.2f} ± "
        f"{plain[1]:.2f} %, 20 seeds, NAS-Bench-Macro with an artificial handicap",
        of_means(*kept, *plain, 20),
        TABLES,
    )
    rules = {
        rule: np.array([run[-1] for run in trained_table("survival", "volume", rule=rule)])
        for rule in ("protected", "non_dominated")
    }
    yield on_table(
        "the same, with learning curves of super-resolution networks",
        "share of the table's hypervolume at the end",
        rules["protected"],
        {"plain sorting": rules["non_dominated"]},
    )

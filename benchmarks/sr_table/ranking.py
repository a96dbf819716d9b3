"""The predictor on the table: ranking against squared error, and evaluations saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import kendalltau

from benchmarks.sr_table.gains import gain, of_piece
from benchmarks.sr_table.table_space import RECIPE, Table
from benchmarks.studies.kept_lines import agreeing
from benchmarks.studies.search_sr.predictor import BEST, evaluations, without_screen
from benchmarks.studies.search_tables.study import Section, spread

COUNTS = (16, 32, 64, 128)
"""Networks to learn from; the others are ranked."""
LOSSES = ("pair", "squared")
FEWEST_RANKED = 16


def tensors(table: Table) -> np.ndarray:
    """(n, nodes, nodes, c)."""
    from sr_app.networks.genotype import Genotype
    from sr_app.recipes.schema import read_recipe
    from sr_app.recipes.searches import SearchRecipe
    from sr_app.search.features import encode

    space = read_recipe(RECIPE, [], SearchRecipe).space
    networks = [Genotype.parse(name, width=space.width, tail=space.tail) for name in table.rows]
    most = max(len(network.blocks) for network in networks)
    return encode(networks, positions=most, scale=space.scale)


def counts(table: Table) -> list[int]:
    return [count for count in COUNTS if count <= len(table) - FEWEST_RANKED]


def measure(table: Table, seeds: int, done: Sequence[dict] = ()) -> Iterator[dict]:
    """One line for each draw of labels, loss and seed that is not among those done."""
    features = tensors(table)
    for seed in range(seeds):
        for count in counts(table):
            for loss in LOSSES:
                wanted = {"piece": "ranking", "seed": seed, "count": count, "loss": loss}
                if not agreeing(done, wanted):
                    yield {**wanted, **held_out(table, features, loss, count, seed)}
        wanted = {"piece": "screen", "seed": seed}
        if not agreeing(done, wanted):
            found = evaluations(features, table.psnr, seed)
            yield {**wanted, "saved": round(without_screen(table.psnr) - found, 2)}


def held_out(table: Table, features: np.ndarray, loss: str, count: int, seed: int) -> dict:
    """Kendall's tau of the predicted order with that of the networks not learned from."""
    from sr_app.search.predictor import Predictor

    order = np.random.default_rng(seed).permutation(len(table))
    known, rest = order[:count], order[count:]
    predictor = Predictor(loss=loss, seed=seed).fit(features[known], table.psnr[known])
    orders = {
        "tau": predictor.predict(features[rest]),
        "size": [table.trainings[row].parameters for row in rest],
    }
    taus = {key: kendalltau(order, table.psnr[rest]).statistic for key, order in orders.items()}
    return {key: round(float(tau), 4) for key, tau in taus.items()}


def largest_first(table: Table) -> int:
    """Evaluations until one of the best is met, by multiply-adds, the most first."""
    order = np.argsort([-row.multiply_adds for row in table.trainings], kind="stable")
    good = table.psnr >= np.quantile(table.psnr, 1 - BEST)
    return int(np.argmax(good[order])) + 1


def curves(table: Table, lines: Sequence[dict]) -> dict[str, np.ndarray]:
    """Name -> (seeds, counts): both losses, and the order of size alone."""
    names = {"ranking loss": ("pair", "tau"), "squared error": ("squared", "tau")}
    names["size alone"] = ("pair", "size")
    return {
        name: np.column_stack(
            [of_piece(lines, "ranking", key, loss=loss, count=n) for n in counts(table)]
        )
        for name, (loss, key) in names.items()
    }


def section(table: Table, lines: Sequence[dict]) -> Section:
    """Tau by number of labels, and what a search saves by it."""
    found = curves(table, lines)
    rows = [(name, *(spread(column, 3) for column in taus.T)) for name, taus in found.items()]
    ahead = found["ranking loss"] - found["squared error"]
    gains = [
        f"- Ranking less squared error, {count} labels: {gain(ahead[:, place])}."
        for place, count in enumerate(counts(table))
    ]
    saved, plain = of_piece(lines, "screen", "saved"), without_screen(table.psnr)
    text = (
        f"Kendall's tau with the PSNR at the end, of networks that were not learned from; "
        f"{len(saved)} draws.\n\n" + "\n".join(gains) + "\n\nEvaluations until one of the best "
        f"5 % is met: {spread(plain - saved, 1)} with the screen, {plain:.1f} on average without; "
        f"saved {gain(saved)}. With no screen and the largest first: {largest_first(table)}."
    )
    return Section(
        "Predictor", text, ("order", *(f"{count} labels" for count in counts(table))), rows
    )

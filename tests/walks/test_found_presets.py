"""Presets whose network a search found: what their cards tell is what the search's archive says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.networks.presets import SHIPPED, read_card
from sr_app.recipes.schema import read_recipe
from sr_app.search.ancestry import ancestors, describe
from sr_app.search.archive import read_archive
from sr_app.search.pareto import non_dominated

STUDY = Path(__file__).resolve().parents[2] / "benchmarks" / "studies" / "found_networks"
CARDS = [read_card(path.parent) for path in sorted(SHIPPED.glob("*/card.json"))]
FOUND = [card for card in CARDS if "ancestry" in card.training]
each_found = pytest.mark.parametrize("card", FOUND, ids=lambda card: card.name)


def test_small_medium_and_large_ship_at_both_factors() -> None:
    names = {card.name for card in FOUND}
    assert names >= {f"esrn_{size}_x{scale}" for size in "sml" for scale in (2, 4)}


@each_found
def test_a_found_network_is_its_candidate(card) -> None:
    told = card.training["ancestry"]
    facts, records = read_archive(STUDY / told["search"])
    line = ancestors(records, told["candidate"])
    space, network = facts["space"], card.genotype
    assert str(network) == line[0].genotype
    assert (network.width, network.conv, network.tail) == tuple(
        space[name] for name in ("width", "conv", "tail")
    )
    assert told["line"] == [describe(record, facts["objectives"]) for record in line]


@each_found
def test_a_found_network_lies_on_the_front_of_its_search(card) -> None:
    told = card.training["ancestry"]
    records = read_archive(STUDY / told["search"])[1]
    front = non_dominated([record.objectives for record in records])
    assert told["candidate"] in {records[i].index for i in front}


@each_found
def test_its_recipe_trains_it(card) -> None:
    recipe = read_recipe(card.name)
    assert tuple(recipe.network.blocks) == tuple(map(str, card.genotype.blocks))
    assert recipe.ancestry.model_dump() == card.training["ancestry"]

from __future__ import annotations

from dataclasses import replace

import pytest

from sr_app.cli.preset_list import as_choice, as_table
from sr_app.networks.card import Card
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import SHIPPED, read_card

TINY = Card("", "Tiny", "For tests.", 2, Genotype.parse("S_1_8_8"))
SHOWN = {"clean": 1, "real": 1, "fast": 3}
"""Lines of the shipped presets: kinds of photo, and three speeds."""


@pytest.fixture(scope="module")
def shipped() -> list[Card]:
    return [read_card(path.parent) for path in sorted(SHIPPED.glob("*/card.json"))]


def test_the_shipped_ones_are_a_handful_of_lines_that_leave_none_out(shipped) -> None:
    lines = as_choice(shipped).splitlines()
    rows = lines[1 : lines.index("")]
    assert [row.split()[0] for row in rows] == [kind for kind, n in SHOWN.items() for _ in range(n)]
    named = {name.strip(",") for row in rows for name in row.split() if name.startswith("esrn")}
    rest = {card.name: card.purpose for card in shipped if card.name not in named}
    assert set(rest.values()) == {"study", "vivid", "real_vivid"}
    assert rows[0].split()[4:6] == ["x2,", "x4"]  # of the clean ones, those that the slider has
    everything = as_table(shipped)
    assert all(f"\n{card.name} " in everything for card in shipped)


def test_a_vivid_one_without_a_faithful_one_has_a_line() -> None:
    alone = replace(TINY, name="a_x2_vivid", purpose="vivid")
    assert "a_x2_vivid" in as_choice([alone]) and "slider:" not in as_choice([alone])
    both = as_choice([replace(TINY, name="a_x2"), alone])
    assert "a_x2_vivid" not in both and "slider: --blend" in both
    study = replace(TINY, name="a_x2", purpose="study")
    assert "a_x2_vivid" in as_choice([study, alone])


@pytest.mark.parametrize(
    "changes", [{}, {"vivid": "a_x2"}, {"scale": 3}, {"vivid": "b_x2_vivid", "purpose": "real"}]
)
def test_a_vivid_end_that_does_not_fit_keeps_its_line_and_hides_none(changes) -> None:
    faithful = replace(TINY, name="a_x2", vivid="b_x2_vivid")
    cards = [faithful, replace(TINY, name="b_x2_vivid", purpose="vivid")]
    told = as_choice([replace(cards[0], **changes), cards[1]])
    fits = not changes
    assert "a_x2" in told and ("b_x2_vivid" not in told) == fits
    assert ("slider: --blend" in told) == fits

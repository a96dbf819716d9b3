from types import SimpleNamespace

from sr_app.jobs.compression_account import FIGURES, change, grown, measured_change
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.sections import ValidationSection


def card(**changes) -> Card:
    genotype = Genotype.parse("P_2_8_8", width=8, conv="rep", tail="anchor")
    return Card(**{"name": "a_x2", "title": "A", "description": "B.", "scale": 2,
                   "network": genotype, **changes})  # fmt: skip


def test_differences_in_db_are_null_unless_both_are_known() -> None:
    results = {"psnr": 30.0, "protocol": "y"}
    before = card(results={"a": results, "b": None, "c": results})
    after = card(results={"a": {**results, "psnr": 29.9}, "b": results,
                          "c": {**results, "protocol": "rgb"}, "d": results})  # fmt: skip
    assert [change(before, after, name) for name in "abcd"] == [-0.1, None, None, None]


def test_without_pictures_nothing_is_measured(tmp_path) -> None:
    assert measured_change(card(), card(), None) is None
    missing = ValidationSection(hr=tmp_path / "nowhere")
    assert measured_change(card(), card(), missing) is None


def test_what_is_larger_in_all_figures_saves_nothing() -> None:
    before = SimpleNamespace(**dict.fromkeys(FIGURES, 1000))
    after = SimpleNamespace(**dict.fromkeys(FIGURES, 2000))
    assert grown(before, after) == (
        "Saves nothing: 2,000 parameters instead of 1,000, 2,000 multiply-adds instead of 1,000."
    )
    after.stored_bytes = 900
    assert grown(before, after) == grown(before, before) == ""

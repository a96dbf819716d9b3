import pytest
from pydantic import ValidationError

from sr_app.networks.genotype import Genotype
from sr_app.recipes.sections import NetworkSection, TrainingSection


def test_sections_do_not_change_and_know_no_other_keys():
    section = TrainingSection(steps=20)
    with pytest.raises(ValidationError, match="frozen"):
        section.steps = 30
    with pytest.raises(ValidationError, match="Received: colour"):
        NetworkSection(scale=2, blocks=["P_2_8_8"], colour="blue")
    with pytest.raises(ValidationError, match="scale among 2, 3, 4, 8. Received: 5"):
        NetworkSection(scale=5, blocks=["P_2_8_8"])


def test_a_network_is_kept_complete_and_its_family_says_what_is_wrong():
    """What is left out has the family's default, so that a resumed run compares the same."""
    short = NetworkSection(scale=2, blocks=["P_2_8_8"])
    full = NetworkSection(scale=2, family="esrn", blocks=["P_2_8_8"], width=32, tail="published")
    assert short == full and short.width == 32 and short.conv == "conv"
    assert short.described() == Genotype.parse("P_2_8_8")
    assert NetworkSection.of(short.described(), 2) == short
    for given, message in (
        ({"family": "esrm"}, "family among esrn, graph, ncnn. Received: 'esrm'"),
        ({"family": "graph"}, "Expected a family that can be trained. Received: 'graph'"),
        ({"blocks": ["P_2_8_8"], "widht": 8}, "Received: widht. Did you mean width"),
        ({"blocks": []}, "at least one block"),
        ({"blocks": ["P_2_8_8"], "tail": "long"}, "tail to be one of published, anchor"),
    ):
        with pytest.raises(ValueError, match=message):
            NetworkSection(scale=2, **given)


def test_keys_of_every_family_can_be_set():
    assert {"scale", "family", "blocks", "width", "conv", "tail", "front"} <= set(
        NetworkSection.settable()
    )

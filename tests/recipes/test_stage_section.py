from pathlib import Path

import pytest

from sr_app.recipes.schema import read_recipe
from sr_app.recipes.stage_sections import PerceptualSection, TwoStageSection

TINY = Path(__file__).with_name("tiny.toml")


def test_a_stage_gives_its_sections_by_their_kind() -> None:
    (stage,) = read_recipe(str(TINY), ["perceptual.budget=1.5"]).stages
    assert stage.required(PerceptualSection).budget == 1.5
    assert stage.section(TwoStageSection) is None
    with pytest.raises(ValueError, match=r"a stage with a \[two_stage\] section"):
        stage.required(TwoStageSection)


def test_only_a_network_of_the_family_esrn_is_a_genotype() -> None:
    (stage,) = read_recipe(str(TINY)).stages
    assert str(stage.genotype()) == "P_2_8_8"
    graph = stage.network.model_copy(update={"family": "graph"})
    with pytest.raises(ValueError, match="family esrn. Received: 'graph'"):
        stage.model_copy(update={"network": graph}).genotype()

import pytest
from pydantic import ValidationError

from sr_app.recipes.sections import NetworkSection, TrainingSection


def test_sections_do_not_change_and_know_no_other_keys():
    section = TrainingSection(steps=20)
    with pytest.raises(ValidationError, match="frozen"):
        section.steps = 30
    with pytest.raises(ValidationError, match="Extra inputs"):
        NetworkSection(scale=2, blocks=["P_2_8_8"], colour="blue")
    with pytest.raises(ValidationError, match="2, 3 or 4"):
        NetworkSection(scale=5, blocks=["P_2_8_8"])

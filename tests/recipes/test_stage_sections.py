"""The contract of a section of a stage, over the whole table."""

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.recipes.rules import check_sections
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.stage_sections import STAGE_SECTIONS, DistillationSection, Stage
from sr_app.recipes.writing import as_toml

TINY = Path(__file__).with_name("tiny.toml").read_text()
each = pytest.mark.parametrize("kind", STAGE_SECTIONS, ids=lambda kind: kind.NAME)
names = {kind.NAME: kind for kind in STAGE_SECTIONS}


def test_the_schema_has_a_field_for_each_section() -> None:
    assert len(names) == len(STAGE_SECTIONS)
    assert [name for name in Stage.model_fields if name in names] == list(names)


@each
def test_its_example_is_read_from_toml_and_written_again(kind, tmp_path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    (stage,) = read_recipe(str(path)).stages
    section = kind.model_validate(kind.EXAMPLE)
    recipe = read_recipe(str(path)).in_one_stage({kind.NAME: section}, {})
    path.write_text(as_toml(recipe))
    (again,) = read_recipe(str(path)).stages
    assert again.section(kind) == section and list(again.own_sections()) == [section]
    assert stage.section(kind) is None
    with pytest.raises(ValueError, match=f"Unknown recipe key '{kind.NAME}.tpyo'"):
        read_recipe(str(path), [f"{kind.NAME}.tpyo=1"])


@each
def test_it_says_where_it_trains_and_what_it_needs(kind) -> None:
    section = kind.model_validate(kind.EXAMPLE)
    phases = section.phases(10)
    assert 10 in [steps for _, steps in phases]
    assert len({folder for folder, _ in phases}) == len(phases)
    assert all(isinstance(path, Path) for path in section.pictures())
    renamed = section.with_teachers(lambda name: f"found/{name}")
    assert renamed.teachers() == tuple(f"found/{name}" for name in section.teachers())
    assert kind.__doc__ and set(kind.GOES_WITH) <= set(names)
    assert all(kind.NAME in names[other].GOES_WITH for other in kind.GOES_WITH)


@each
def test_two_of_them_exclude_each_other_unless_both_say_otherwise(kind, tmp_path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    (stage,) = read_recipe(str(tmp_path / "tiny.toml")).stages
    distilled = DistillationSection(teacher="start_x2")
    section = kind.model_validate(kind.EXAMPLE)
    both = stage.model_copy(update={"distillation": distilled, kind.NAME: section})
    if kind is DistillationSection or "distillation" in kind.GOES_WITH:
        return
    with pytest.raises(ValueError, match=rf"\[{kind.NAME}\].*not both|\[distillation\].*not both"):
        check_sections(both)

"""A preset that teaches a smaller network, of everything or of one kind, as a recipe."""

from __future__ import annotations

import json
from pathlib import Path

from sr_app.jobs.compress_kind import check_pixels_alone, made_from
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card
from sr_app.recipes.schema import Recipe
from sr_app.recipes.sections import NetworkSection
from sr_app.recipes.stage_sections import SelectionSection


def student_settings(
    teacher: str, positives: str | Path | None, unlabeled: str | Path | None, prior: float | None
) -> list[str]:
    """The options as ``key=value`` changes of a recipe; later ones may change them again.

    Without a selection the recipe's data stay. With one they are its folders, and the teacher's
    pictures are all that is learnt from. ValueError for one folder without the other, a prior
    without them or outside (0, 1).
    """
    if (positives is None) != (unlabeled is None):
        raise ValueError("positives and unlabeled go together: give both folders, or neither")
    if prior is not None and not 0 < prior < 1:
        raise ValueError(f"Expected prior between 0 and 1. Received: {prior}")
    # A JSON string is a TOML string.
    taught = [f"distillation.teacher={json.dumps(teacher)}"]
    if positives is None:
        if prior is not None:
            raise ValueError("prior says something of unlabeled: give both folders")
        return taught
    folders = [json.dumps(str(folder)) for folder in (positives, unlabeled)]
    return [
        *taught,
        "distillation.share=1.0",
        f"selection.positives={folders[0]}",
        f"selection.unlabeled={folders[1]}",
        f"data.hr=[{', '.join(folders)}]",
        "data.div2k=none",
        'data.description=""',
        *([f"selection.prior={prior}"] if prior is not None else []),
    ]


def student_recipe(recipe: Recipe, source: Card, genotype: Genotype, *, name: str) -> Recipe:
    """A recipe with those settings for a student of the preset.

    Raises:
        ValueError: for a recipe that trains on more than pixels, for data that are not the
            selection's, or a student that is as the preset.
    """
    check_pixels_alone(recipe)
    stage = recipe.stages[0]
    if genotype == source.genotype:
        raise ValueError(f"Expected another network than the preset's own. Received: {genotype}")
    chosen = stage.section(SelectionSection)
    if chosen and stage.data.hr != [chosen.positives, chosen.unlabeled]:
        raise ValueError("data.hr is what positives and unlabeled say: leave one out")
    start = str(source.folder)
    changes = made_from(source, start, name=name, how="distilled", ending="Distilled")
    network = NetworkSection.of(genotype, source.scale)
    return recipe.in_one_stage({"network": network}, changes)

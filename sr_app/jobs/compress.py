"""Compression as a job: a preset -> a cheaper one, with what that saves and costs on its card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sr_app.files.extras import require
from sr_app.jobs.compress_recipe import (
    compressed_genotype,
    compressed_recipe,
    student_recipe,
    student_settings,
    widths_settings,
)
from sr_app.jobs.events import Finished, Note, Reporter, silent
from sr_app.jobs.inspect import find_network
from sr_app.jobs.train import run_checked
from sr_app.jobs.train_checks import checked
from sr_app.networks.families import family_of
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, read_card
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import list_recipes, read_one_stage


def compress(
    preset: str | Path,
    out: str | Path,
    *,
    conv: str | None = None,
    widths: str | None = None,
    student: str | None = None,
    width: int | None = None,
    tail: str | None = None,
    positives: str | Path | None = None,
    unlabeled: str | Path | None = None,
    prior: float | None = None,
    recipe: str | Path | None = None,
    settings: Sequence[str] | None = None,
    seed: int | None = None,
    runs: str | Path = "runs",
    reporter: Reporter = silent,
) -> Card:
    """Turn a preset's convolutions into a cheaper kind, or have it teach a smaller network.

    With ``conv`` the network starts from the preset's weights where the method allows, and is
    fine-tuned. With ``student`` another network learns from the preset's results. Called again
    after a kill it continues in ``runs/NAME``. What cannot be done is refused before anything is
    written.

    Args:
        preset: by name or folder.
        out: folder of the new preset; its name is the preset's.
        conv: kind of convolution, for instance ``ghost``.
        widths: with ``conv="binary"``: how a width for every block is found within a budget,
            ``search`` or ``squeeze``.
        student: a smaller network to be taught: its blocks, or a preset's name.
        width, tail: of the student's blocks, as ``networks.genotype.Genotype``.
        positives: folder of pictures of the kind that matters; the student learns that alone.
        unlabeled: folder of mixed pictures to search for that kind.
        prior: share of the kind in the mixed folder, in (0, 1); estimated if not given.
        recipe: whose data and schedule the training has, its first stage or that of
            ``RECIPE:STAGE``; the preset's own if not given.
        settings: changes of the recipe, ``key=value``.
        seed: of the training; the recipe's if not given.
        runs: folder of all runs.
        reporter: called with counts, notes and points of the learning curve.

    Returns:
        The new preset's card; ``compression`` says what was saved, and what it cost in dB.

    Raises:
        ValueError: for names and options that do not go together, a faulty recipe or missing data.
        FloatingPointError: if the training diverged.
    """
    require("keras")
    source, out, runs = read_card(preset), Path(out), Path(runs)
    base, settings = str(recipe or own_recipe(source)), with_seed(settings, seed)
    if student is None:
        kind = check_kind_alone(conv, (width, tail, positives, unlabeled, prior))
        changes = [*widths_settings(widths, conv), *settings]
        genotype = compressed_genotype(source, kind)
        asked = read_one_stage(base, changes)
        chosen = compressed_recipe(asked, source, genotype, start=str(preset), name=out.name)
    else:
        if widths is not None:
            raise ValueError("widths go with conv = binary, not with a student")
        genotype, _ = find_network(student, source.scale, width, tail, conv)
        changes = [*student_settings(str(preset), positives, unlabeled, prior), *settings]
        chosen = student_recipe(read_one_stage(base, changes), source, genotype, name=out.name)
    checked(chosen, runs, out)
    if student is not None:
        tell_larger(source, genotype, reporter)
    card = run_checked(chosen, runs, out, None, reporter)
    if card is None:  # of a stage alone, which is not asked for
        raise ValueError(f"Expected {chosen.name} to be trained to its end")
    reporter(Finished(card))
    return card


def tell_larger(source: Card, student: Genotype, reporter: Reporter) -> None:
    """A note, before hours of training, where a student is larger than its teacher."""
    teacher = family_of(source.network).cost(source.network, source.scale)
    own = family_of(student).cost(student, source.scale)
    if teacher and own and all(after > before for before, after in zip(teacher, own, strict=True)):
        reporter(
            Note(
                f"the student is larger than its teacher: {own[0]:,} parameters instead of "
                f"{teacher[0]:,}; width and tail make it smaller"
            )
        )


def own_recipe(source: Card) -> str:
    """The shipped recipe of a preset's name; ValueError where there is none."""
    if source.name not in list_recipes():
        raise ValueError(
            "Expected a recipe, whose data and schedule the training has: no shipped one is called "
            f"as the preset. Received: {source.name} and no recipe"
        )
    return source.name


def check_kind_alone(conv: str | None, others: tuple) -> str:
    """The kind of convolution; ValueError unless one is asked for and nothing for a student."""
    if conv is None:
        raise ValueError("Expected conv, a kind, or student, a genotype. Received: neither")
    if any(option is not None for option in others):
        raise ValueError(
            "width, tail, positives, unlabeled and prior go with a student: give one, "
            "or leave them out"
        )
    return conv

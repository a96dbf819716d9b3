"""Which sections of a recipe go together, and which stages may follow on which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sr_app.files.nearest import did_you_mean
from sr_app.recipes.schema import Recipe
from sr_app.recipes.stages import SECTIONS

if TYPE_CHECKING:
    from sr_app.recipes.schema import Stage

RESERVED = {*SECTIONS, *Recipe.model_fields, "from", "stage", "preset", "cache", "events"}
"""Not the names of stages: sections and keys of a recipe, and folders of a run."""


class Rule(NamedTuple):
    """section: where the rule holds. broken: stage -> whether it is. message: what is said."""

    section: str
    broken: Callable[[Stage], object]
    message: str


# In the order in which a breach is said: what a training of many sections is comes first.
RULES = (
    Rule(
        "data",
        lambda stage: stage.data.degrade and (stage.data.twins or stage.data.div2k),
        "data.degrade makes the LR of data.hr: leave data.twins and data.div2k out",
    ),
    Rule(
        "data",
        lambda stage: stage.data.targets and (stage.data.degrade or stage.selection),
        "data.targets are pairs already: leave data.degrade and [selection] out",
    ),
    Rule(
        "data",
        lambda stage: (
            stage.data.targets
            and stage.perceptual
            and (stage.data.hr or stage.data.twins or stage.data.div2k)
        ),
        "a [perceptual] training with data.targets has no other pictures in [data]",
    ),
    Rule(
        "training",
        lambda stage: (
            stage.training.steps == 0
            and not ((stage.start or stage.mean) and not (stage.selection or stage.two_stage))
        ),
        "a recipe of 0 training.steps needs from or mean, no [selection] and no [two_stage]",
    ),
    Rule(
        "selection",
        lambda stage: stage.distillation is None,
        "a recipe with a [selection] section needs a [distillation] section",
    ),
    Rule(
        "selection",
        lambda stage: stage.perceptual or stage.two_stage or stage.distillation.share < 1,
        "a recipe with a [selection] section learns from the teacher alone: "
        "distillation.share = 1, no [perceptual] and no [two_stage] section",
    ),
    Rule(
        "selection",
        lambda stage: stage.distillation.affinity,
        "a selection keeps the teacher's pictures, not its features: leave distillation.affinity "
        "out",
    ),
    Rule(
        "selection",
        lambda stage: stage.training.devices != "one",
        'a selection runs on one device: set training.devices = "one"',
    ),
    Rule(
        "two_stage",
        lambda stage: stage.validation,
        "a two-stage recipe has no pairs to validate on: leave [validation] out",
    ),
    Rule(
        "two_stage",
        lambda stage: (
            (stage.perceptual or stage.distillation)
            and (stage.two_stage.joint_steps or stage.two_stage.super_resolution_on != "translated")
        ),
        "a [perceptual] or [distillation] section beside [two_stage] is for translated LR, by "
        "finished translators: leave joint_steps and super_resolution_on out",
    ),
    Rule(
        "two_stage",
        lambda stage: stage.data.targets and (stage.perceptual or stage.distillation),
        "a [two_stage] section makes the LR of data.hr: leave data.targets out",
    ),
    Rule(
        "two_stage",
        lambda stage: (
            bool(stage.two_stage.translators)
            == bool(stage.two_stage.translation_steps or stage.two_stage.joint_steps)
        ),
        "a two-stage recipe has either translation_steps, or two_stage.translators that are "
        "trained already, and then no joint_steps",
    ),
    Rule(
        "two_stage",
        lambda stage: not (stage.two_stage.real or stage.two_stage.translators),
        "a two-stage recipe needs folders of real LR in two_stage.real",
    ),
    Rule(
        "two_stage",
        lambda stage: stage.training.devices != "one",
        'two-stage training runs on one device: set training.devices = "one"',
    ),
    Rule(
        "perceptual",
        lambda stage: any(
            given and len(given) != len(stage.perceptual.networks)
            for given in (stage.perceptual.network_weights, stage.perceptual.network_shares)
        ),
        "perceptual.network_weights and network_shares have one number for each of "
        "perceptual.networks, or none",
    ),
    Rule(
        "perceptual",
        lambda stage: stage.distillation,
        "a recipe has a [perceptual] or a [distillation] section, not both",
    ),
)

ANCESTRY = "the [ancestry] section tells of another network than network.blocks: leave it out"


def check_recipe(recipe: Recipe) -> None:
    """ValueError for sections that do not go together, or stages that cannot be trained in turn."""
    for stage in recipe.stages:
        try:
            check_sections(stage)
            check_steps(stage)
        except ValueError as error:
            name = f"stage {stage.name}: " if stage.folder else ""
            raise ValueError(f"{name}{error}") from error
    check_order(recipe)
    blocks = f": {recipe.network.described()} ("
    if recipe.ancestry and blocks not in recipe.ancestry.line[0]:
        raise ValueError(ANCESTRY)


def check_sections(stage: Stage) -> None:
    """ValueError for sections that do not go together."""
    for rule in RULES:
        if getattr(stage, rule.section) and rule.broken(stage):
            raise ValueError(rule.message)


def check_steps(stage: Stage) -> None:
    """ValueError unless whole epochs make up the steps of every phase."""
    training = stage.training
    steps, epoch = [training.steps, training.first_step], training.epoch
    if training.first_step and (training.first_step >= training.steps or not stage.presets()):
        raise ValueError(
            f"Expected a first_step below steps={training.steps}, and a preset of that step in "
            f"from. Received: first_step={training.first_step}"
        )
    if stage.two_stage:
        steps += [stage.two_stage.translation_steps, stage.two_stage.joint_steps]
    for count in steps:
        if count % epoch:
            raise ValueError(
                f"Expected steps to be a multiple of epoch={epoch}. Received: steps={count}"
            )


def check_order(recipe: Recipe) -> None:
    """ValueError unless every stage has a name of its own and goes on from earlier ones."""
    earlier: dict[str, Stage] = {}
    for stage in recipe.stages:
        if stage.folder and stage.name in RESERVED | set(earlier):
            raise ValueError(
                f"Expected another name for a stage: {stage.name!r} is "
                f"{'taken by an earlier one' if stage.name in earlier else 'reserved'}"
            )
        for name in (*stage.mean, *(start for start in stage.start if isinstance(start, str))):
            if name not in earlier:
                raise ValueError(unknown_stage(stage, name, list(earlier)))
        check_mean(stage, [earlier[name] for name in stage.mean])
        check_starts([earlier[name] for name in stage.start if isinstance(name, str)], stage)
        earlier[stage.name] = stage


def unknown_stage(stage: Stage, name: str, earlier: list[str]) -> str:
    """What is said of a start that no earlier stage has."""
    return (
        f"stage {stage.name}: Expected an earlier stage among {', '.join(earlier) or 'none'}, or "
        f'{{preset = "NAME"}}. Received: {name!r}.{did_you_mean(name, earlier)}'
    )


def check_mean(stage: Stage, parts: list[Stage]) -> None:
    """ValueError for a mean that also starts somewhere, or of other networks than its own."""
    if parts and stage.start:
        raise ValueError(f"stage {stage.name}: either from or mean, not both")
    if any(part.network != stage.network for part in parts):
        raise ValueError(f"stage {stage.name}: Expected the mean of stages of one network")


def check_starts(parts: list[Stage], stage: Stage) -> None:
    """ValueError for a start from several stages that are not of one network: it is their mean."""
    fixed = [part.network for part in parts if part.widths is None]
    if any(network != fixed[0] for network in fixed):
        raise ValueError(
            f"stage {stage.name}: Expected one network in all stages that it starts from the mean "
            f"of. Received: from {', '.join(part.name for part in parts)}, which differ"
        )

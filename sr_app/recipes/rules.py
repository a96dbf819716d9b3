"""Which sections of a recipe go together, and which stages may follow on which."""

from __future__ import annotations

from itertools import combinations

from sr_app.files.nearest import did_you_mean
from sr_app.recipes.overrides import known_keys
from sr_app.recipes.schema import Recipe
from sr_app.recipes.stage_section import Constraint
from sr_app.recipes.stage_sections import Stage, WidthsSection

FOLDERS = {"preset", "from_best", "cache", "events"}
TABLES = {key.split(".")[0] for key in known_keys(Recipe) if "." in key}
RESERVED = {*TABLES, "results", "stages", "from", "stage", *FOLDERS}
"""Not the names of stages: a recipe's tables, for ``TABLE.key`` is said as ``STAGE.key`` is, and
folders of a run. A key without a table, as ``title``, may be one."""


# In the order in which a breach is said; those of a section of its own stand with it.
CONSTRAINTS = (
    Constraint(
        lambda stage: stage.data.degrade and (stage.data.twins or stage.data.div2k),
        "data.degrade makes the LR of data.hr: leave data.twins and data.div2k out",
    ),
    Constraint(
        lambda stage: stage.data.targets and stage.data.degrade,
        "data.targets are pairs already: leave data.degrade out",
    ),
    Constraint(
        lambda stage: (
            stage.training.steps == 0
            and not ((stage.start or stage.mean) and all(s.PAIRS for s in stage.own_sections()))
        ),
        "a recipe of 0 training.steps needs from or mean, no [selection] and no [two_stage]",
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
    if recipe.vivid == recipe.name:
        raise ValueError(f"Expected vivid to name another preset. Received: {recipe.name}, itself")
    blocks = f": {recipe.network.described()} ("
    if recipe.ancestry and blocks not in recipe.ancestry.line[0]:
        raise ValueError(ANCESTRY)


def check_sections(stage: Stage) -> None:
    own = list(stage.own_sections())
    for one, other in combinations(own, 2):
        if other.NAME not in one.GOES_WITH or one.NAME not in other.GOES_WITH:
            raise ValueError(f"a stage has a [{one.NAME}] or a [{other.NAME}] section, not both")
    rules = [rule for section in own for rule in section.CONSTRAINTS]
    for rule in (*CONSTRAINTS, *rules):
        if rule.broken(stage):
            raise ValueError(rule.message)


def check_steps(stage: Stage) -> None:
    """ValueError unless whole epochs make up the steps of every phase."""
    training = stage.training
    steps, epoch = [training.steps], training.epoch
    if training.first_step and (training.first_step >= training.steps or not stage.presets()):
        raise ValueError(
            f"Expected the step that is gone on from to be below steps={training.steps}, and a "
            f"preset of that step in from. Received: {training.first_step}"
        )
    if training.first_step % epoch:
        raise ValueError(
            f"Expected the step that is gone on from to be a multiple of epoch={epoch}. "
            f"Received: {training.first_step}"
        )
    for section in stage.own_sections():
        steps += [count for _, count in section.phases(training.steps)]
    for count in steps:
        if count % epoch:
            raise ValueError(
                f"Expected steps to be a multiple of epoch={epoch}. Received: steps={count}"
            )
    for section in stage.own_sections():
        section.check_steps(stage)


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
                raise ValueError(
                    f"stage {stage.name}: expected an earlier stage among "
                    f'{", ".join(earlier) or "none"}, or {{preset = "NAME"}}. '
                    f"Received: {name!r}.{did_you_mean(name, earlier)}"
                )
        if stage.mean and stage.start:
            raise ValueError(f"stage {stage.name}: either from or mean, not both")
        if any(earlier[name].network != stage.network for name in stage.mean):
            raise ValueError(f"stage {stage.name}: expected the mean of stages of one network")
        check_starts([earlier[name] for name in stage.start if isinstance(name, str)], stage)
        earlier[stage.name] = stage


def check_starts(parts: list[Stage], stage: Stage) -> None:
    """ValueError for a start from several stages that are not of one network: it is their mean."""
    fixed = [part.network for part in parts if part.section(WidthsSection) is None]
    if any(network != fixed[0] for network in fixed):
        raise ValueError(
            f"stage {stage.name}: expected one network in all stages that it starts from the mean "
            f"of. Received: from {', '.join(part.name for part in parts)}, which differ"
        )

"""Which sections of a recipe go together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sr_app.recipes.schema import Recipe


class Rule(NamedTuple):
    """section: where the rule holds. broken: recipe -> whether it is. message: what is said."""

    section: str
    broken: Callable[[Recipe], object]
    message: str


# In the order in which a breach is said: what a training of many sections is comes first.
RULES = (
    Rule(
        "training",
        lambda recipe: (
            recipe.training.steps == 0
            and not (recipe.starts() and not (recipe.selection or recipe.two_stage))
        ),
        "a recipe of 0 training.steps needs a start, and no [selection] or [two_stage] section",
    ),
    Rule(
        "selection",
        lambda recipe: recipe.distillation is None,
        "a recipe with a [selection] section needs a [distillation] section",
    ),
    Rule(
        "selection",
        lambda recipe: recipe.perceptual or recipe.two_stage or recipe.distillation.share < 1,
        "a recipe with a [selection] section learns from the teacher alone: "
        "distillation.share = 1, no [perceptual] and no [two_stage] section",
    ),
    Rule(
        "selection",
        lambda recipe: recipe.distillation.affinity,
        "a selection keeps the teacher's pictures, not its features: leave distillation.affinity "
        "out",
    ),
    Rule(
        "selection",
        lambda recipe: recipe.training.devices != "one",
        'a selection runs on one device: set training.devices = "one"',
    ),
    Rule(
        "two_stage",
        lambda recipe: recipe.validation,
        "a two-stage recipe has no pairs to validate on: leave [validation] out",
    ),
    Rule(
        "two_stage",
        lambda recipe: recipe.perceptual or recipe.distillation,
        "a recipe with a [two_stage] section has no [perceptual] or [distillation] section",
    ),
    Rule(
        "two_stage",
        lambda recipe: recipe.training.devices != "one",
        'two-stage training runs on one device: set training.devices = "one"',
    ),
    Rule(
        "perceptual",
        lambda recipe: recipe.distillation,
        "a recipe has a [perceptual] or a [distillation] section, not both",
    ),
    Rule(
        "ancestry",
        lambda recipe: f": {','.join(recipe.network.blocks)} (" not in recipe.ancestry.line[0],
        "the [ancestry] section tells of another network than network.blocks: leave it out",
    ),
)


def check_sections(recipe: Recipe) -> None:
    """ValueError for sections that do not go together."""
    for rule in RULES:
        if getattr(recipe, rule.section) and rule.broken(recipe):
            raise ValueError(rule.message)

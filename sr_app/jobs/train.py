"""Training as a job: a recipe -> a preset, resumed where an earlier run was ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sr_app.jobs.events import Finished, Reporter, silent
from sr_app.jobs.run_folder import keep_recipe
from sr_app.recipes.schema import read_recipe

if TYPE_CHECKING:
    from sr_app.networks.presets import Card


def train(
    recipe: str | Path,
    *,
    settings: Sequence[str] = (),
    runs: Path = Path("runs"),
    out: Path | None = None,
    reporter: Reporter = silent,
) -> Card:
    """Train a network as a recipe says and write it as a preset.

    Checkpoints lie in ``runs/NAME``; called again after a kill it continues there.

    Args:
        recipe: a TOML file or the name of a shipped recipe.
        settings: changes, ``key=value``.
        runs: folder of all runs.
        out: folder of the preset, ``runs/NAME/preset/NAME`` if not given.
        reporter: is told counts, notes and the learning curve.

    Raises:
        ValueError: for a faulty recipe, missing data, or a run of another recipe in the folder.
        FloatingPointError: if the training diverged.
    """
    chosen = read_recipe(str(recipe), list(settings))
    folder = Path(runs) / chosen.name
    keep_recipe(chosen, folder)
    from sr_app.jobs.train_stage import run_recipe

    card = run_recipe(chosen, folder, out or folder / "preset" / chosen.name, reporter)
    reporter(Finished(card))
    return card

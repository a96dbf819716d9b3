"""A training's best weights so far as a preset, while it goes on or after a kill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sr_app.files.quiet import quiet_start
from sr_app.jobs.events import Finished, Reporter, silent
from sr_app.jobs.train import resume_as_before
from sr_app.jobs.train_checks import check_folder
from sr_app.jobs.train_so_far import best_step, check_step, in_training
from sr_app.networks.presets import Card
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import read_recipe
from sr_app.training.curve import BEST


def snapshot(
    recipe: str | Path,
    out: str | Path,
    *,
    settings: Sequence[str] | None = None,
    seed: int | None = None,
    runs: str | Path = "runs",
    reporter: Reporter = silent,
) -> Card:
    """Write the stage that is in training as a preset; nothing in the run is changed.

    The card says at which step it was taken, from which ``resume_from`` and ``at_step`` of `train`
    go on where the run itself is lost.

    Args:
        recipe, settings, seed, runs: as `train` has them.
        out: folder of the preset.

    Raises:
        ValueError: where no stage is in training, or none of its weights were validated.
    """
    chosen, out = read_recipe(str(recipe), with_seed(settings, seed)), Path(out)
    run = Path(runs) / chosen.name
    chosen = resume_as_before(chosen, run)
    stage = in_training(chosen, run)
    step = best_step(stage, run)
    check_folder(out)
    with quiet_start():
        from sr_app.jobs.preset_writer import write_preset
        from sr_app.jobs.train_facts import facts_so_far
        from sr_app.networks.families import build_network

    folder = run / stage.folder
    network = build_network(stage.network.described(), stage.network.scale)
    network.load_weights(folder / BEST)
    check_step(stage, run, step)
    facts = facts_so_far(stage, folder, step)
    upto = chosen.stages[: chosen.stages.index(stage) + 1]
    card = write_preset(
        chosen.model_copy(update={"stages": upto}), network, run, out, reporter, unfinished=facts
    )
    reporter(Finished(card))
    return card

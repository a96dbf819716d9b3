"""A training's best weights so far as a preset, while it goes on or after a kill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sr_app.files.json_table import read_table
from sr_app.files.quiet import quiet_start
from sr_app.jobs.events import Finished, Reporter, silent
from sr_app.jobs.run_folder import read_facts
from sr_app.jobs.train import resume_as_before
from sr_app.jobs.train_checks import check_folder
from sr_app.networks.presets import Card
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import Recipe, read_recipe
from sr_app.recipes.stage_sections import Stage, WidthsSection
from sr_app.training.curve import BEST, BEST_SCORES


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
    check_folder(out)
    with quiet_start():
        from sr_app.jobs.preset_writer import write_preset
        from sr_app.jobs.train_facts import stage_facts
        from sr_app.networks.families import build_network

    folder = run / stage.folder
    network = build_network(stage.network.described(), stage.network.scale)
    network.load_weights(folder / BEST)
    facts = {
        "network": stage.network.model_dump(),
        **stage_facts(stage, folder),
        "taken_at_step": read_table(folder / BEST_SCORES)["step"],
    }
    upto = chosen.stages[: chosen.stages.index(stage) + 1]
    card = write_preset(
        chosen.model_copy(update={"stages": upto}), network, run, out, reporter, unfinished=facts
    )
    reporter(Finished(card))
    return card


def in_training(recipe: Recipe, run: Path) -> Stage:
    """The first stage that has not ended; ValueError if it has no validated weights yet."""
    for stage in recipe.stages:
        folder = run / stage.folder
        if read_facts(folder) is None:
            if not (folder / BEST).is_file():
                raise ValueError(f"Expected validated weights of the stage in {folder}. Found none")
            if stage.section(WidthsSection):
                raise ValueError(
                    f"Expected a stage of a given network. Received: {stage.name}, whose widths "
                    "are searched: they are known at its end"
                )
            return stage
    raise ValueError(f"Expected a training of {recipe.name} under way. Received: an ended one")

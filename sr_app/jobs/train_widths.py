"""A stage with a widths section: a binary network whose blocks' widths are searched or squeezed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from sr_app.jobs.events import Note, Reporter, counter
from sr_app.jobs.train_data import sources
from sr_app.jobs.train_progress import ReportSteps
from sr_app.networks.genotype import Genotype
from sr_app.recipes.sections import NetworkSection, given
from sr_app.recipes.stage_sections import Stage, WidthsSection
from sr_app.search.channels import EVOLUTION, WidthSpace, budget_window, expanded
from sr_app.search.evolution import evolve
from sr_app.search.proxy import Proxy
from sr_app.training.losses import loss_named
from sr_app.training.schedule import Schedule
from sr_app.training.squeezing import SqueezeTraining, body_operations, widen
from sr_app.training.widening import train_and_squeeze


def find_widths(stage: Stage, folder: Path, reporter: Reporter) -> tuple[Genotype, dict]:
    """(genotype, what the card says) of the candidate with the best validation."""
    section, scale, uniform = stage.required(WidthsSection), stage.network.scale, stage.genotype()
    space = WidthSpace(uniform, scale, budget_window(uniform, scale, section.ratio, section.slack))
    planned = section.population * (1 + section.generations)
    spent: list[float] = []
    progress = counter(reporter, "candidates")

    def watch(record, seconds: float) -> None:
        spent.append(seconds)
        progress(len(spent), planned)

    result = evolve(
        space,
        width_score(stage, folder / "candidates"),
        objectives=("quality",),
        seed=stage.training.seed,
        generations=section.generations,
        population=section.population,
        strategy=EVOLUTION,
        archive=folder,
        watch=watch,
    )
    progress(planned, planned)
    best = result.front()[0]
    if best.record.error:
        raise ValueError(f"No candidate could be trained; the first: {best.record.error}")
    reporter(Note(f"widths: {best.genotype}"))
    return best.genotype, {
        "operations": list(space.operations),
        "candidates": len(result.candidates),
        "validation_psnr": round(-best.objectives[0], 4),
        "search_seconds": round(sum(spent), 1),
    }


def width_score(stage: Stage, folder: Path) -> Proxy:
    """Short trainings on the stage's pictures, as ``search.proxy`` has them."""
    training, steps = stage.training, stage.required(WidthsSection).candidate_steps
    return Proxy(
        sources=sources(stage.data, stage.network.scale),
        cache=stage.data.cache,
        validation=given(stage.validation).hr,
        pictures=given(stage.validation).pictures,
        folder=folder,
        scale=stage.network.scale,
        schedule=Schedule(
            steps,
            epoch=steps,
            learning_rate=training.learning_rate,
            warmup=min(training.warmup, steps // 4),
            average=0.99,
            jit=training.jit,
            seed=training.seed,
        ),
        batches=training.batches(),
        loss=training.loss,
    )


def squeezed_network(
    stage: Stage,
    network: keras.Model,
    teacher: keras.Model,
    store: Any,  # whatever gives pairs
    folder: Path,
    reporter: Reporter,
) -> tuple[Genotype, keras.Model, dict]:
    """Train a widened ``network`` with a cost on every channel, then take the cheap ones away.

    Returns:
        (genotype, network to be fine-tuned, what the card says).
    """
    section, uniform = stage.required(WidthsSection), stage.genotype()
    training = first_part(stage).training
    keras.utils.set_random_seed(training.seed)  # of the projections
    squeezing = SqueezeTraining(
        network,
        teacher,
        loss_named(training.loss),
        projection=section.projection,
        cost=section.cost,
    )
    genotype, squeezed = train_and_squeeze(
        squeezing,
        widen(uniform, section.widest),
        store,
        folder,
        training.schedule(),
        training.batches(),
        budget=body_operations(expanded(uniform, [section.ratio] * len(uniform.blocks))),
        callbacks=(ReportSteps(reporter, training.steps, training.epoch, what="widened"),),
    )
    reporter(Note(f"widths: {genotype}"))
    return (
        genotype,
        squeezed,
        {
            "widened_steps": training.steps,
            "body_operations_per_pixel": body_operations(genotype),
            "uniform": str(uniform),
        },
    )


def first_part(stage: Stage) -> Stage:
    """The stage with the widened network, and the steps of that alone."""
    section = stage.required(WidthsSection)
    wide = with_network(stage, widen(stage.genotype(), section.widest))
    return wide.with_steps(section.widened_steps(stage.training))


def second_part(stage: Stage, genotype: Genotype) -> Stage:
    """The stage with the squeezed network, and the steps that are left."""
    done = stage.required(WidthsSection).widened_steps(stage.training)
    return with_network(stage, genotype).with_steps(stage.training.steps - done)


def with_network(stage: Stage, genotype: Genotype) -> Stage:
    """The stage with another network, and no widths left to find."""
    network = NetworkSection.of(genotype, stage.network.scale)
    return stage.model_copy(update={"network": network, "widths": None})

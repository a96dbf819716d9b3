"""`sr-app compress --widths`: a binary network whose blocks' widths are searched or squeezed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sr_app.jobs.events import Reporter
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import Card
    from sr_app.recipes.schema import Recipe

WAYS = ("search", "squeeze")


def widths_settings(widths: str | None, conv: str | None) -> list[str]:
    """The option as ``key=value`` changes of a recipe; later ones may change them again.

    Raises:
        ValueError: for an unknown way, or a kind of convolution that wider blocks do not serve.
    """
    if widths is None:
        return []
    if widths not in WAYS:
        raise ValueError(f"Expected --widths among {', '.join(WAYS)}. Received: {widths!r}")
    if conv != "binary":
        raise ValueError(
            "Expected --widths with --conv binary, whose lost bits wider blocks make up for. "
            f"Received: --conv {conv}"
        )
    return [f"widths.way={widths}"]


def check_widths(recipe: Recipe) -> None:
    """Refuse what could not be trained, before anything is.

    Raises:
        ValueError: for blocks other than plain ones, a search without pictures to judge by, or
            settings that do not go together.
    """
    from sr_app.recipes.schema import recipe_genotype
    from sr_app.training.squeezing import check_plain_binary

    section, steps = recipe.widths, recipe.training.steps
    check_plain_binary(recipe_genotype(recipe))
    if recipe.start is None or recipe.perceptual or recipe.distillation or recipe.selection:
        raise ValueError(
            "a recipe with a [widths] section starts from a preset and trains on pixels alone: "
            "use sr-app compress --widths"
        )
    if section.way == "search" and recipe.validation is None:
        raise ValueError("--widths search judges by pictures: give --set validation.hr=FOLDER")
    if recipe.training.devices != "one":
        raise ValueError('--widths trains on one device: set training.devices = "one"')
    if section.way == "squeeze":
        if section.widest <= section.ratio:
            raise ValueError(
                "Expected widths.widest above widths.ratio. "
                f"Received: {section.widest} and {section.ratio:g}"
            )
        before = squeeze_steps(recipe)
        if not 0 < before < steps:
            raise ValueError(
                f"Expected training.steps of two epochs or more. Received: {steps}, epochs of "
                f"{recipe.training.epoch}"
            )


def run_widths(recipe: Recipe, folder: Path, out: Path, reporter: Reporter) -> Card:
    """Find the widths, train the network, write its preset; the card says how they came about."""
    from sr_app.networks.presets import write_card

    check_widths(recipe)
    way = run_squeezed if recipe.widths.way == "squeeze" else run_searched
    card, told = way(recipe, folder, out, reporter)
    told = {**recipe.widths.model_dump(), **told}
    return write_card(replace(card, training={**card.training, "widths": told}))


def run_searched(recipe: Recipe, folder: Path, out: Path, reporter: Reporter) -> tuple[Card, dict]:
    """The best of a short search, trained as any other network."""
    from sr_app.jobs.events import Note
    from sr_app.jobs.train_stage import run_recipe

    found, told = find_widths(recipe, folder / "search", reporter)
    reporter(Note(f"widths: {found}"))
    return run_recipe(with_network(recipe, found), folder, out, reporter), told


def find_widths(recipe: Recipe, folder: Path, reporter: Reporter) -> tuple[Genotype, dict]:
    """(genotype, what the card says) of the candidate with the best validation."""
    from sr_app.jobs.events import counter
    from sr_app.recipes.schema import recipe_genotype
    from sr_app.search.channels import EVOLUTION, WidthSpace, budget_window
    from sr_app.search.evolution import evolve

    section, scale, uniform = recipe.widths, recipe.network.scale, recipe_genotype(recipe)
    space = WidthSpace(uniform, scale, budget_window(uniform, scale, section.ratio, section.slack))
    planned = section.population * (1 + section.generations)
    spent: list[float] = []
    progress = counter(reporter, "candidates")

    def watch(record, seconds: float) -> None:
        spent.append(seconds)
        progress(len(spent), planned)

    result = evolve(
        space,
        width_score(recipe, folder / "candidates"),
        objectives=("quality",),
        seed=recipe.training.seed,
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
    return best.genotype, {
        "operations": list(space.operations),
        "candidates": len(result.candidates),
        "validation_psnr": round(-best.objectives[0], 4),
        "search_seconds": round(sum(spent), 1),
    }


def width_score(recipe: Recipe, folder: Path):
    """Short trainings on the recipe's pictures, as ``search.proxy`` has them."""
    from sr_app.jobs.train_data import sources
    from sr_app.search.proxy import Proxy

    training, steps = recipe.training, recipe.widths.candidate_steps
    return Proxy(
        sources=sources(recipe.data, recipe.network.scale),
        cache=recipe.data.cache,
        validation=recipe.validation.hr,
        pictures=recipe.validation.pictures,
        folder=folder,
        scale=recipe.network.scale,
        steps=steps,
        epoch=steps,
        batch=training.batch,
        patch=training.patch,
        learning_rate=training.learning_rate,
        warmup=min(training.warmup, steps // 4),
        loss=training.loss,
        jit=training.jit,
        seed=training.seed,
    )


def run_squeezed(recipe: Recipe, folder: Path, out: Path, reporter: Reporter) -> tuple[Card, dict]:
    """Widen, train with a cost on every channel, squeeze, fine-tune with the other steps."""
    from sr_app.jobs.events import Note
    from sr_app.jobs.preset_writer import write_preset
    from sr_app.jobs.train_progress import watching
    from sr_app.jobs.train_stage import prepared_store, train_faithfully
    from sr_app.recipes.schema import recipe_genotype
    from sr_app.training.distribution import find_distribution
    from sr_app.training.squeezing import body_operations

    store, before = prepared_store(recipe, reporter), squeeze_steps(recipe)
    genotype, network = squeezed_network(recipe, store, folder / "widened", reporter)
    reporter(Note(f"widths: {genotype}"))
    rest = recipe.training.model_copy(update={"steps": recipe.training.steps - before})
    tuned = with_network(recipe, genotype).model_copy(update={"training": rest})
    watchers = watching(tuned, folder, reporter)
    train_faithfully(tuned, network, store, folder, find_distribution("one"), watchers)
    card = write_preset(tuned, network, folder, out, reporter)
    told = {
        "widened_steps": before,
        "body_operations_per_pixel": body_operations(genotype),
        "uniform": str(recipe_genotype(recipe)),
    }
    return card, told


def squeezed_network(
    recipe: Recipe, store, folder: Path, reporter: Reporter
) -> tuple[Genotype, object]:
    """(genotype, network) to be fine-tuned; the preset that it starts from is its teacher."""
    from sr_app.jobs.train_progress import ReportSteps
    from sr_app.jobs.train_stage import initial_network
    from sr_app.recipes.schema import recipe_genotype
    from sr_app.search.channels import expanded
    from sr_app.training.distillation import load_teacher
    from sr_app.training.losses import loss_named
    from sr_app.training.squeezing import body_operations, widened
    from sr_app.training.widening import train_and_squeeze

    section, uniform = recipe.widths, recipe_genotype(recipe)
    wide = widened(uniform, section.widest)
    training = recipe.training.model_copy(update={"steps": squeeze_steps(recipe)})
    return train_and_squeeze(
        initial_network(with_network(recipe, wide), reporter),
        wide,
        load_teacher(recipe.start, recipe.network.scale),
        store,
        folder,
        budget=body_operations(expanded(uniform, [section.ratio] * len(uniform.blocks))),
        loss=loss_named(training.loss),
        projection=section.projection,
        cost=section.cost,
        callbacks=(ReportSteps(reporter, training.steps, training.epoch, what="widened"),),
        **training.schedule(),
    )


def squeeze_steps(recipe: Recipe) -> int:
    """Steps of the widened network: the share, in whole epochs."""
    training = recipe.training
    return round(recipe.widths.share * training.steps / training.epoch) * training.epoch


def with_network(recipe: Recipe, genotype: Genotype) -> Recipe:
    """The recipe with another network, and no widths left to find."""
    network = type(recipe.network)(scale=recipe.network.scale, **genotype.to_json())
    return recipe.model_copy(update={"network": network, "widths": None})

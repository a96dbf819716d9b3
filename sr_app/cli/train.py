"""`sr-app train`: a recipe -> a preset. Run it again after a kill and it continues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.outputs import write_text

if TYPE_CHECKING:
    from sr_app.cli.recipes import Recipe, Section
    from sr_app.datasets.store import PictureStore
    from sr_app.networks.presets import Card
    from sr_app.training.distribution import Distribution


def train(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A TOML file or a shipped name.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the preset. [default: runs/NAME/preset/NAME]"),
    ] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Train a network as a recipe says and write it as a preset.

    Checkpoints lie in RUNS/NAME. After a kill the same command continues there; a changed recipe
    wants another --runs folder.
    """
    with clear_errors():
        from sr_app.cli.recipes import read_recipe, with_seed

        chosen = read_recipe(recipe, with_seed(settings, seed))
        folder = runs / chosen.name
        keep_recipe(chosen, folder)
        card = run_recipe(chosen, folder, out or folder / "preset" / chosen.name)
        typer.echo(
            f"{card.folder}: {card.parameters} parameters, {card.results or 'no results asked'}"
        )


def keep_recipe(recipe: Section, folder: Path) -> None:
    """Write the resolved recipe into the run's folder, or refuse a run begun with another one."""
    path = folder / "recipe.json"
    if path.is_file() and not same_recipe(path, recipe):
        raise ValueError(
            f"{folder} holds a run of another recipe (see {path}): choose another --runs folder, "
            "or delete it to start over"
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, recipe.model_dump_json(indent=2))


def same_recipe(path: Path, recipe: Recipe) -> bool:
    """Whether a kept recipe is this one; a key that was not known then has its default."""
    try:
        return type(recipe).model_validate_json(path.read_text(encoding="utf-8")) == recipe
    except ValueError:
        return False


def run_recipe(recipe: Recipe, folder: Path, out: Path) -> Card:
    """Data, network, training, preset."""
    from sr_app.cli.train_sections import check_sections

    check_sections(recipe)
    if recipe.selection:
        return run_on_selected(recipe, folder, out)
    if recipe.two_stage:
        return run_without_pairs(recipe, folder, out)
    if recipe.widths:
        raise ValueError("a recipe with a [widths] section is for sr-app compress --widths")
    from sr_app.training.distribution import find_distribution

    distribution = find_distribution(recipe.training.devices)
    distribution.check_batch(recipe.training.batch)
    store = prepared_store(recipe) if recipe.training.steps else None
    with distribution.scope():
        network = initial_network(recipe)
        if store:
            run_training(recipe, network, store, folder, distribution)
    return write_preset(recipe, network, folder, out)


def run_training(
    recipe: Recipe, network, store: PictureStore, folder: Path, distribution: Distribution
) -> None:
    """The training that the recipe's sections ask for."""
    from sr_app.cli.train_progress import TrainingBar, tensorboard

    settings = recipe.training
    callbacks = [TrainingBar(settings.steps, settings.epoch)]
    if settings.tensorboard:
        callbacks.append(tensorboard(folder / "events"))
    if recipe.perceptual:
        from sr_app.cli.train_perceptual import train_perceptually as train_as_asked
    else:
        train_as_asked = train_faithfully
    train_as_asked(recipe, network, store, folder, distribution, tuple(callbacks))


def train_faithfully(
    recipe: Recipe,
    network,
    store: PictureStore,
    folder: Path,
    distribution: Distribution,
    callbacks: tuple,
) -> None:
    """The training section as plain arguments: on pixels, of a teacher too where one is named."""
    from sr_app.training.losses import loss_named
    from sr_app.training.run import train_supervised

    validation = recipe.validation
    train_supervised(
        network,
        store,
        folder,
        loss=loss_named(recipe.training.loss),
        **teacher_of(recipe),
        **recipe.training.schedule(),
        validation=validation.hr if validation else None,
        validation_pictures=validation.pictures if validation else None,
        distribution=distribution,
        callbacks=callbacks,
    )


def teacher_of(recipe: Recipe) -> dict:
    """The distillation section as arguments of the training; none without it."""
    if recipe.distillation is None:
        return {}
    from sr_app.training.distillation import load_teacher

    section = recipe.distillation
    teacher = load_teacher(section.teacher, recipe.network.scale)
    return {"teacher": teacher, "teacher_share": section.share, "affinity": section.affinity}


def run_on_selected(recipe: Recipe, folder: Path, out: Path) -> Card:
    """The same on patches of one kind, taught by a preset."""
    from dataclasses import replace

    from sr_app.cli.train_selected import train_on_selected
    from sr_app.networks.presets import write_card

    network = initial_network(recipe)
    told = train_on_selected(recipe, network, folder)
    card = write_preset(recipe, network, folder, out)
    return write_card(replace(card, training={**card.training, "selection": told}))


def run_without_pairs(recipe: Recipe, folder: Path, out: Path) -> Card:
    """The same in two stages; nothing to validate on, for there are no pairs."""
    from sr_app.cli.train_two_stage import train_in_two_stages

    network = initial_network(recipe)
    train_in_two_stages(recipe, network, folder)
    return write_preset(recipe, network, folder, out)


def initial_network(recipe: Recipe):
    """The recipe's network, with the weights of its ``start`` preset where they fit."""
    import keras

    from sr_app.cli.recipes import recipe_genotype
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.interpolation import mean_network
    from sr_app.networks.presets import load_preset
    from sr_app.training.conversion import convert

    keras.config.set_dtype_policy(recipe.training.precision)
    keras.utils.set_random_seed(recipe.training.seed)
    network = build_esrn(recipe_genotype(recipe), recipe.network.scale)
    if starts := recipe.starts():
        left = convert(mean_network([load_preset(name) for name in starts]), network)
        new = ", ".join(left) or "nothing"
        typer.echo(f"started from {' and '.join(starts)}; new: {new}", err=True)
    return network


def prepared_store(recipe: Recipe) -> PictureStore:
    """All pictures of the recipe in one store, prepared with a progress bar the first time."""
    from sr_app.cli.progress import progress_bar
    from sr_app.datasets.store import open_store

    sources = recipe.data.sources(recipe.network.scale)
    with progress_bar("preparing pictures") as progress:
        return open_store(sources, recipe.data.cache, scale=recipe.network.scale, progress=progress)


def write_preset(recipe: Recipe, network, folder: Path, out: Path) -> Card:
    """Weights, exported graph and card with measured results."""
    from dataclasses import replace

    from sr_app.cli.recipes import recipe_genotype
    from sr_app.cli.train_facts import training_facts
    from sr_app.inference.export import export_onnx
    from sr_app.inference.lowering import why_not_exported
    from sr_app.networks.presets import GRAPH, Card, save_preset, write_card

    card = Card(
        name=out.name,
        title=recipe.title,
        description=recipe.description,
        scale=recipe.network.scale,
        genotype=recipe_genotype(recipe),
        purpose=recipe.purpose,
        training=training_facts(recipe, folder),
        folder=out,
    )
    network = in_float32(recipe, network)
    card = save_preset(network, card)
    if reason := why_not_exported(network):
        typer.echo(f"no graph: {reason}", err=True)
    else:
        export_onnx(network, out / GRAPH, scale=card.scale)
        card = write_card(replace(card, graph=GRAPH))
    return write_card(replace(card, results=measure_results(recipe, card)))


def in_float32(recipe: Recipe, network):
    """The same weights in a network that computes in float32, as presets and their graphs do."""
    if recipe.training.precision == "float32":
        return network
    import keras

    from sr_app.cli.recipes import recipe_genotype
    from sr_app.networks.esrn import build_esrn

    keras.config.set_dtype_policy("float32")
    exact = build_esrn(recipe_genotype(recipe), recipe.network.scale)
    exact.set_weights(network.get_weights())
    return exact


def measure_results(recipe: Recipe, card: Card) -> dict:
    """Scores (protocol y) on the recipe's result folders that are there; others are null.

    PSNR and SSIM, and LPIPS of a perceptual training where its weights are.
    """
    from sr_app.evaluation.benchmark import evaluate
    from sr_app.inference.upscaler import Upscaler
    from sr_app.networks.features import has_weights

    metrics = ["psnr", "ssim"]
    if recipe.perceptual and has_weights("squeeze"):
        metrics.append("lpips")
    upscaler = Upscaler.from_preset(card.folder)
    results = {}
    for name, folder in recipe.results.items():
        if not folder.is_dir():
            results[name] = None
            continue
        mean = evaluate(upscaler, folder, scale=card.scale, metrics=metrics).mean
        results[name] = {"protocol": "y", **{key: round(value, 4) for key, value in mean.items()}}
    return results

"""What a training leaves: weights, exported graph, and a card with measured results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import keras

from sr_app.evaluation.benchmark import Observation, Upscale, evaluate
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.evaluation.rounding import CARD_DIGITS
from sr_app.files.replacement import temporary_folder
from sr_app.image.files import PhotoError
from sr_app.inference.export import export_onnx
from sr_app.inference.lowering import why_not_exported
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.compression_account import account
from sr_app.jobs.events import Note, Reporter, silent
from sr_app.jobs.run_folder import read_facts
from sr_app.jobs.train_checks import missing_results
from sr_app.jobs.train_facts import as_made, training_facts
from sr_app.networks.families import build_network
from sr_app.networks.features import has_weights
from sr_app.networks.presets import CARD, GRAPH, Card, read_card, save_preset, write_card
from sr_app.recipes.schema import Recipe
from sr_app.recipes.stage_sections import PerceptualSection, Stage

UNROUNDED = ("psnr", "ssim")
"""Metrics that a card has under both lumas that papers use."""


def write_preset(
    recipe: Recipe,
    network: keras.Model,
    folder: Path,
    out: Path,
    reporter: Reporter,
    *,
    unfinished: dict | None = None,
) -> Card:
    """Weights, graph and card with measured results, of a run whose stages have all ended.

    unfinished: facts of the last stage where that is still in training.

    They are made beside ``out`` and moved there at the end: a preset that is there is finished.
    """
    facts = read_facts(folder / recipe.stages[-1].folder) or unfinished or {}
    made = as_made(recipe.stages[-1], facts)
    out.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(out) as place:
        card = Card(
            name=out.name,
            title=recipe.title,
            description=recipe.description,
            scale=made.network.scale,
            network=made.network.described(),
            purpose=recipe.purpose,
            vivid=recipe.vivid,
            border=recipe.border,
            training=training_facts(recipe, folder, unfinished),
            folder=place,
        )
        network = in_float32(made, network)
        card = save_preset(network, card)
        if reason := why_not_exported(network):
            reporter(Note(f"no graph: {reason}"))
        else:
            export_onnx(network, place / GRAPH, scale=card.scale)
            card = write_card(replace(card, graph=GRAPH))
        card = write_card(replace(card, results=measure_results(recipe, card, reporter)))
        if recipe.compressed_from is not None:
            source = read_card(recipe.compressed_from)
            compression = account(source, card, recipe.stages[-1].validation)
            card = write_card(replace(card, compression=compression))
        move_files(place, out)
    return replace(card, folder=out)


def move_files(place: Path, out: Path) -> None:
    """Move a preset to its folder; where there is one already, file by file, the card last."""
    if not out.exists():
        place.rename(out)
        return
    for path in sorted(place.iterdir(), key=lambda path: path.name == CARD):
        path.replace(out / path.name)


def in_float32(stage: Stage, network: keras.Model) -> keras.Model:
    """The network's weights in one that computes in float32, as presets and their graphs do."""
    if stage.training.precision == "float32":
        return network
    keras.config.set_dtype_policy("float32")
    exact = build_network(stage.network.described(), stage.network.scale)
    exact.set_weights(network.get_weights())
    return exact


def measure_results(recipe: Recipe, card: Card, reporter: Reporter = silent) -> dict:
    """Scores on the recipe's result folders that are there; others are null.

    So are those of a folder with a picture that cannot be scored, for its mean would be that of
    another set; a note names the picture.

    PSNR and SSIM, and LPIPS where a stage was perceptual and the weights of LPIPS are there.
    """
    metrics = ["psnr", "ssim"]
    if any(stage.section(PerceptualSection) for stage in recipe.stages) and has_weights("squeeze"):
        metrics.append("lpips")
    upscaler = Upscaler.from_preset(card.folder)
    results, missing = {}, missing_results(recipe)
    for name, pictures in recipe.results.items():
        if name in missing:
            results[name] = None
            continue
        hr, lr = (pictures, None) if isinstance(pictures, Path) else (pictures.hr, pictures.lr)
        try:
            results[name] = measure_set(upscaler, hr, lr, card.scale, metrics)
        except PhotoError as error:
            reporter(Note(f"{name} is not measured: {error}"))
            results[name] = None
    return results


def measure_set(
    upscale: Upscale, hr: Path, lr: Path | None, scale: int, metrics: Sequence[str]
) -> dict:
    """A card's entry: means under protocol y, and PSNR and SSIM of the same under y_unrounded.

    Raises:
        PhotoError: for a picture that cannot be scored.
    """
    unrounded: list[dict[str, float]] = []

    def observe(seen: Observation) -> None:
        unrounded.append(PROTOCOLS["y_unrounded"].score(seen.hr, seen.sr, scale, UNROUNDED))

    options = {"metrics": metrics, "strict": True, "lr_folder": lr, "observe": observe}
    mean = dict(evaluate(upscale, hr, scale=scale, **options).mean)
    for name in UNROUNDED:
        mean[f"{name}_unrounded"] = fmean(scores[name] for scores in unrounded)
    return {"protocol": "y", **{key: round(value, CARD_DIGITS) for key, value in mean.items()}}

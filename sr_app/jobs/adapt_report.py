"""The page of an adaptation: what the translator learnt, and photos before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sr_app.evaluation.niqe import niqe
from sr_app.image.colour import to_float
from sr_app.image.files import read_photo
from sr_app.image.resize import imresize
from sr_app.image.statistics import WINDOW, grey, mean_spectrum, middle, noise_level
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.adapt_photos import PhotoSelection
from sr_app.networks.presets import Card
from sr_app.recipes.schema import Recipe
from sr_app.recipes.stage_sections import TwoStageSection

SHOWN, SIDE = 6, 96  # strips, and pixels a side of what is enlarged in them
COMPARED, LARGEST = 12, 512  # pictures of each side whose spectra are averaged; pixels a side


def make_report(
    recipe: Recipe, chosen: PhotoSelection, folder: Path, out: Path, *, vivid: Card | None = None
) -> str:
    """The page as text; with the vivid end, where there is one."""
    from sr_app.evaluation.report import make_adaptation_html  # loads matplotlib

    real = [middle(read_photo(path).rgb, LARGEST) for path in chosen.paths[:COMPARED]]
    synthetic, translated = translated_lr(recipe, folder)
    sides = {"real": real, "synthetic": synthetic, "translated": translated}
    sides = {name: pictures for name, pictures in sides.items() if pictures}
    spectra = {name: mean_spectrum(pictures) for name, pictures in sides.items()}
    noise = {
        name: float(np.median([noise_level(grey(picture)) for picture in pictures]))
        for name, pictures in sides.items()
    }
    stage = recipe.stages[0]
    two_stage = stage.required(TwoStageSection)
    strips = before_and_after(stage.presets()[0], chosen, out, vivid.folder if vivid else None)
    facts = {
        "Photos": chosen.words(),
        "Started from": Path(stage.presets()[0]).name,
        "Steps": f"translation {two_stage.translation_steps}, super-resolution "
        f"{stage.training.steps}, together {two_stage.joint_steps}",
        **({"Vivid end": f"{vivid.name}, {vivid.training['steps']} steps more"} if vivid else {}),
        **naturalness(strips),
    }
    if len(sides) == 1:
        facts["Not shown"] = "synthetic and translated LR: too small here for a spectrum"
    return make_adaptation_html(out.name, facts, spectra, noise, strips)


def translated_lr(recipe: Recipe, folder: Path) -> tuple[list, list]:
    """Synthetic LR, and what the trained translator makes of it: float (h, w, 3) in [0, 1].

    Of those that are large enough for a spectrum: none where photos are small.
    """
    from sr_app.jobs.train_two_stage import initial_translation, prepared_crops
    from sr_app.training.two_stage import TO_REAL

    translator = initial_translation(recipe.stages[0]).to_real
    translator.load_weights(folder / "joint" / TO_REAL)
    store = prepared_crops(recipe.stages[0]).store
    pictures = [middle(store.pair(index)[0], LARGEST) for index in range(min(COMPARED, len(store)))]
    synthetic = [to_float(picture) for picture in pictures if min(picture.shape[:2]) >= WINDOW]
    made = [np.clip(np.asarray(translator(picture[None])[0]), 0, 1) for picture in synthetic]
    return synthetic, made


def before_and_after(
    base: str, chosen: PhotoSelection, out: Path, vivid: Path | None = None
) -> list[dict[str, np.ndarray]]:
    """Strips of the first photos: name -> the middle by bicubic, the base, the new presets."""
    presets = {"before": base, "after": out, **({"vivid": vivid} if vivid else {})}
    networks = {name: Upscaler.from_preset(preset) for name, preset in presets.items()}
    strips = []
    for path in chosen.paths[:: max(1, len(chosen.paths) // SHOWN)][:SHOWN]:
        lr = middle(read_photo(path).rgb, SIDE)
        larger = imresize(lr, networks["after"].scale).clip(0, 1)
        made = {name: np.asarray(network(lr)) for name, network in networks.items()}
        strips.append({"bicubic": larger, **made})
    return strips


def naturalness(strips: list[dict[str, np.ndarray]]) -> dict[str, str]:
    """Mean NIQE of what the strips show, where they are large enough for it."""
    try:
        means = {
            name: np.mean([niqe(np.asarray(strip[name])) for strip in strips]) for name in strips[0]
        }
    except ValueError:  # fewer than two patches
        return {}
    return {
        "NIQE, lower is more natural": ", ".join(f"{name} {v:.2f}" for name, v in means.items())
    }

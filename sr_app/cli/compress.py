"""`sr-app compress`: a preset -> one of cheaper convolutions, with what that saves and costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.inspect import SAVES

if TYPE_CHECKING:
    from sr_app.cli.recipes import Recipe
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import Card

FIGURES = ("parameters", "stored_bytes", "multiply_adds", "operations", "millijoules")


def compress(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    conv: Annotated[str, typer.Option(help=f"Kind of convolution: {', '.join(SAVES)}.")],
    out: Annotated[Path, typer.Option(help="Folder of the new preset; its name is the preset's.")],
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Recipe whose data and schedule the fine-tuning has. [the preset's]",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Turn a preset's convolutions into a cheaper kind and fine-tune it.

    The new network starts from the preset's weights where the method allows. After a kill the
    same command continues in RUNS/NAME. The card says what was saved and what it cost in dB.
    """
    with clear_errors():
        from sr_app.cli.recipes import read_recipe
        from sr_app.cli.train import keep_recipe, run_recipe
        from sr_app.networks.presets import read_card, write_card

        source = read_card(preset)
        changes = [*(settings or []), *([f"seed={seed}"] if seed is not None else [])]
        chosen = compressed_recipe(
            read_recipe(recipe or source.name, changes),
            source,
            compressed_genotype(source, conv),
            start=preset,
            name=out.name,
        )
        folder = runs / chosen.name
        keep_recipe(chosen, folder)
        try:
            card = run_recipe(chosen, folder, out)
        except FloatingPointError as error:
            typer.echo(f"sr-app: {error}", err=True)
            raise typer.Exit(1) from None
        card = write_card(replace(card, compression=account(source, card)))
        typer.echo(summary(card))


def compressed_genotype(source: Card, conv: str) -> Genotype:
    """The preset's network in another kind of convolution, widths as they are.

    Raises:
        ValueError: for a kind that is unknown, or that the preset has already.
    """
    if conv not in SAVES:
        raise ValueError(f"Expected --conv among {', '.join(SAVES)}. Received: {conv!r}")
    if source.genotype.conv not in ("conv", "rep"):
        raise ValueError(
            f"Expected a preset of ordinary convolutions. {source.name} has {source.genotype.conv}"
        )
    return replace(source.genotype, conv=conv)


def compressed_recipe(
    recipe: Recipe, source: Card, genotype: Genotype, *, start: str, name: str
) -> Recipe:
    """The recipe's data and schedule for another network, started from the preset.

    Raises:
        ValueError: for a recipe that trains on more than pixels.
    """
    if recipe.perceptual or recipe.two_stage:
        raise ValueError(
            "Expected a recipe that trains on pixels alone: give one with --recipe. "
            f"Received: {recipe.name}"
        )
    network = type(recipe.network)(scale=source.scale, **genotype.to_json())
    changes = {
        "name": name,
        "title": f"{source.title}, {genotype.conv}",
        "description": f"{source.description} Compressed from {source.name}.",
        "start": start,
        "network": network,
    }
    return recipe.model_copy(update=changes)


def account(source: Card, card: Card) -> dict:
    """What the card says of the compression: pairs (before, after), and differences in dB."""
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn

    costs = [measure_cost(build_esrn(one.genotype, one.scale), one.scale) for one in (source, card)]
    sizes = [one.file(one.weights).stat().st_size for one in (source, card)]
    return {
        "from": source.name,
        "conv": card.genotype.conv,
        "saves": SAVES[card.genotype.conv],
        **{name: [getattr(cost, name) for cost in costs] for name in FIGURES},
        "weights_file_bytes": sizes,
        "psnr_change_db": {name: change(source, card, name) for name in card.results},
    }


def change(source: Card, card: Card, name: str) -> float | None:
    """PSNR of the new preset less that of the old on one data set; None unless both are known."""
    results = [one.results.get(name) or {} for one in (source, card)]
    before, after = (result.get("psnr") for result in results)
    same = results[0].get("protocol") == results[1].get("protocol")
    return round(after - before, 4) if same and None not in (before, after) else None


def summary(card: Card) -> str:
    """What a person reads at the end."""
    facts = card.compression
    (before, after), changes = facts["weights_file_bytes"], facts["psnr_change_db"]
    cost = ", ".join(
        f"{name} {value:+.2f} dB" for name, value in changes.items() if value is not None
    )
    return (
        f"{card.folder}: weights {before} -> {after} bytes, {cost or 'dB not measured'}. "
        f"{facts['saves']}"
    )

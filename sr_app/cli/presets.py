"""`sr-app presets`: the trained networks that are here, with what was measured of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.networks.presets import Card, list_presets, search_path

HEADS = ("preset", "scale", "for", "parameters", "multiply-adds", "graph", "measured")
UNKNOWN = "-"


def presets(
    as_json: Annotated[bool, typer.Option("--json", help="Print the cards as JSON.")] = False,
) -> None:
    """List the presets with their size and measured quality.

    They are looked for in the folders of SR_APP_MODELS, then among the shipped ones.
    """
    with clear_errors():
        cards = list_presets()
        if as_json:
            typer.echo(json.dumps([with_folder(card) for card in cards], indent=2))
        elif cards:
            typer.echo(escaped(as_table(cards)))
        else:
            typer.echo("no presets in " + ", ".join(map(str, search_path())), err=True)


def with_folder(card: Card) -> dict:
    """The card as JSON types, and where its files lie."""
    return {**card.to_json(), "folder": str(card.folder)}


def as_table(cards: list[Card]) -> str:
    """Cards as lines of text in columns, a measured data set in each line of its own."""
    rows = [HEADS]
    for card in cards:
        first, *others = [f"{name} {figures(result)}" for name, result in card.results.items()] or [
            UNKNOWN
        ]
        rows.append((*facts(card), first))
        rows += [("",) * (len(HEADS) - 1) + (line,) for line in others]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def facts(card: Card) -> tuple[str, ...]:
    """What a card says of its network, in the order of the heads; a figure it lacks is a dash."""
    thousands = UNKNOWN if card.parameters is None else f"{card.parameters / 1e3:.1f}K"
    billions = UNKNOWN if card.multiply_adds is None else f"{card.multiply_adds / 1e9:.1f}G"
    graph = "yes" if card.graph else "no"
    return card.name, f"x{card.scale}", card.purpose, thousands, billions, graph


def figures(result: dict | None) -> str:
    """PSNR and SSIM as they are printed everywhere, with their protocol."""
    if not result or result.get("psnr") is None:
        return UNKNOWN
    ssim = UNKNOWN if result.get("ssim") is None else f"{result['ssim']:.4f}"
    return f"{result['psnr']:.2f} dB / {ssim} ({result.get('protocol', UNKNOWN)})"

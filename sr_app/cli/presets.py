"""`sr-app presets`: the trained networks that are here, with what was measured of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.networks.card import STUDY
from sr_app.networks.presets import Card, list_presets, search_path

CHOICE = ("for", "presets", "Set5", "what it does")
HEADS = ("preset", "scale", "for", "parameters", "multiply-adds", "graph", "measured")
UNKNOWN = "-"


def presets(
    every: Annotated[
        bool, typer.Option("--all", help="Each preset with all its figures, studies too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all cards as JSON.")] = False,
) -> None:
    """List the presets with their size and measured quality.

    They are looked for in the folders of SR_APP_MODELS, then among the shipped ones. Those of one
    network share a line; what was trained to be compared with is listed with --all.
    """
    with clear_errors():
        cards = list_presets()
        if as_json:
            typer.echo(json.dumps([with_folder(card) for card in cards], indent=2))
        elif cards:
            typer.echo(escaped(as_table(cards) if every else as_choice(cards)))
        else:
            typer.echo("no presets in " + ", ".join(map(str, search_path())), err=True)


def as_choice(cards: list[Card]) -> str:
    """What somebody would choose: a line for each network, with its presets by factor."""
    networks: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        if card.purpose != STUDY:
            networks.setdefault((card.purpose, card.description), []).append(card)
    ordered = sorted(networks.items(), key=lambda item: (order(item[0][0]), item[1][0].name))
    rows: list[tuple[str, ...]] = [CHOICE]
    for (purpose, description), ones in ordered:
        ones = sorted(ones, key=lambda card: (card.scale, card.name))
        names = ", ".join(card.name for card in ones)
        rows.append((purpose, names, ", ".join(map(decibels, ones)), description))
    hidden = sum(card.purpose == STUDY for card in cards)
    also = f" and {hidden} studies" if hidden else ""
    return f"{in_columns(rows)}\n\nEvery figure{also}: sr-app presets --all"


def order(purpose: str) -> int:
    """Place of a purpose in the list; unknown ones come last."""
    known = ("clean", "vivid", "real", "real_vivid", "fast")
    return known.index(purpose) if purpose in known else len(known)


def decibels(card: Card) -> str:
    """PSNR on Set5, or a dash."""
    psnr = (card.results.get("Set5") or {}).get("psnr")
    return UNKNOWN if psnr is None else f"{psnr:.2f} dB"


def with_folder(card: Card) -> dict:
    """The card as JSON types, and where its files lie."""
    return {**card.to_json(), "folder": str(card.folder)}


def as_table(cards: list[Card]) -> str:
    """Cards as lines of text in columns, a measured data set in each line of its own."""
    rows: list[tuple[str, ...]] = [HEADS]
    for card in cards:
        first, *others = [f"{name} {figures(result)}" for name, result in card.results.items()] or [
            UNKNOWN
        ]
        rows.append((*facts(card), first))
        rows += [("",) * (len(HEADS) - 1) + (line,) for line in others]
    return in_columns(rows)


def in_columns(rows: list[tuple[str, ...]]) -> str:
    """Rows of text, each column as wide as its widest entry."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
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

"""`sr-app presets`: the trained networks that are here, with what was measured of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.networks.card import STUDY
from sr_app.networks.licences import shown_licence
from sr_app.networks.presets import Card, list_presets, search_path

CHOICE = ("for", "presets", "Set5", "what it does")
HEADS = ("preset", "scale", "for", "parameters", "multiply-adds", "graph", "measured")
UNKNOWN = "-"

ADD = (
    "sr-app presets add network.onnx --licence MIT --source https://example.org/network",
    "sr-app presets add network.onnx --name my_network --purpose anime",
    "sr-app presets add realesrgan-x4plus.param",
    "sr-app presets add 4x_Compact.pth --licence CC-BY-4.0",
)

presets = typer.Typer(help="List the presets with their size and measured quality.")


@presets.callback(invoke_without_command=True)
def list_all(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Each preset with all its figures, studies too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all cards as JSON.")] = False,
) -> None:
    """List the presets with their size and measured quality.

    They are looked for in the folders of SR_APP_MODELS, among the shipped ones, then among your own
    (~/.local/share/sr-app/models). Those of one network share a line; what was trained to be
    compared with is listed with --all. A network of your own becomes one by `sr-app presets add`.
    """
    if context.invoked_subcommand is not None:
        return
    with clear_errors():
        cards = list_presets()
        if as_json:
            typer.echo(json.dumps([with_folder(card) for card in cards], indent=2))
        elif cards:
            typer.echo(escaped(as_table(cards) if every else as_choice(cards)))
        else:
            typer.echo("no presets in " + ", ".join(map(str, search_path())), err=True)


@presets.command("add", epilog="\n\n".join(ADD))
def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An .onnx, .param, .pth or .safetensors.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Of the preset. [default: the file's, with the factor]")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="As its author says, such as CC-BY-NC-4.0.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where it comes from, an address.")] = None,
    purpose: Annotated[str, typer.Option(help="What it is for, in a word.")] = "own",
) -> None:
    """Make a preset of a network that was trained elsewhere.

    Nothing has to be told of it: its axes, sizes, factor, range, order of channels and how far it
    looks are found out by running it, and said. The preset goes into the first folder of
    SR_APP_MODELS, else into ~/.local/share/sr-app/models, with a picture: bicubic beside the
    network's result.

    ONNX, its weights inside, needs nothing more to be installed. ncnn's two files, a .param with
    its .bin beside it, need the ncnn extra. PyTorch's .pth and .safetensors, weights of
    architectures that spandrel knows, need the torch extra while they are added: they are written
    as ONNX.
    """
    with clear_errors():
        from sr_app.cli.progress import progress_bar
        from sr_app.jobs.events import Progress
        from sr_app.jobs.import_network import ImportPlan, import_network

        plan = ImportPlan(file, name, licence, source, purpose)
        with progress_bar("finding out") as progress:

            def show(event: object) -> None:
                if isinstance(event, Progress):
                    progress(event.done, event.total)

            made = import_network(plan, reporter=show)
        lines = [f"{made.card.name}: {made.card.folder}", *made.findings]
        lines += [f"licence: {shown_licence(made.card.licence)}", f"a picture pair: {made.pair}"]
        typer.echo(escaped("\n  ".join(lines)))
        for warning in made.warnings:
            typer.echo(f"sr-app: warning: {escaped(warning)}", err=True)


@presets.command("push", epilog="sr-app presets push my_network_x2 me/my_network_x2")
def push(
    name: Annotated[str, typer.Argument(metavar="PRESET", help="A preset's name or folder.")],
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Of the hub.")],
    private: Annotated[bool, typer.Option(help="If the repository is made now.")] = False,
    revision: Annotated[str | None, typer.Option(help="A branch. [default: the main one]")] = None,
) -> None:
    """Put a preset into a repository of the Hugging Face hub: its card and the files it names.

    Needs the hub extra, and a token (HF_TOKEN, or that of `hf auth login`). HF_ENDPOINT names
    another hub.
    """
    with clear_errors():
        from sr_app.jobs.hub import Hub, push_preset

        typer.echo(escaped(push_preset(name, Hub(repository, revision), private=private)))


@presets.command("pull", epilog="sr-app presets pull somebody/a_network_x4 --name a_network_x4")
def pull(
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Of the hub.")],
    name: Annotated[
        str | None, typer.Option(help="Of the preset here. [default: its card's]")
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="A branch, tag or commit. [default: the main branch]")
    ] = None,
) -> None:
    """Fetch a preset from a repository of the Hugging Face hub.

    Its files must be those of its card's SHA-256, and its graph whole in itself. It goes into the
    first folder of SR_APP_MODELS, else into ~/.local/share/sr-app/models. Needs the hub extra.
    """
    with clear_errors():
        from sr_app.jobs.hub import Hub, pull_preset

        card = pull_preset(Hub(repository, revision), name=name)
        terms = f"licence: {shown_licence(card.licence)}"
        typer.echo(escaped(f"{card.name}: {card.folder}\n  factor {card.scale}\n  {terms}"))


def as_choice(cards: list[Card]) -> str:
    """What somebody would choose: a line for each network, with its presets by factor."""
    networks: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        if card.purpose != STUDY:
            networks.setdefault((card.purpose, flagged(card)), []).append(card)
    ordered = sorted(networks.items(), key=lambda item: (order(item[0][0]), item[1][0].name))
    rows: list[tuple[str, ...]] = [CHOICE]
    for (purpose, description), ones in ordered:
        ones = sorted(ones, key=lambda card: (card.scale, card.name))
        names = ", ".join(card.name for card in ones)
        rows.append((purpose, names, ", ".join(map(decibels, ones)), description))
    hidden = sum(card.purpose == STUDY for card in cards)
    also = f" and {hidden} studies" if hidden else ""
    return f"{in_columns(rows)}\n\nEvery figure{also}: sr-app presets --all"


def flagged(card: Card) -> str:
    """What it does; with the licence where that forbids commercial use and it is not said yet."""
    shown = shown_licence(card.licence)
    return card.description if shown == card.licence else f"{card.description} Licence: {shown}."


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
    return {**card.to_json(), "licence": shown_licence(card.licence), "folder": str(card.folder)}


def as_table(cards: list[Card]) -> str:
    """Cards as lines of text in columns, a measured data set in each line of its own."""
    rows: list[tuple[str, ...]] = [HEADS]
    for card in cards:
        first, *others = [f"{name} {figures(result)}" for name, result in card.results.items()] or [
            UNKNOWN
        ]
        shown = shown_licence(card.licence)
        first = first if shown == card.licence else f"{first}; licence: {shown}"
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

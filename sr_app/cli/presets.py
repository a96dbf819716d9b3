"""`sr-app presets`: the trained networks that are here, with what was measured of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.cli.preset_list import as_choice, as_table, with_folder
from sr_app.cli.presets_hub import PULL, PUSH, pull, push
from sr_app.networks.licences import shown_licence
from sr_app.networks.presets import list_presets, search_path

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
    (~/.local/share/sr-app/models). Those of one network share a line, and a vivid one that is the
    other end of a slider is on that of the faithful one; --all lists each, and what was trained to
    be compared with. A network of your own becomes a preset by `sr-app presets add`.
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
        Path,
        typer.Argument(metavar="FILE", help="An .onnx, .param, .pth, .pt, .ckpt or .safetensors."),
    ],
    name: Annotated[
        str | None, typer.Option(help="Of the preset.", show_default="the file's, with the factor")
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(
            help="As its author says, such as CC-BY-NC-4.0.",
            show_default="what an ONNX file states",
        ),
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
    its .bin beside it, need the ncnn extra. PyTorch's .pth (.pt, .ckpt) and .safetensors, weights
    of architectures that spandrel knows, need the torch extra while they are added: they are
    written as ONNX.
    """
    with clear_errors():
        from sr_app.cli.progress import show_events
        from sr_app.jobs.import_network import ImportPlan, import_network

        plan = ImportPlan(file, name, licence, source, purpose)
        with show_events(notes=False) as report:
            made = import_network(plan, reporter=report)
        lines = [f"{made.card.name}: {made.card.folder}", *made.findings]
        lines += [f"licence: {shown_licence(made.card.licence)}", f"a picture pair: {made.pair}"]
        lines += [f"use it: sr-app upscale photo.jpg large.png --preset {made.card.name}"]
        typer.echo(escaped("\n  ".join(lines)))
        for warning in made.warnings:
            typer.echo(f"sr-app: warning: {escaped(warning)}", err=True)


@presets.command("remove", epilog="sr-app presets remove network_x4")
def remove(name: Annotated[str, typer.Argument(metavar="PRESET", help="Its name.")]) -> None:
    """Delete a preset that was added, pulled or put into a folder of SR_APP_MODELS.

    Its whole folder goes. Presets that came with the program stay.
    """
    with clear_errors():
        from sr_app.jobs.preset_place import remove_preset

        typer.echo(escaped(f"{name}: removed from {remove_preset(name).parent}"))


presets.command("push", epilog=PUSH)(push)
presets.command("pull", epilog=PULL)(pull)

"""The command `sr-app`: the table of its verbs, each imported when it is asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from sr_app import __version__
from sr_app.cli.ending import listen_for_endings
from sr_app.cli.errors import BAD_INPUT, clear_errors, one_line
from sr_app.cli.standard_streams import hold_closed_streams

ABOUT = "Photos made 2, 3 or 4 times larger, and the networks behind it."


class Verb(NamedTuple):
    """A verb is the function, or the group, of its name in the module of its name.

    help: the first line of its help. examples: the two commands that end the help;
    tests/cli/test_main.py runs them.
    """

    help: str
    examples: tuple[str, str]


VERBS = {
    "upscale": Verb(
        "Enlarge a photo, several, or every photo of a folder.",
        (
            "sr-app upscale photo.jpg photo_x4.png --scale 4",
            "sr-app upscale photos enlarged -r --resume --scale 2",
        ),
    ),
    "demo": Verb(
        "Serve the page: drop a photo, get it back 2, 3 or 4 times larger.",
        ("sr-app demo", "sr-app demo --port 7861 --browser"),
    ),
    "evaluate": Verb(
        "Score a preset or an interpolation on a folder of pictures: a table and its mean.",
        (
            "sr-app evaluate photos --method bicubic --scale 4",
            "sr-app evaluate photos --preset esrn_x4 --html report.html",
        ),
    ),
    "train": Verb(
        "Train a network as a recipe says and write it as a preset.",
        ("sr-app train esrn_x2", "sr-app train esrn_x2 --set steps=2000 --seed 1"),
    ),
    "search": Verb(
        "Search for networks that are good, small and fast, and keep every one that was tried.",
        (
            "sr-app search search_fast_x4 --workers local:2",
            'sr-app search --find "x4, 500 ms per megapixel"',
        ),
    ),
    "compress": Verb(
        "Turn a preset's convolutions into a cheaper kind, or have it teach a smaller network.",
        (
            "sr-app compress esrn_x2 --conv full_stack --out models/esrn_x2_full_stack",
            "sr-app compress esrn_x2 --student P_2_24_24,P_2_24_24 --out models/my_x2",
        ),
    ),
    "adapt": Verb(
        "Teach a preset the blur and the noise of your own camera.",
        (
            "sr-app adapt my_photos --out models/my_camera_x4",
            "sr-app adapt my_photos --out models/my_camera_x2 --base esrn_x2 --minutes 20",
        ),
    ),
    "inspect": Verb(
        "Count a network's parameters, operations, bytes and receptive field.",
        (
            "sr-app inspect S_4_16_32,G_4_16_32 --scale 2",
            "sr-app inspect C_4_16_32 --scale 4 --conv ghost --latency",
        ),
    ),
    "export": Verb(
        "Write a preset for other programs: ONNX, OpenVINO, LiteRT, darktable, a web folder.",
        ("sr-app export esrn_x2 esrn_x2.onnx", "sr-app export esrn_l_x2 --format darktable"),
    ),
    "presets": Verb(
        "List the presets with their size and measured quality.",
        ("sr-app presets", "sr-app presets --all"),
    ),
    "doctor": Verb(
        "Show versions, cores, memory, runtimes and presets, and check the presets' files.",
        ("sr-app doctor", "sr-app doctor --full --json"),
    ),
    "degrade": Verb(
        "Make a folder of LR pictures, each with a JSON file that says what was done to it.",
        (
            "sr-app degrade photos photos_mild --kind mild",
            "sr-app degrade photos photos_camera --kind camera --scale 2 --seed 1 --json",
        ),
    ),
    "data": Verb(
        "List, prepare and verify the data sets of training and evaluation.",
        ("sr-app data list", "sr-app data verify --layout flat photos"),
    ),
}


class VerbGroup(TyperGroup):
    """The table as a command: listing it imports nothing, running a verb imports that one."""

    def __init__(self, **settings) -> None:
        listed = {name: TyperCommand(name, help=verb.help) for name, verb in VERBS.items()}
        super().__init__(**{**settings, "commands": listed})

    def list_commands(self, ctx) -> list[str]:
        return list(VERBS)

    def resolve_command(self, ctx, args):
        """The verb that runs, in place of its line in the table."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load_verb(name) if listed and name else listed, rest


def load_verb(name: str):
    """Import a verb of the table and make a command of its function, or of its own verbs."""
    with clear_errors():
        verb = getattr(import_module(f"sr_app.cli.{name}"), name)
    epilog = "\n\n".join(VERBS[name].examples)
    alone = typer.Typer(rich_markup_mode=app.rich_markup_mode)
    alone.callback()(lambda: None)  # a group, of however few verbs
    if isinstance(verb, typer.Typer):
        alone.add_typer(verb, name=name, epilog=epilog)
    else:
        alone.command(name, epilog=epilog)(verb)
    command = typer.main.get_group(alone).commands[name]
    for each in (command, *getattr(command, "commands", {}).values()):
        paragraphs = (each.help or "").split("\n\n")
        each.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return command


app = typer.Typer(
    name="sr-app",
    cls=VerbGroup,
    help=ABOUT,
    epilog="sr-app presets\n\nsr-app inspect S_4_16_32,G_4_16_32 --scale 2",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sr-app {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Photos made 2, 3 or 4 times larger, and the networks behind it."""


def run() -> None:
    """Entry point of `sr-app` and of `python -m sr_app`."""
    # The native libraries write start-up notices to stderr; a setting from outside wins.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    hold_closed_streams()
    listen_for_endings()
    try:
        app(prog_name="sr-app")
    except OSError as error:  # a verb tells its own: this is of a help or a list that nothing takes
        typer.echo(f"sr-app: {one_line(error)}", err=True)
        sys.exit(BAD_INPUT)

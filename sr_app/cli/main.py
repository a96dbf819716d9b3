"""The command `sr-app`: the table of its verbs, each with two commands that run as printed."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sr_app import __version__
from sr_app.cli import (
    adapt,
    compress,
    data,
    degrade,
    demo,
    doctor,
    evaluate,
    export,
    inspect,
    presets,
    search,
    train,
    upscale,
)

app = typer.Typer(
    name="sr-app",
    help="Photos made 2, 3 or 4 times larger, and the networks behind it.",
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


# Name, function, and the two commands that end the verb's help: tests/cli/test_main.py runs them.
VERBS = (
    (
        "upscale",
        upscale.upscale,
        "sr-app upscale photo.jpg photo_x4.png --scale 4",
        "sr-app upscale photos enlarged -r --resume --scale 2",
    ),
    ("demo", demo.demo, "sr-app demo", "sr-app demo --port 7861 --browser"),
    (
        "evaluate",
        evaluate.evaluate,
        "sr-app evaluate photos --method bicubic --scale 4",
        "sr-app evaluate photos --preset esrn_x4 --scale 4 --html report.html",
    ),
    (
        "train",
        train.train,
        "sr-app train esrn_x2",
        "sr-app train esrn_x2 --set steps=2000 --seed 1",
    ),
    (
        "search",
        search.search,
        "sr-app search search_fast_x4 --workers local:2",
        'sr-app search --find "x4, 500 ms per megapixel"',
    ),
    (
        "compress",
        compress.compress,
        "sr-app compress esrn_x2 --conv full_stack --out models/esrn_x2_full_stack",
        "sr-app compress esrn_x2 --student P_2_24_24,P_2_24_24 --out models/my_x2",
    ),
    (
        "adapt",
        adapt.adapt,
        "sr-app adapt my_photos --out models/my_camera_x4",
        "sr-app adapt my_photos --out models/my_camera_x2 --base esrn_x2 --minutes 20",
    ),
    (
        "inspect",
        inspect.inspect,
        "sr-app inspect S_4_16_32,G_4_16_32 --scale 2",
        "sr-app inspect C_4_16_32 --scale 4 --conv ghost --latency",
    ),
    (
        "export",
        export.export,
        "sr-app export esrn_x2 esrn_x2.onnx",
        "sr-app export esrn_x4 esrn_x4.onnx --groups native",
    ),
    ("presets", presets.presets, "sr-app presets", "sr-app presets --json"),
    ("doctor", doctor.doctor, "sr-app doctor", "sr-app doctor --full --json"),
    (
        "degrade",
        degrade.degrade,
        "sr-app degrade photos photos_mild --kind mild",
        "sr-app degrade photos photos_camera --kind camera --scale 2 --seed 1 --json",
    ),
    ("data", data.data, "sr-app data list", "sr-app data verify --layout flat photos"),
)
for name, verb, *examples in VERBS:
    epilog = "\n\n".join(examples)
    if isinstance(verb, typer.Typer):  # a verb with verbs below it; Typer lists these last
        app.add_typer(verb, name=name, epilog=epilog)
    else:
        app.command(name, epilog=epilog)(verb)


def run() -> None:
    """Entry point of `sr-app` and of `python -m sr_app`."""
    # The native libraries write start-up notices to stderr; a setting from outside wins.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    app(prog_name="sr-app")

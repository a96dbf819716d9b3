"""`sr-app inspect`: what a network costs, counted from the built model."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.jobs import inspect as job

ROWS = {
    "parameters": "weights and biases, re-parameterised convolutions folded",
    "weights_without_bias": "as published formulas count",
    "multiply_adds": "for an output of 1280x720",
    "receptive_radius": "low-resolution pixels seen in each direction",
    "multiple_of": "heights and widths that the bare graph needs",
    "stored_bytes": "of all parameters, 32 bits or one bit each",
    "multiplications": "in float32, by the method's own count",
    "additions": "in float32, likewise",
    "binary_operations": "of one-bit numbers, likewise",
    "operations": "multiplications + binary operations / 64",
    "millijoules": "energy of the arithmetic, estimated: 45 nm, ISSCC 2014",
    "latency_ms": "measured: the exported graph on 128x128 low-resolution pixels",
}

COMPARED = (
    "parameters",
    "stored_bytes",
    "multiply_adds",
    "operations",
    "millijoules",
    "latency_ms",
)


def inspect(
    network: Annotated[
        str,
        typer.Argument(
            metavar="GENOTYPE|PRESET",
            help="Comma-separated blocks (S_4_24_32,C_4_16_32), or a preset's name or folder.",
        ),
    ],
    scale: Annotated[
        int | None,
        typer.Option(help="Factor: 2, 3, 4 or 8. A preset knows its own.", show_default=False),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Channels between a genotype's blocks.", show_default="32")
    ] = None,
    tail: Annotated[
        str | None,
        typer.Option(help="How it enlarges: published or anchor.", show_default="published"),
    ] = None,
    conv: Annotated[
        str | None,
        typer.Option(help="Kind of convolution, for instance ghost.", show_default="conv"),
    ] = None,
    latency: Annotated[
        bool, typer.Option("--latency", help="Also measure the exported graph on this machine.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count a network's parameters, operations, bytes and receptive field.

    A kind of convolution that saves something is set against ordinary convolutions.
    """
    with clear_errors():
        report = job.inspect(
            network, scale=scale, width=width, tail=tail, conv=conv, latency=latency
        )
    typer.echo(json.dumps(report, indent=2) if as_json else escaped(as_table(report)))


def as_table(report: dict) -> str:
    """The report for people: one quantity a line, with what it means."""
    head = f"{report['network']}  x{report['scale']}, "
    if "genotype" in report:
        head += f"width {report['width']}, {report['tail']} tail"
        head += f", {report['conv']} convolutions" * (report["conv"] != "conv")
    else:
        head += f"family {report['family']}"
    lines = [
        f"{name:22}{number(report[name]):>18}   {meaning}"
        for name, meaning in ROWS.items()
        if name in report
    ]
    return "\n".join([head, *lines, *comparison(report)])


def number(value: float | None) -> str:
    """With commas between thousands; a dash for what there is not."""
    return "-" if value is None else f"{value:,}"


def comparison(report: dict) -> list[str]:
    """A kind of convolution beside ordinary ones, and what it saves in words."""
    if "ordinary" not in report:
        return []
    ordinary = report["ordinary"]
    ratios = [
        f"{name} x{report[name] / ordinary[name]:.3f}"
        for name in COMPARED
        if report.get(name) is not None and ordinary.get(name)
    ]
    return ["Against ordinary convolutions: " + ", ".join(ratios), report["saves"]]

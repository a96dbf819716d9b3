"""`sr-app inspect`: what a network costs, counted from the built model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.quiet import quiet_start

if TYPE_CHECKING:
    from sr_app.networks.genotype import Genotype

ROWS = {
    "parameters": "weights and biases, re-parameterised convolutions folded",
    "weights_without_bias": "as published formulas count",
    "multiply_adds": "for an output of 1280x720",
    "receptive_radius": "low-resolution pixels seen in each direction",
    "multiple_of": "heights and widths that the bare graph needs",
}


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
        typer.Option(help="Factor: 2, 3 or 4. A preset knows its own.", show_default=False),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Channels between the blocks of a genotype. [32]")
    ] = None,
    tail: Annotated[
        str | None, typer.Option(help="How a genotype enlarges: published or anchor. [published]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count a network's parameters, multiply-adds and receptive field."""
    import json

    with clear_errors():
        genotype, scale = find_network(network, scale, width, tail)
        report = {
            "network": network,
            "genotype": str(genotype),
            "width": genotype.width,
            "conv": genotype.conv,
            "tail": genotype.tail,
            "scale": scale,
            **count(genotype, scale),
        }
    typer.echo(json.dumps(report, indent=2) if as_json else as_table(report))


def find_network(
    network: str, scale: int | None, width: int | None, tail: str | None
) -> tuple[Genotype, int]:
    """The genotype and the factor that the command line names.

    Raises:
        ValueError: for an unknown preset, a faulty block, or options that do not go together.
    """
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import read_card

    if not is_genotype(network):
        card = read_card(network)
        if scale not in (None, card.scale) or width is not None or tail is not None:
            raise ValueError(
                f"Expected no other --scale, --width or --tail with a preset: {card.name} is made "
                f"for x{card.scale}. Give its blocks instead: {card.genotype}"
            )
        return card.genotype, card.scale
    if scale not in (2, 3, 4):  # before Keras is loaded: that takes seconds
        raise ValueError(f"Expected --scale 2, 3 or 4 with a genotype. Received: {scale or 'none'}")
    given = {"width": width, "tail": tail}
    given = {key: value for key, value in given.items() if value is not None}
    return Genotype.parse(network, **given), scale


def is_genotype(network: str) -> bool:
    """Whether the text means blocks: a comma, or one letter in front of an underscore."""
    return "," in network or network[1:2] == "_"


def count(genotype: Genotype, scale: int) -> dict[str, int]:
    """Costs of the built network, under the names of `networks.cost.Cost`."""
    from dataclasses import asdict

    with quiet_start():
        from sr_app.networks.cost import measure_cost
        from sr_app.networks.esrn import build_esrn

    return asdict(measure_cost(build_esrn(genotype, scale), scale))


def as_table(report: dict) -> str:
    """The report for people: one quantity a line, with what it means."""
    head = (
        f"{report['network']}  x{report['scale']}, width {report['width']}, {report['tail']} tail"
    )
    lines = [f"{name:22}{report[name]:>18,}   {meaning}" for name, meaning in ROWS.items()]
    return "\n".join([head, *lines])

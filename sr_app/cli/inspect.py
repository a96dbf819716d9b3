"""`sr-app inspect`: what a network costs, counted from the built model."""

from __future__ import annotations

from dataclasses import asdict, replace
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
        typer.Option(help="Factor: 2, 3 or 4. A preset knows its own.", show_default=False),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Channels between the blocks of a genotype. [32]")
    ] = None,
    tail: Annotated[
        str | None, typer.Option(help="How a genotype enlarges: published or anchor. [published]")
    ] = None,
    conv: Annotated[
        str | None,
        typer.Option(help="Kind of convolution in the blocks, for instance ghost. [conv]"),
    ] = None,
    latency: Annotated[
        bool, typer.Option("--latency", help="Also measure the exported graph on this machine.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count a network's parameters, operations, bytes and receptive field.

    A kind of convolution that saves something is set against ordinary convolutions.
    """
    import json

    with clear_errors():
        genotype, scale = find_network(network, scale, width, tail, conv)
        report = {
            "network": network,
            "genotype": str(genotype),
            "width": genotype.width,
            "conv": genotype.conv,
            "tail": genotype.tail,
            "scale": scale,
            **count(genotype, scale, latency=latency),
        }
        if saved := what_is_saved(genotype):
            report["saves"] = saved
            report["ordinary"] = count(replace(genotype, conv="conv"), scale, latency=latency)
    typer.echo(json.dumps(report, indent=2) if as_json else as_table(report))


def find_network(
    network: str, scale: int | None, width: int | None, tail: str | None, conv: str | None = None
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
        return replace(card.genotype, conv=conv or card.genotype.conv), card.scale
    if scale not in (2, 3, 4):  # before Keras is loaded: that takes seconds
        raise ValueError(f"Expected --scale 2, 3 or 4 with a genotype. Received: {scale or 'none'}")
    given = {"width": width, "tail": tail, "conv": conv}
    given = {key: value for key, value in given.items() if value is not None}
    return Genotype.parse(network, **given), scale


def is_genotype(network: str) -> bool:
    """Whether the text means blocks: a comma, or one letter in front of an underscore."""
    return "," in network or network[1:2] == "_"


def count(genotype: Genotype, scale: int, *, latency: bool = False) -> dict[str, float | None]:
    """Costs of the built network, under the names of `networks.cost.Cost`.

    With ``latency`` that of the exported graph too, None where there is no graph.
    """
    with quiet_start():
        from sr_app.networks.cost import measure_cost
        from sr_app.networks.esrn import build_esrn

    model = build_esrn(genotype, scale)
    figures = asdict(measure_cost(model, scale))
    if latency:
        from sr_app.inference.latency import graph_milliseconds
        from sr_app.inference.lowering import why_not_exported

        has_graph = why_not_exported(model) is None
        time = round(graph_milliseconds(model, genotype, scale), 2) if has_graph else None
        figures["latency_ms"] = time
    return figures


def what_is_saved(genotype: Genotype) -> str:
    """What its kind of convolution is good for, in words; empty for ordinary ones."""
    with quiet_start():
        from sr_app.networks.esrn import savings

    return savings().get(genotype.conv, "")


def as_table(report: dict) -> str:
    """The report for people: one quantity a line, with what it means."""
    head = (
        f"{report['network']}  x{report['scale']}, width {report['width']}, {report['tail']} tail"
    )
    head += f", {report['conv']} convolutions" * (report["conv"] != "conv")
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

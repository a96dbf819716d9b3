"""What a network costs, counted from the built model, as a job."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from sr_app.files.quiet import quiet_start
from sr_app.networks.families import build_network, describe, family_of
from sr_app.networks.genotype import SCALES, Genotype
from sr_app.networks.presets import Card, read_card


def inspect(
    network: str,
    *,
    scale: int | None = None,
    width: int | None = None,
    tail: str | None = None,
    conv: str | None = None,
    latency: bool = False,
) -> dict[str, Any]:
    """Costs of a network by name; those of ordinary convolutions beside a kind that saves some.

    Args:
        network: comma-separated blocks, ``S_4_24_32,C_4_16_32``, or a preset by name or folder.
        scale: factor 2, 3, 4 or 8; a preset knows its own.
        width, tail, conv: of a genotype, as ``networks.genotype.Genotype``.
        latency: also time the exported graph on this machine, in milliseconds.

    Raises:
        ValueError: for an unknown preset, a faulty block, or options that do not go together.
    """
    if not is_genotype(network) and not isinstance((card := read_card(network)).network, Genotype):
        if (scale or card.scale, width, tail, conv) != (card.scale, None, None, None):
            raise ValueError(f"Expected no other options with {card.name}, which is no genotype")
        return inspect_other(card, latency=latency)
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
    with quiet_start():
        from sr_app.networks.esrn import savings

    if saved := savings().get(genotype.conv, ""):
        report["saves"] = saved
        report["ordinary"] = count(replace(genotype, conv="conv"), scale, latency=latency)
    return report


def inspect_other(card: Card, *, latency: bool) -> dict[str, Any]:
    """Costs of a preset of another family; of a graph alone what its card states."""
    report = {"network": card.name, **describe(card.network), "scale": card.scale}
    if family_of(card.network).HAS_WEIGHTS:
        return {**report, **count(card.network, card.scale, latency=latency)}
    for name in ("parameters", "multiply_adds", "receptive_radius", "multiple_of"):
        report[name] = getattr(card, name)
    if latency:
        from sr_app.inference.latency import run_milliseconds
        from sr_app.inference.runtimes import choose

        report["latency_ms"] = round(run_milliseconds(choose(card)), 2)
    return report


def find_network(
    network: str, scale: int | None, width: int | None, tail: str | None, conv: str | None = None
) -> tuple[Genotype, int]:
    """The genotype and the factor that the command line names; ValueError for an unknown preset, a
    faulty block, or options that do not go together."""
    if not is_genotype(network):
        card = read_card(network)
        if scale not in (None, card.scale) or width is not None or tail is not None:
            raise ValueError(
                f"Expected no other scale, width or tail with a preset: {card.name} is made "
                f"for x{card.scale}. Give its blocks instead: {card.genotype}"
            )
        return replace(card.genotype, conv=conv or card.genotype.conv), card.scale
    if scale not in SCALES:  # before Keras is loaded: that takes seconds
        raise ValueError(
            f"Expected a scale of 2, 3, 4 or 8 with a genotype. Received: {scale or 'none'}"
        )
    given = {"width": width, "tail": tail, "conv": conv}
    given = {key: value for key, value in given.items() if value is not None}
    return Genotype.parse(network, **given), scale


def is_genotype(network: str) -> bool:
    """Whether the text means blocks: a comma, or one letter in front of an underscore."""
    return "," in network or network[1:2] == "_"


def count(network: object, scale: int, *, latency: bool = False) -> dict[str, float | None]:
    """Costs of the built network, under the names of `networks.cost.Cost`.

    With ``latency`` that of the exported graph too, None where there is no graph.
    """
    with quiet_start():
        from sr_app.networks.cost import measure_cost

        model = build_network(network, scale)
    figures = asdict(measure_cost(model, scale))
    if latency:
        from sr_app.inference.latency import graph_milliseconds
        from sr_app.inference.lowering import why_not_exported

        has_graph = why_not_exported(model) is None
        time = round(graph_milliseconds(model, network, scale), 2) if has_graph else None
        figures["latency_ms"] = time
    return figures

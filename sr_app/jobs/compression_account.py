"""What a compressed preset saved and what that cost, for its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sr_app.networks.presets import Card
from sr_app.recipes.sections import ValidationSection

if TYPE_CHECKING:
    from sr_app.networks.cost import Cost

FIGURES = ("parameters", "stored_bytes", "multiply_adds", "operations", "millijoules")
SMALLER = "A smaller network: saves weights, multiplications and, on a processor, time."


def account(source: Card, card: Card, pictures: ValidationSection | None) -> dict:
    """What the card says of the compression: pairs (before, after), and differences in dB."""
    from sr_app.networks.cost import measure_cost
    from sr_app.networks.esrn import build_esrn, savings

    costs = [measure_cost(build_esrn(one.genotype, one.scale), one.scale) for one in (source, card)]
    return {
        "from": source.name,
        "conv": card.genotype.conv,
        "saves": grown(*costs) or savings().get(card.genotype.conv) or SMALLER,
        **{name: [getattr(cost, name) for cost in costs] for name in FIGURES},
        "weights_file_bytes": file_sizes(source, card, "weights"),
        "graph_file_bytes": file_sizes(source, card, "graph"),
        "psnr_change_db": {name: change(source, card, name) for name in card.results},
        "validation": measured_change(source, card, pictures),
    }


def grown(before: Cost, after: Cost) -> str:
    """A sentence for a network that is larger than what it is a cheaper form of; else empty."""
    if any(getattr(after, name) <= getattr(before, name) for name in FIGURES):
        return ""
    return (
        f"Saves nothing: {after.parameters:,} parameters instead of {before.parameters:,}, "
        f"{after.multiply_adds:,} multiply-adds instead of {before.multiply_adds:,}."
    )


def file_sizes(source: Card, card: Card, kind: str) -> list[int] | None:
    """Bytes on disk of the weights or the graph (before, after); None where either has none.

    Weights are what a training goes on from, with branches that the graph has folded: the graph is
    what an enlargement needs.
    """
    names = [getattr(one, kind) for one in (source, card)]
    if None in names:
        return None
    return [one.file(name).stat().st_size for one, name in zip((source, card), names, strict=True)]


def measured_change(source: Card, card: Card, pictures: ValidationSection | None) -> dict | None:
    """Both presets on the validation pictures, measured now: PSNR (before, after) in dB,
    protocol y. None without pictures."""
    if pictures is None or not pictures.hr.is_dir():
        return None
    from sr_app.evaluation.benchmark import evaluate
    from sr_app.inference.upscaler import Upscaler

    before, after = (
        evaluate(
            Upscaler.from_preset(one.folder), pictures.hr, scale=one.scale, limit=pictures.pictures
        ).mean["psnr"]
        for one in (source, card)
    )
    return {
        "folder": str(pictures.hr),
        "pictures": pictures.pictures,
        "psnr": [round(before, 4), round(after, 4)],
        "change_db": round(after - before, 4),
    }


def change(source: Card, card: Card, name: str) -> float | None:
    """PSNR of the new preset less that of the old on one data set; None unless both are known."""
    results = [one.results.get(name) or {} for one in (source, card)]
    before, after = (result.get("psnr") for result in results)
    same = results[0].get("protocol") == results[1].get("protocol")
    return None if not same or before is None or after is None else round(after - before, 4)


def in_words(card: Card) -> str:
    """A compressed preset's card in a sentence: bytes before and after, dB, what it saves."""
    facts = card.compression
    kind = "graph" if facts["graph_file_bytes"] else "weights"
    (before, after), changes = facts[f"{kind}_file_bytes"], facts["psnr_change_db"]
    if facts["validation"]:
        changes = {**changes, "validation": facts["validation"]["change_db"]}
    cost = ", ".join(
        f"{name} {value:+.2f} dB" for name, value in changes.items() if value is not None
    )
    return (
        f"{card.folder}: {kind} {before} -> {after} bytes, {cost or 'dB not measured'}. "
        f"{facts['saves']}"
    )

"""Presets as text: what somebody would choose, and every figure of all."""

from __future__ import annotations

from sr_app.cli.columns import in_columns
from sr_app.evaluation.rounding import PSNR_DIGITS, SSIM_DIGITS, rounded
from sr_app.inference.goal import is_vivid_end
from sr_app.networks.card import STUDY, Card, vivid_end
from sr_app.networks.licences import shown_licence

CHOICE = ("for", "presets", "slider", "Set5", "what it does")
HEADS = ("preset", "scale", "for", "parameters", "multiply-adds", "graph", "measured")
UNKNOWN = "-"


def as_choice(cards: list[Card]) -> str:
    """What somebody would choose: a line for each network, with its presets by factor.

    A vivid end of a slider has no line of its own, but its factor on that of the faithful end.
    """
    chosen = {card.name: card for card in cards if card.purpose != STUDY}
    named = {name: chosen.get(vivid_end(card)) for name, card in chosen.items()}
    ends = {
        name: end.name for name, end in named.items() if end and is_vivid_end(end, chosen[name])
    }
    networks: dict[tuple[str, str], list[Card]] = {}
    for name, card in chosen.items():
        if name not in ends.values():
            networks.setdefault((card.purpose, flagged(card)), []).append(card)
    ordered = sorted(networks.items(), key=lambda item: (order(item[0][0]), item[1][0].name))
    rows: list[tuple[str, ...]] = [CHOICE]
    for (purpose, description), ones in ordered:
        ones = sorted(ones, key=lambda card: (card.scale, card.name))
        slider = [f"x{card.scale}" for card in ones if card.name in ends]
        rows.append(
            (
                purpose,
                ", ".join(card.name for card in ones),
                ", ".join(slider) or UNKNOWN,
                ", ".join(map(decibels, ones)),
                description,
            )
        )
    note = "slider: --blend goes on to a vivid end, with more detail, invented\n" if ends else ""
    hidden = len(cards) - len(chosen)
    also = f" and {hidden} studies" if hidden else ""
    return f"{in_columns(rows)}\n\n{note}Every figure{also}: sr-app presets --all"


def flagged(card: Card) -> str:
    """What it does; with the licence where that forbids commercial use and it is not said yet."""
    shown = shown_licence(card.licence)
    return card.description if shown == card.licence else f"{card.description} Licence: {shown}."


def order(purpose: str) -> int:
    """Place of a purpose in the list; unknown ones come last."""
    known = ("clean", "real", "fast", "vivid", "real_vivid")
    return known.index(purpose) if purpose in known else len(known)


def decibels(card: Card) -> str:
    """PSNR on Set5, or a dash."""
    psnr = (card.results.get("Set5") or {}).get("psnr")
    return UNKNOWN if psnr is None else f"{rounded(psnr, PSNR_DIGITS)} dB"


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
    ssim = UNKNOWN if result.get("ssim") is None else rounded(result["ssim"], SSIM_DIGITS)
    psnr = rounded(result["psnr"], PSNR_DIGITS)
    return f"{psnr} dB / {ssim} ({result.get('protocol', UNKNOWN)})"

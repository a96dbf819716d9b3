"""What can be chosen on the page; the same for everybody."""

from __future__ import annotations

from sr_app.image.files import READABLE
from sr_app.inference.goal import AUTO, default_presets, preset_for
from sr_app.networks.card import STUDY, Card, vivid_end
from sr_app.networks.licences import flagged, shown_licence
from sr_app.networks.presets import list_presets
from sr_app.serving import messages
from sr_app.serving.blend_endpoints import formats
from sr_app.serving.limits import Limits
from sr_app.serving.regions import SIDE
from sr_app.serving.sizes import is_size, list_sizes

SCALES = (2, 3, 4)


def list_choices(limits: Limits) -> dict:
    """Factors, kinds of photo, networks, formats and what else the browser has to know once."""
    cards = [card for card in list_presets() if card.purpose != STUDY]
    licences: dict[str, list[str]] = {}
    for card in cards:
        licences.setdefault(shown_licence(card.licence), []).append(card.title)
    return {
        "scales": list(SCALES),
        "sizes": list_sizes(),
        "kinds": [{"key": k, "name": name} for k, name in messages.KINDS.items() if can_enlarge(k)],
        "auto": {"key": AUTO, "name": messages.kind(AUTO)},
        "hint": messages.HINT,
        "presets": [
            {"key": card.name, "name": flagged(card.title, card.licence)} for card in others(cards)
        ],
        "formats": formats(),
        "licences": [{"titles": names, "terms": terms} for terms, names in licences.items()],
        "accept": ",".join(["image/*", *READABLE]),
        "most_bytes": limits.file_bytes,
        "side": SIDE,
    }


def others(cards: list[Card]) -> list[Card]:
    """What factor and kind do not choose by themselves: other speeds, and networks of one's own.

    A vivid network is the other end of a slider and no choice of its own.
    """
    kinds = [kind for kind in messages.KINDS if can_enlarge(kind)]
    usual = {preset_for(scale, kind, twin=True) for kind in kinds for scale in SCALES}
    ends = {vivid_end(card) for card in cards}
    return [card for card in cards if card.name not in usual | ends]


def is_choice(name: str, value: object, *, several: bool = False) -> bool:
    """Whether the browser may set this: anything else never reaches a network or a folder.

    ``several``: for a list of photos, of which each may have the kind that is proposed for it.
    """
    match name:
        case "scale":
            return isinstance(value, int) and not isinstance(value, bool) and value in SCALES
        case "size":
            return is_size(value)
        case "purpose" if several and value == AUTO:
            return True
        case "purpose":
            return isinstance(value, str) and value in messages.KINDS and can_enlarge(value)
        case "preset":
            return value is None or value in [card.name for card in list_presets()]
        case "consistent":
            return isinstance(value, bool)
    return False


def can_enlarge(purpose: str) -> bool:
    return bool(default_presets(purpose))

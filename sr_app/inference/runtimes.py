"""The table of runtimes. To add one: a file beside this one, one line here, one test.

``auto`` is the first that suits a preset, so the order of the table is the order of preference.
Every runtime passes the contract test of ``tests/inference/test_runtimes.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sr_app.inference.device import AUTO, PLAIN, requested_device
from sr_app.inference.device_guard import GuardedRuntime
from sr_app.inference.device_record import read_record
from sr_app.inference.devices import find_device, preferred_device
from sr_app.inference.runtime import MixingRuntime, PlacedRuntime, Runtime
from sr_app.inference.runtime_keras import KerasRuntime
from sr_app.inference.runtime_ncnn import NcnnRuntime
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.inference.runtime_openvino import OpenvinoRuntime
from sr_app.networks.card import Card

Kind = TypeVar("Kind", bound=Runtime)

RUNTIMES: dict[str, type[Runtime]] = {
    "onnxruntime": OnnxRuntime,
    "openvino": OpenvinoRuntime,
    "keras": KerasRuntime,
    "ncnn": NcnnRuntime,
}
"""What runs a preset, by name: (n, h, w, 3) float32 in [0, 1] -> (n, scale*h, scale*w, 3)."""

CHOICES = f"{AUTO}, {', '.join(list(RUNTIMES)[:-1])} or {list(RUNTIMES)[-1]}"
"""Names for ``--runtime``, in a sentence."""


def choose(card: Card, name: str = AUTO, device: str = AUTO) -> Runtime:
    """The runtime of a name, for a preset; ``auto``: the first of the table that suits it.

    Args:
        device: ``auto``, ``cpu``, ``gpu``, ``npu`` or a name of ``inference.devices.list_devices``.
            ``auto`` is what ``SR_APP_DEVICE`` says, else what was measured to be fastest here, else
            the CPU; it stays with the CPU where a runtime is named.

    Raises:
        ValueError: for an unknown name, or if the preset has not what the runtime needs.
    """
    wished, asked = requested_device(device)
    if name != AUTO and not asked:
        return pick(RUNTIMES, name, card)(card)
    kinds = placing() if name == AUTO else placing(name)
    found = preferred_device(kinds) if wished == AUTO else find_device(wished, kinds)
    kind = kinds[found.runtime]
    if found == PLAIN or not kind.suits(card):
        if asked and found != PLAIN:
            raise ValueError(f"Preset {card.name} has no graph that device {found.name} could run")
        return pick(RUNTIMES, name, card)(card)
    record = read_record()
    return GuardedRuntime(
        card,
        found,
        place=lambda: kind.placed(card, found),
        plain=lambda: RUNTIMES[PLAIN.runtime](card),
        checked=record is not None and record.is_right(found.name),
    )


def placing(name: str = AUTO) -> dict[str, type[PlacedRuntime]]:
    """The runtimes that choose processors, or the one of a name.

    ValueError if that one chooses none.
    """
    kinds = {key: kind for key, kind in RUNTIMES.items() if issubclass(kind, PlacedRuntime)}
    if name == AUTO:
        return kinds
    if name in RUNTIMES and name not in kinds:
        raise ValueError(f"Expected no device with the runtime {name}, which has its own way")
    pick(RUNTIMES, name)  # an unknown name is told
    return {name: kinds[name]}


def choose_mixed(faithful: Card, vivid: Card, t: float, name: str = AUTO) -> MixingRuntime:
    """A runtime of the network between two presets'; ``auto``: the first that suits both.

    ValueError for a name of no runtime that mixes, or networks that do not go together.
    """
    mixing = {key: kind for key, kind in RUNTIMES.items() if issubclass(kind, MixingRuntime)}
    return pick(mixing, name, faithful, vivid).mixed(faithful, vivid, t)


def pick(kinds: dict[str, type[Kind]], name: str, *cards: Card) -> type[Kind]:
    """The entry of a name; of ``auto`` the first that suits all cards.

    ValueError, naming the known ones, or the preset that none can run.
    """
    if name == AUTO:
        suiting = (key for key, kind in kinds.items() if all(map(kind.suits, cards)))
        name = next(suiting, "")
        if not name:
            raise ValueError(without_runtime(kinds.values(), cards))
    if name not in kinds:
        raise ValueError(
            f"Expected a runtime among {', '.join((AUTO, *kinds))}. Received: {name!r}"
        )
    return kinds[name]


def without_runtime(kinds: Iterable[type[Runtime]], cards: Iterable[Card]) -> str:
    """The sentence about presets that no runtime can run."""
    names = " and ".join(card.name for card in cards)
    needed = " or ".join(dict.fromkeys(kind.NEEDS for kind in kinds))
    return f"Preset {names}: expected a file that a runtime can run, {needed}. Received: none"

"""The table of runtimes. To add one: a file beside this one, one line here, one test.

``auto`` is the first that suits a preset, so the order of the table is the order of preference.
Every runtime passes the contract test of ``tests/inference/test_runtimes.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sr_app.inference.runtime import MixingRuntime, Runtime
from sr_app.inference.runtime_keras import KerasRuntime
from sr_app.inference.runtime_ncnn import NcnnRuntime
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.inference.runtime_openvino import OpenvinoRuntime
from sr_app.networks.card import Card

AUTO = "auto"
Kind = TypeVar("Kind", bound=Runtime)

RUNTIMES: dict[str, type[Runtime]] = {
    "onnxruntime": OnnxRuntime,
    "openvino": OpenvinoRuntime,
    "keras": KerasRuntime,
    "ncnn": NcnnRuntime,
}

CHOICES = f"{AUTO}, {', '.join(list(RUNTIMES)[:-1])} or {list(RUNTIMES)[-1]}"
"""Names for ``--runtime``, in a sentence."""


def choose(card: Card, name: str = AUTO) -> Runtime:
    """The runtime of a name, for a preset; ``auto``: the first of the table that suits it.

    Raises:
        ValueError: for an unknown name, or if the preset has not what the runtime needs.
    """
    return pick(RUNTIMES, name, card)(card)


def choose_mixed(faithful: Card, vivid: Card, t: float, name: str = AUTO) -> MixingRuntime:
    """A runtime of the network between two presets'; ``auto``: the first that suits both.

    Raises:
        ValueError: for a name of no runtime that mixes, or networks that do not go together.
    """
    mixing = {key: kind for key, kind in RUNTIMES.items() if issubclass(kind, MixingRuntime)}
    return pick(mixing, name, faithful, vivid).mixed(faithful, vivid, t)


def pick(kinds: dict[str, type[Kind]], name: str, *cards: Card) -> type[Kind]:
    """The entry of a name; of ``auto`` the first that suits all cards.

    Raises:
        ValueError: naming the known ones, or the preset that none can run.
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
    return f"Preset {names} has no file that a runtime could run: {needed} expected"

"""Whether an exported network computes the same: on noise, at two sizes, against another engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sr_app.inference.memory import taken_side
from sr_app.networks.card import Card

if TYPE_CHECKING:
    import keras

Run = Callable[[np.ndarray], np.ndarray]
"""Pictures (n, h, w, 3) in [0, 1] -> (n, scale*h, scale*w, 3)."""

KERAS, ORT = "Keras", "ONNX Runtime"
SIGNS, SHARE_OF_SIGNS = "GreaterOrEqual", 0.99
"""The operator by which a value becomes a sign, and the share of a network's values that must agree
where it has one: a value within rounding of its threshold falls on either side."""

SIZES = ((24, 36), (50, 40))
LEVELS = 255


def pictures(card: Card) -> Iterator[np.ndarray]:
    """Noise in [0, 1], float32 (1, h, w, 3), at sizes that the network takes."""
    rng = np.random.default_rng(0)
    for size in SIZES:
        height, width = (taken_side(card, side) for side in size)
        yield rng.random((1, height, width, 3), np.float32)


def compare(
    card: Card,
    expected: Run,
    received: Run,
    *,
    share: float = 1.0,
    on: Iterable[np.ndarray] | None = None,
) -> float:
    """Largest `difference` between two ways of running a preset's network.

    Args:
        on: pictures (1, h, w, 3) in [0, 1]; `pictures` of noise if None.

    Raises:
        ValueError: for a network of another factor, or as `difference`.
    """
    found = []
    for picture in pictures(card) if on is None else on:
        result = expected(picture)
        check_scale(card, picture, result)
        found.append(difference(result, received(picture), share=share))
    return float(np.max(found))


def check_scale(card: Card, picture: np.ndarray, result: np.ndarray) -> None:
    """Raise ValueError for a network that does not enlarge as the preset's card says."""
    (_, height, width, _), (_, tall, wide, _) = picture.shape, result.shape
    if (tall, wide) != (card.scale * height, card.scale * width):
        raise ValueError(
            f"Preset {card.name}: expected a network that enlarges {card.scale}x, as its card "
            f"says. Received: one that makes {wide}x{tall} of {width}x{height}"
        )


def difference(expected: np.ndarray, received: np.ndarray, *, share: float = 1.0) -> float:
    """Largest absolute difference of one result to another; infinite where ``received`` is not
    finite.

    Divided by the output's range where that is wider than [0, 1], as with untrained weights.

    Args:
        share: of the values, those that agree best.

    Raises:
        ValueError: for results of different shapes, or an expected one that is not finite.
    """
    if expected.shape != received.shape:
        raise ValueError(f"Expected a result of shape {expected.shape}. Received: {received.shape}")
    check_finite(expected)
    if not np.isfinite(received).all():
        return float("inf")
    span = max(1.0, float(np.abs(expected).max()))
    return float(np.quantile(np.abs(received - expected), share) / span)


def check_finite(result: np.ndarray) -> None:
    """Raise ValueError for a network's result that is not finite."""
    if not np.isfinite(result).all():
        raise ValueError(
            "Expected a network that gives finite numbers. Received: one that gives NaN or "
            "infinity, as after a training that diverged; nothing is written"
        )


def output_difference(expected: np.ndarray, received: np.ndarray) -> float:
    """Largest absolute difference; infinite for another shape or what is not finite."""
    if expected.shape != received.shape:
        return float("inf")
    found = float(np.abs(expected - received).max())
    return found if np.isfinite(found) else float("inf")


def share_of(graph: bytes) -> float:
    """Share of a graph's values that must agree: all, or 99 % where activations become signs."""
    import onnx

    nodes = onnx.load_model_from_string(graph).graph.node
    return SHARE_OF_SIGNS if any(node.op_type == SIGNS for node in nodes) else 1.0


def check_bound(found: float, bound: float, against: str, target: Path) -> None:
    """Raise ValueError for a difference above the bound, or one that is not finite."""
    if not np.isfinite(found):
        raise ValueError(
            f"Expected finite numbers, as {against} gives. Received: NaN or infinity from what was "
            f"exported, whose numbers are too large for the format; {target} is not written"
        )
    if found > bound:
        raise ValueError(
            f"What was exported differs from {against} by {found * LEVELS:.3g} of {LEVELS} "
            f"(at most {bound * LEVELS:.3g} expected); {target} is not written"
        )


def channels_first(session: object) -> Run:
    """A function of pictures from a session of a graph with one input and one output."""
    name = session.get_inputs()[0].name  # pyright: ignore[reportAttributeAccessIssue]

    def run(batch: np.ndarray) -> np.ndarray:
        feed = {name: np.ascontiguousarray(batch.transpose(0, 3, 1, 2))}
        (sr,) = session.run(None, feed)  # pyright: ignore[reportAttributeAccessIssue]
        return sr.transpose(0, 2, 3, 1)

    return run


def run_keras(model: keras.Model) -> Run:
    """The network itself."""
    return lambda batch: np.asarray(model(batch, training=False))

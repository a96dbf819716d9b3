"""How a network made elsewhere takes pictures and gives them back: found out by running it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from sr_app.image.resize import imresize
from sr_app.inference import foreign_graph
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import LUMA, RANGES, UNIT, Manner, Values
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.imported import ImportedFamily

MULTIPLES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 24, 32, 48, 64, 96, 128)
"""Steps of the size that are tried, smallest first."""

PROBE = 48
"""Pixels a side of a probe, at least."""

LEAST_SIDE = 8
"""Pixels a side below which a dimension is not one of a picture."""

SMALLEST = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Multiples of the step that are tried as the smallest size."""

CLEARLY = 0.5
"""Share of the usual reading's error below which another reading of the values is believed."""

ORDERS = 0.95
"""The same for the order of channels at both ends: only colours as photos have them tell it, by
little."""

A_LEVEL = 1 / 255

FARTHEST = 0.15
"""Mean error to interpolation beyond which a result is no larger version of the picture."""

LIKEST = 0.7
"""Correlation with interpolation below which it is none either."""

RAN_NOT = "a network that enlarges or restores pictures"


@dataclass(frozen=True)
class Trial:
    """A session of the graph as it came, and the axes of its input."""

    session: Any
    channels: int
    last: bool
    kind: str

    def run(self, pictures: np.ndarray) -> np.ndarray | None:
        """Of pictures (n, h, w, c) in the network's own range what it gives; None if it does not
        run on them."""
        native = pictures if self.last else pictures.transpose(0, 3, 1, 2)
        native = np.rint(native).clip(0, 255) if self.kind == "uint8" else native
        name = self.session.get_inputs()[0].name
        try:
            (result,) = self.session.run(
                None, {name: np.ascontiguousarray(native.astype(self.kind))}
            )
        except Exception:  # ONNX Runtime's errors have no common class but this
            return None
        return np.asarray(result, np.float32)

    def reading(self, height: int, width: int, number: int = 1) -> tuple[int, bool] | None:
        """(factor, whether channels come last) of the result for this size; None if it is none."""
        picture = scene(height, width)
        result = self.run(np.repeat(self.seen(picture)[None], number, 0))
        if result is None or result.ndim != 4 or result.shape[0] != number:
            return None
        for last in (self.last, not self.last):
            shape = result.shape[1:] if last else (*result.shape[2:], result.shape[1])
            factor = shape[0] // height
            if shape == (factor * height, factor * width, self.channels) and (
                factor in ImportedFamily.SCALES
            ):
                return factor, last
        return None

    def seen(self, rgb: np.ndarray) -> np.ndarray:
        """The picture's own channels, or its luma."""
        return rgb if self.channels == 3 else (rgb @ LUMA)[..., None]


@dataclass(frozen=True)
class Sizes:
    """What runs: see ``Manner``, and the step of the sizes."""

    trial: Trial
    graph: onnx.ModelProto
    manner: Manner
    multiple: int
    probe: tuple[int, int]


def find_manner(model: onnx.ModelProto, path: Path) -> Sizes:
    """Axes, sizes, range and order of a network.

    Raises:
        ValueError: if there is no way in which it gives a larger version of a picture.
    """
    try:
        session = open_session(foreign_graph.serialised(model))
    except ValueError as fault:
        reason = str(fault).partition("can load: ")[2][:200]
        raise ValueError(
            f"{path}: expected a graph that ONNX Runtime can load. Received: {reason}"
        ) from None
    for last, channels in layouts(foreign_graph.dimensions(model)):
        found = find_sizes(model, session, last, channels)
        if found is not None:
            return replace(found, manner=find_values(found, model, path))
    shape = ", ".join("any" if n is None else str(n) for n in foreign_graph.dimensions(model))
    raise ValueError(
        f"{path}: expected {RAN_NOT} by a whole factor from 1 to {max(ImportedFamily.SCALES)}, in "
        f"colour or luma. Received: a graph for ({shape}) that does not do so with any "
        "picture tried"
    )


def layouts(shape: foreign_graph.Dimensions) -> list[tuple[bool, int]]:
    """(whether channels are last, how many) that the input's shape allows, the usual ones first."""
    every = [(last, channels) for last in (False, True) for channels in (3, 1)]
    fitting = [
        (last, c)
        for last, c in every
        if shape[3 if last else 1] in (c, None)
        and all(side is None or side >= LEAST_SIDE for side in shape[1 if last else 2 :][:2])
    ]
    return sorted(fitting, key=lambda each: shape[3 if each[0] else 1] is None)


def find_sizes(model: onnx.ModelProto, session: Any, last: bool, channels: int) -> Sizes | None:
    """Sizes that run with these axes; None if there are none."""
    shape = foreign_graph.dimensions(model)
    given = shape[1:3] if last else shape[2:4]
    value = model.graph.input[0].type.tensor_type.elem_type
    kind = foreign_graph.TYPES[value]
    manner = Manner(1, channels, last, kind=value)
    trial = Trial(session, channels, last, kind)
    found = try_free(model, trial, manner)
    height, width = given
    if found is not None or height is None or width is None:
        return found
    side = (height, width)
    reading = trial.reading(*side)
    if reading is None:
        return None
    single = trial.reading(*side, number=3) is None
    manner = replace(manner, scale=reading[0], last_out=reading[1], side=side, single=single)
    return Sizes(trial, model, manner, 1, side)


def try_free(model: onnx.ModelProto, trial: Trial, manner: Manner) -> Sizes | None:
    """The sizes of the graph freed of its own; None where it cannot do without."""
    free = foreign_graph.relaxed(model, 3 if trial.last else 1)
    try:
        session = open_session(foreign_graph.serialised(free))
    except ValueError:
        return None
    return any_size(replace(trial, session=session), free, manner)


def any_size(trial: Trial, graph: onnx.ModelProto, manner: Manner) -> Sizes | None:
    """The smallest step of which every size runs; None without one."""
    for multiple in MULTIPLES:
        odd = -(-PROBE // multiple) // 2 * 2 + 1
        sides = [multiple * (odd + extra) for extra in (0, 2, 4)]
        readings = {trial.reading(*pair) for pair in ((sides[0], sides[1]), (sides[2], sides[1]))}
        (reading, *others) = readings
        if reading is not None and not others:
            break
    else:
        return None
    scale, last_out = reading
    single = trial.reading(sides[0], sides[1], number=3) is None
    runs = (n for n in SMALLEST if trial.reading(n * multiple, n * multiple) is not None)
    least = next(runs, odd)
    manner = replace(
        manner,
        scale=scale,
        last_out=last_out,
        single=single,
        least=1 if least == 1 else least * multiple,
    )
    return Sizes(trial, graph, manner, multiple, (sides[0], sides[1]))


def find_values(sizes: Sizes, model: onnx.ModelProto, path: Path) -> Manner:
    """Range and order of channels, by which the result is most like interpolation.

    Raises:
        ValueError: if it is like it in no way.
    """
    picture = scene(*sizes.probe)
    takes = [each for each in RANGES if sizes.trial.kind != "uint8" or each.gain == 255]
    errors = {
        (put, got): error(sizes, picture, replace(sizes.manner, takes=put, gives=got))
        for put in takes
        for got in RANGES
    }
    best, usual = min(errors, key=lambda each: errors[each]), (takes[0], UNIT)
    if clearly_less(errors[best], errors[usual], CLEARLY):
        usual = best
    manner = find_order(
        sizes, picture, model, replace(sizes.manner, takes=usual[0], gives=usual[1])
    )
    least, alike = error(sizes, picture, manner), likeness(sizes, picture, manner)
    if not (least <= FARTHEST and alike >= LIKEST):
        raise ValueError(
            f"{path}: expected {RAN_NOT}. Received: one whose results are not like the picture "
            f"(mean difference {least:.2g} of 1, correlation {alike:.2f})"
        )
    return manner


def find_order(sizes: Sizes, picture: np.ndarray, model: onnx.ModelProto, manner: Manner) -> Manner:
    """With the order of channels; RGB where the network makes no difference between them."""
    if manner.channels == 1:
        return manner
    orders = {
        (put, got): error(sizes, picture, replace(manner, bgr_in=put, bgr_out=got))
        for put in (False, True)
        for got in (False, True)
    }
    usual, both = (False, False), (True, True)
    named = "bgr" in f"{model.graph.input[0].name} {model.graph.name} {model.doc_string}".lower()
    if orders[both] < ORDERS * orders[usual] - A_LEVEL / 100 or (
        named and orders[both] <= 1.05 * orders[usual] + A_LEVEL / 10
    ):
        usual = both
    best = min(orders, key=lambda each: orders[each])
    if clearly_less(orders[best], orders[usual], CLEARLY):
        usual = best
    return replace(manner, bgr_in=usual[0], bgr_out=usual[1])


def clearly_less(value: float, other: float, share: float) -> bool:
    """Whether an error is less by more than rounding and chance explain."""
    return value + A_LEVEL / 4 < share * (other + A_LEVEL / 4)


def enlarged(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What the network gives of a picture if it is as the manner says: (h, w, c)."""
    seen = sizes.trial.seen(picture[..., ::-1] if manner.bgr_in else picture)
    result = sizes.trial.run(affine(seen, manner.takes)[None])
    if result is None:
        return np.full((1, 1, 1), np.nan, np.float32)
    whole = result[0] if manner.last_out else result[0].transpose(1, 2, 0)
    whole = (whole - manner.gives.offset) / manner.gives.gain
    return whole[..., ::-1] if manner.bgr_out else whole


def affine(picture: np.ndarray, values: Values) -> np.ndarray:
    return picture * np.float32(values.gain) + np.float32(values.offset)


def expected(sizes: Sizes, picture: np.ndarray, manner: Manner) -> np.ndarray:
    """What interpolation gives, of as many channels."""
    return sizes.trial.seen(imresize(picture, manner.scale))


def error(sizes: Sizes, picture: np.ndarray, manner: Manner) -> float:
    """Mean absolute difference to interpolation; infinite without a result of numbers."""
    result = enlarged(sizes, picture, manner)
    mean = float(np.abs(result - expected(sizes, picture, manner)).mean())
    return mean if np.isfinite(mean) else float("inf")


def likeness(sizes: Sizes, picture: np.ndarray, manner: Manner) -> float:
    """Correlation with interpolation; 0 of a result that is the same everywhere."""
    ours = enlarged(sizes, picture, manner).ravel()
    theirs = expected(sizes, picture, manner).ravel()
    if not np.isfinite(ours).all() or ours.std() < A_LEVEL:
        return 0.0
    return float(np.corrcoef(ours, theirs)[0, 1])

"""The door for ONNX: a graph is found out in ONNX Runtime and put between operators of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from sr_app.inference import foreign_graph
from sr_app.inference.foreign_child import CHILD
from sr_app.inference.foreign_network import ForeignNetwork, channels_of
from sr_app.inference.foreign_probing import (
    RAN_NOT,
    Engine,
    Reading,
    Sizes,
    Trial,
    any_size,
    as_read,
)
from sr_app.inference.foreign_values import find_values
from sr_app.inference.foreign_wrapping import Manner, wrap
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.imported import ImportedFamily, ImportedGraph
from sr_app.networks.presets import GRAPH

LEAST_SIDE = 8
"""Pixels a side below which a dimension is not one of a picture."""


WIDE = 32
"""Step of sizes from which on it is looked whether it is rather one size."""

CROWDED = 8
"""Times as many numbers in the largest tensor of a picture twice as high and wide, from which on
every pixel looks at every other: 16, where usually there are 4."""

TRACED = (64, 128, 256, 32, 48, 96, 192, 224, 512)
"""Pixels a side that are tried of a graph that says any size and runs on the one alone that it was
traced for."""


def bring_onnx(path: Path) -> ForeignNetwork:
    """The network of an ONNX file.

    Raises:
        ValueError: one line, for a file that holds no network that enlarges or restores pictures.
        OSError: if it cannot be read.
    """
    return bring_graph(foreign_graph.read_foreign(path), path)


def bring_graph(
    model: onnx.ModelProto, path: Path, *, known: bool = False, free: bool = True
) -> ForeignNetwork:
    """The network of a graph that ``foreign_graph`` has read.

    Args:
        known: to be for RGB in 0..1.
        free: whether it is tried on other sizes than the one that it says.
    """
    several, notes = foreign_graph.dimensions(model)[0] or 1, ()
    try:
        sizes, graph = find_manner(model, path, known=known, free=free)
    except ValueError:
        if several == 1:
            raise
        model = foreign_graph.alone(model)
        sizes, graph = find_manner(model, path, known=known, free=free)
        notes = (f"for {several} pictures at once: each goes in {several} times",)
    wrapped = wrap(graph, sizes.manner)
    session, manner = open_session(wrapped), sizes.manner

    def run(picture: np.ndarray) -> np.ndarray:
        lr = picture.transpose(2, 0, 1)[None].astype(np.float32)
        try:
            (sr,) = session.run(None, {"lr": lr})
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            reason = " ".join(str(error).split())[-200:]
            raise ValueError(
                f"{path}: expected a graph that runs on {lr.shape[3]}x{lr.shape[2]} pixels, as it "
                f"does on others. Received: {reason}"
            ) from None
        return sr[0].transpose(1, 2, 0)

    channels = channels_of(foreign_graph.widest(graph, manner.shape(*sizes.padded)), sizes)
    side = min(manner.side) - 2 * manner.pad if manner.side else None
    return ForeignNetwork(
        sizes,
        run,
        ImportedGraph(channels=channels, side=side),
        {GRAPH: wrapped},
        GRAPH,
        parameters=foreign_graph.parameter_count(graph),
        notes=notes,
        licence=foreign_graph.stated_licence(model),
    )


def find_manner(
    model: onnx.ModelProto, path: Path, *, known: bool = False, free: bool = True
) -> tuple[Sizes, onnx.ModelProto]:
    """Axes, sizes, range and order of a network, and the graph that runs on those sizes.

    Raises:
        ValueError: if there is no way in which it gives a larger version of a picture.
    """
    try:
        engine = engine_of(model)
    except ValueError as fault:
        reason = str(fault).partition("can load: ")[2][:200]
        raise ValueError(
            f"{path}: expected a graph that ONNX Runtime can load. Received: {reason}"
        ) from None
    names = f"{model.graph.input[0].name} {model.graph.name} {model.doc_string}".lower()
    for last, channels in layouts(foreign_graph.dimensions(model)):
        found = find_sizes(model, engine, last, channels, free=free)
        if found is not None:
            sizes, graph = found
            manner = find_values(sizes, path, named_bgr="bgr" in names, known=known)
            return replace(sizes, manner=manner), graph
    shape = ", ".join("any" if n is None else str(n) for n in foreign_graph.dimensions(model))
    raise ValueError(
        f"{path}: expected {RAN_NOT} by a whole factor from 1 to {max(ImportedFamily.SCALES)}, in "
        f"colour or luma. Received: a graph for ({shape}) that does not do so with any "
        f"picture tried ({measured(model, engine)})"
    )


def measured(model: onnx.ModelProto, engine: Engine) -> str:
    """What became of two tensors, of 64 and 80 where the graph leaves a number open, or of one."""
    shape = foreign_graph.dimensions(model)
    kind = foreign_graph.TYPES[model.graph.input[0].type.tensor_type.elem_type]
    told = {}
    for length in (64, 80):
        usual = (1, 3, length, length) if shape[3] not in (1, 3) else (1, length, length, 3)
        taken = tuple(side or other for side, other in zip(shape, usual, strict=True))
        try:
            told[taken] = f"became {np.shape(engine(np.full(taken, 0.5).astype(kind)))}"
        except Exception as error:  # ONNX Runtime's errors have no common class but this
            told[taken] = f"did not run: {ascii(' '.join(str(error).split()))[1:-1][:120]}"
    return ", ".join(f"{taken} {became}" for taken, became in told.items())


def engine_of(model: onnx.ModelProto) -> Engine:
    """The graph as it came, in ONNX Runtime, which runs in another process.

    Raises:
        ValueError: if that cannot load it.
    """
    graph = foreign_graph.serialised(model)
    CHILD.load(graph)
    return lambda batch: CHILD.run(graph, batch)


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


def find_sizes(
    model: onnx.ModelProto, engine: Engine, last: bool, channels: int, *, free: bool = True
) -> tuple[Sizes, onnx.ModelProto] | None:
    """Sizes that run with these axes, and the graph for them; None if there are none."""
    shape = foreign_graph.dimensions(model)
    given = shape[1:3] if last else shape[2:4]
    value = model.graph.input[0].type.tensor_type.elem_type
    kind = foreign_graph.TYPES[value]
    manner = Manner(1, channels, last, kind=value)
    trial = Trial(engine, channels, last, kind)
    found = try_free(model, trial, manner) if free else None
    moves = found is not None and moves_places(found[0])
    # In steps so wide windows may be those of a traced size: twice that is another one.
    wide = found is not None and found[0].multiple >= WIDE
    crowded = found is not None and is_crowded(*found)
    alone = moves or crowded
    if found is not None and not alone and not (wide and trial.wraps(2 * found[0].multiple)):
        return found
    sides = dict.fromkeys((given[0] or side, given[1] or side) for side in TRACED)
    for side in sides:
        reading = trial.reading(*side)
        if reading is None or (moves and not trial.keeps_places(*side, reading, middle(*side))):
            continue
        if alone or None not in given or not trial.runs(side[0] + 8, side[1]):
            break
    else:
        return None
    if reading.lost and not trial.keeps_places(*side, reading, reading.lost // reading.factor + 2):
        return None
    single = not trial.takes_several(*side)
    manner = as_read(replace(manner, side=side, single=single), reading, 1)
    inner = (side[0] - 2 * manner.pad, side[1] - 2 * manner.pad)
    return (Sizes(trial, manner, 1, inner), model) if min(inner) >= LEAST_SIDE else None


def is_crowded(sizes: Sizes, graph: onnx.ModelProto) -> bool:
    """Whether memory grows with the square of the pixels, as of attention from each to each: of a
    tile as large as usual such a tensor has tens of gigabytes."""
    height, width = sizes.padded
    few, many = (
        foreign_graph.widest(graph, sizes.manner.shape(n * height, n * width)) for n in (1, 2)
    )
    return many > CROWDED * few > 0


def moves_places(sizes: Sizes) -> bool:
    """Whether a network of any size puts things elsewhere in large pictures, as one does that holds
    the size inside that it was traced for: DySample's grid, by PyTorch's older exporter."""
    height, width = (2 * side for side in sizes.padded)
    reading = Reading(sizes.manner.scale, sizes.manner.last_out, sizes.manner.lost)
    return not sizes.trial.keeps_places(height, width, reading, middle(height, width))


def middle(height: int, width: int) -> int:
    """Between the middle and the end of the shorter side."""
    return 3 * min(height, width) // 4


def try_free(
    model: onnx.ModelProto, trial: Trial, manner: Manner
) -> tuple[Sizes, onnx.ModelProto] | None:
    """The sizes of the graph freed of its own; None where it cannot do without."""
    free = foreign_graph.relaxed(model, 3 if trial.last else 1)
    try:
        engine = engine_of(free)
    except ValueError:
        return None
    sizes = any_size(replace(trial, engine=engine), manner)
    return None if sizes is None else (sizes, free)

"""ONNX whose convolutions compute with 8 bits: less time, a little less exact.

Kernels are quantised channel by channel, activations in the range that they take on parts of
scikit-image's photos (Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", CVPR 2018, section 2). The quantiser is ONNX Runtime's own. What
it costs and saves: ``benchmarks/studies/side_by_side``.
"""

from __future__ import annotations

import itertools
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import numpy as np

from sr_app.files.extras import require
from sr_app.files.replacement import temporary_folder
from sr_app.image.colour import to_float
from sr_app.image.resize import imresize
from sr_app.inference.export_comparison import ORT, channels_first, check_finite, compare
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.export_onnx import graph_of, licensed, notes
from sr_app.inference.memory import taken_side
from sr_app.inference.runtime import line_of
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.card import Card

PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")
"""Of ``skimage.data``: CC0 and public domain."""
PART, PARTS = 64, 12
"""Side of a part, in pixels, and how many ranges are learnt from; as many others are compared."""
SHARE = 0.99
"""Of the values of a result that must lie within the bound: a few at rims are 20 levels off. The
bound is for untrained networks, whose results are wide: shipped ones keep within 4 levels."""
NOTES = (
    f"the difference is that of {SHARE:.0%} of the values, on photos",
    "to run it here: sr-app presets add FILE --licence NAME; sr-app evaluate says what it loses",
)


def make(card: Card) -> Conversion:
    """Compared with the float32 graph in ONNX Runtime, on photos."""
    graph, parts = graph_of(card), photo_parts(card)
    run = channels_first(open_session(graph))
    check_finite(run(parts[0]))  # of such ranges the quantiser says something else
    whole = quantised(graph, parts[::2])
    found = compare(card, run, channels_first(open_session(whole)), share=SHARE, on=parts[1::2])
    told = (*notes(card), *NOTES, *size_notes(graph, whole))
    return Conversion({".onnx": licensed(whole, card)}, found, ORT, told)


def size_notes(graph: bytes, whole: bytes) -> tuple[str, ...]:
    """Where the graph has become larger: kernels of signs, one bit each before, take eight."""
    larger = len(whole) > len(graph)
    return (f"larger than the network in float32, which has {len(graph)} bytes",) * larger


def photo_parts(card: Card) -> list[np.ndarray]:
    """Parts of photos that were made small, (1, side, side, 3) float32 in [0, 1], evenly chosen.

    Raises:
        ValueError: for a network that takes only pictures that are larger than the photos.
        MissingExtraError: without scikit-image, whose photos they are of.
    """
    require("skimage")
    import skimage.data

    side = taken_side(card, PART)
    photos = [to_float(getattr(skimage.data, name)()) for name in PHOTOS]
    if side <= PART:  # smaller photos are sharper, as those that want enlarging
        photos = [imresize(photo, 0.5).clip(0, 1) for photo in photos]
    parts = [*itertools.chain.from_iterable(cut(photo, side) for photo in photos)]
    if len(parts) < 2:
        raise ValueError(
            f"Expected a network that takes pictures of 300x300. Received: {side}x{side}"
        )
    return parts[:: max(1, len(parts) // (2 * PARTS))]


def cut(photo: np.ndarray, side: int) -> Iterator[np.ndarray]:
    """All whole squares of a photo, (1, side, side, 3) float32."""
    for top in range(0, photo.shape[0] - side + 1, side):
        for left in range(0, photo.shape[1] - side + 1, side):
            yield photo[None, top : top + side, left : left + side].astype(np.float32)


def quantised(graph: bytes, parts: list[np.ndarray]) -> bytes:
    """The graph with convolutions of 8 bits.

    Args:
        parts: (1, h, w, 3) in [0, 1], on which activations show their ranges.

    Raises:
        ValueError: if ONNX Runtime's quantiser cannot.
    """
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with temporary_folder() as folder:
        given, ready, done = (folder / f"{name}.onnx" for name in ("given", "ready", "done"))
        given.write_bytes(graph)
        try:
            with quiet():
                quant_pre_process(given, ready, skip_symbolic_shape=True)
                quantization.quantize_static(
                    ready,
                    done,
                    reader(parts),
                    op_types_to_quantize=["Conv"],
                    per_channel=True,
                    activation_type=quantization.QuantType.QUInt8,  # signed takes longer
                    reduce_range=True,  # weights of 7 bits: sums overflow where there is no VNNI
                )
        except OSError:  # of the disk
            raise
        except Exception as error:  # the quantiser's errors have no common class but this
            raise ValueError(f"This graph has no form in 8 bits: {line_of(error)}") from error
        return done.read_bytes()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back what the quantiser tells: histograms, and notices of weights that are out of range
    of 8 bits. Results are compared instead."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def reader(parts: list[np.ndarray]):
    """The parts as the quantiser asks for them."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        left = iter(parts)

        def get_next(self) -> dict[str, np.ndarray] | None:
            part = next(self.left, None)
            return None if part is None else {"lr": part.transpose(0, 3, 1, 2)}

    return Reader()


ONNX_INT8 = ExportFormat(".onnx", 24 / 255, make, lambda card: f"{card.name}_int8")

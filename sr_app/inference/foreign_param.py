"""ncnn's ``.param``: layers and blobs as lines of text, read before ncnn reads them.

The format: a magic number; the number of layers and of blobs; then a line for each layer with its
type, name, numbers of inputs and outputs, their names, and settings as ``key=value``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.rules import check_length
from sr_app.networks.ncnn_graph import is_blob

MAGIC = "7767517"
LARGEST = 8 << 20
"""Bytes of a file that is read at all: a network of 1,800 layers has 116,000."""


@dataclass(frozen=True)
class Layer:
    """A line: ``settings`` as words, for ncnn alone knows all of them."""

    kind: str
    name: str
    taken: tuple[str, ...]
    given: tuple[str, ...]
    settings: dict[str, str]

    def number(self, key: int, usual: int = 0) -> int:
        """A whole setting; ``usual`` where it is left out. ValueError if it is none."""
        return int(self.settings.get(str(key), usual))


@dataclass(frozen=True)
class Param:
    """All layers in their order."""

    layers: tuple[Layer, ...]

    def ends(self) -> tuple[list[str], list[str]]:
        """Blobs that nothing makes but the outside, and those that nothing takes."""
        inputs = [name for each in self.layers if each.kind == "Input" for name in each.given]
        taken = {name for each in self.layers for name in each.taken}
        made = [name for each in self.layers for name in each.given]
        return inputs, [name for name in made if name not in taken]


def read_param(path: Path) -> Param:
    """The layers of a file.

    Raises:
        ValueError: one line that says where it is not as the format is.
        OSError: if the file cannot be read.
    """
    check_length(path, LARGEST)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    lines = [line for line in lines if line.strip()]
    if len(lines) == 2 and lines[0].strip() == MAGIC:
        raise ValueError(f"{path}: expected layers. Received: none")
    if len(lines) < 3 or lines[0].strip() != MAGIC:
        start = ascii(lines[0][:20]) if lines else "nothing"
        raise ValueError(
            f"{path}: expected ncnn's text format, which begins with {MAGIC}. Received: {start}"
        )
    layers = tuple(read_layer(line, number, path) for number, line in enumerate(lines[2:], 3))
    check(Param(layers), lines[1].split(), path)
    return Param(layers)


def read_layer(line: str, number: int, path: Path) -> Layer:
    """The layer of a line."""
    words = line.split()
    try:
        kind, name, taken, given = words[0], words[1], int(words[2]), int(words[3])
        settings = dict(word.split("=", 1) for word in words[4 + taken + given :])
    except (IndexError, ValueError):
        kind, name, taken, given, settings = "", "", -1, -1, {}
    blobs = words[4 : 4 + taken + given]
    if taken < 0 or given < 0 or len(blobs) < taken + given or not all(map(is_blob, words[:2])):
        raise ValueError(
            f"{path}: expected a layer as its type, name, two numbers, blobs and settings in line "
            f"{number}. Received: {line[:60]!a}"
        )
    return Layer(kind, name, tuple(blobs[:taken]), tuple(blobs[taken:]), settings)


def check(param: Param, told: list[str], path: Path) -> None:
    """ValueError unless the numbers hold, blobs are made before they are taken, once, and there is
    one way in and one way out."""
    made: Counter[str] = Counter()
    for layer in param.layers:
        if missing := [name for name in layer.taken if name not in made]:
            raise ValueError(
                f"{path}: expected each blob after what makes it. Received: {missing[0]!a} "
                f"in the layer {layer.name!a}"
            )
        made.update(layer.given)
    twice = [name for name, number in made.items() if number > 1 or not is_blob(name)]
    counts = [str(len(param.layers)), str(len(made))]
    if twice or told != counts:
        shown = ascii(twice[0]) if twice else " ".join(map(ascii, told[:4]))
        raise ValueError(
            f"{path}: expected {counts[0]} layers and {counts[1]} blobs of different names, as "
            f"the second line says. Received: {shown}"
        )
    for names, what in zip(param.ends(), ("input", "output"), strict=True):
        if len(names) != 1:
            shown = ", ".join(map(ascii, names[:6])) or "none"
            raise ValueError(f"{path}: expected one {what}, a picture. Received: {shown}")


LEARNT: dict[str, Callable[[Layer], int]] = {
    **dict.fromkeys(
        ("Convolution", "ConvolutionDepthWise", "Convolution1D")
        + ("Deconvolution", "DeconvolutionDepthWise"),
        lambda layer: layer.number(6) + layer.number(5) * layer.number(0),
    ),
    "InnerProduct": lambda layer: layer.number(2) + layer.number(1) * layer.number(0),
    "PReLU": lambda layer: layer.number(0),
    "BatchNorm": lambda layer: 4 * layer.number(0),
    "Scale": lambda layer: layer.number(0) * (1 + layer.number(1)),
    "Bias": lambda layer: layer.number(0),
    "LayerNorm": lambda layer: 2 * layer.number(0) * layer.number(2, 1),
    "GroupNorm": lambda layer: 2 * layer.number(1) * layer.number(3, 1),
    "InstanceNorm": lambda layer: 2 * layer.number(0) * layer.number(2, 1),
}
"""Numbers that a layer of a kind takes from the ``.bin``."""

LEARNT_OTHERWISE = frozenset(
    (
        *("MemoryData", "Gemm", "LSTM", "GRU", "RNN", "MultiHeadAttention", "Embed", "RMSNorm"),
        *("Convolution3D", "ConvolutionDepthWise1D", "ConvolutionDepthWise3D", "DeformableConv2D"),
        *("Deconvolution1D", "Deconvolution3D", "DeconvolutionDepthWise1D"),
        *("DeconvolutionDepthWise3D", "Normalize", "Quantize", "Dequantize", "Requantize"),
    )
)
"""Kinds that take from it too, in ways that are not counted here."""


def parameter_count(param: Param) -> int | None:
    """Numbers that were learnt; None where a layer takes them in a way not counted here."""
    if any(layer.kind in LEARNT_OTHERWISE for layer in param.layers):
        return None
    try:
        return sum(LEARNT[each.kind](each) for each in param.layers if each.kind in LEARNT)
    except ValueError:
        return None

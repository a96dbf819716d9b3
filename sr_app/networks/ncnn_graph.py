"""Networks of which there are ncnn's two files alone: a graph as text and its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sr_app.networks.family import check_integer
from sr_app.networks.imported import RANGES, ImportedFamily, ImportedGraph, Values

NAMED = {name: values for values, name in RANGES.items()}


@dataclass(frozen=True)
class NcnnGraph(ImportedGraph):
    """What an ncnn network is called inside, and how it takes pictures.

    Args:
        input, output: names of its blobs.
        takes, gives: the ranges of its values, as ``networks.imported.RANGES`` names them.
        bgr_in, bgr_out: whether blue is the first channel.
        luma: whether it takes luma alone.
        least: pixels a side below which it does not run.
        lost, pad: pixels a side that its result lacks, and by which pictures are padded for that.
    """

    input: str = "data"
    output: str = "output"
    takes: str = "0..1"
    gives: str = "0..1"
    bgr_in: bool = False
    bgr_out: bool = False
    luma: bool = False
    least: int = 1
    lost: int = 0
    pad: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (self.input, self.output):
            if not is_blob(name):
                raise ValueError(f"Expected the name of a blob. Received: {ascii(name)[:60]}")
        for span in (self.takes, self.gives):
            if not isinstance(span, str) or span not in NAMED:
                raise ValueError(
                    f"Expected values among {', '.join(NAMED)}. Received: {ascii(span)[:60]}"
                )
        for flag in (self.bgr_in, self.bgr_out, self.luma):
            if not isinstance(flag, bool):
                raise ValueError(f"Expected true or false. Received: {ascii(flag)[:60]}")
        check_integer(self.least, "least", 1, 16_384)
        check_integer(self.lost, "lost", 0, 4096)
        check_integer(self.pad, "pad", 0, 4096)

    @property
    def taken(self) -> Values:
        return NAMED[self.takes]

    @property
    def given(self) -> Values:
        return NAMED[self.gives]


def is_blob(name: object) -> bool:
    """Whether a word can name a blob, or a layer: ncnn reads 255 bytes up to a space."""
    return isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable() and " " not in name


class NcnnFamily(ImportedFamily):
    """ncnn networks, of any factor, without weights in Keras: the card's ``graph`` is a ``.param``,
    its ``weights`` the ``.bin`` beside it."""

    DESCRIPTION = NcnnGraph
    EXAMPLE: ClassVar[dict] = {"channels": 32, "input": "in0", "output": "out0", "takes": "0..255"}
    WEIGHTS_FILE = True

    def held_channels(self, network: ImportedGraph, scale: int) -> float:
        """The widest features eight times, as its fast 3x3 convolutions keep them, and the result:
        peaks of Real-ESRGAN's x4plus and animevideov3 were 0.9 to 1.1 times that."""
        return (8 * network.channels + 3) * scale**2

"""What coded pictures say of themselves: AV1's and HEVC's sequence headers.

Decoders stretch a coded picture to the size that its box promises; the header within the coded data
tells whether that is true. AV1 specification 5.3 to 5.5; ITU-T H.265, 7.3.1 and 7.3.2.2; ISO/IEC
14496-15, 8.3.3.1 for where HEVC's lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sr_app.image.cicp import UNSPECIFIED, Cicp

_LONGEST = 4096  # bytes that are looked at: such headers take some ten
_SEQUENCE_HEADER = 1
_SPS = 33
_SUBSAMPLED = {1: (2, 2), 2: (2, 1)}  # chroma format -> luma samples for one of chroma


@dataclass(frozen=True)
class CodedPicture:
    """width, height: of the coded picture. depth: bits per channel. grey: whether of one.

    colours: by number; None of HEVC.
    """

    width: int
    height: int
    depth: int
    grey: bool
    colours: Cicp | None = None


def read_av1(data: bytes) -> CodedPicture | None:
    """From the first bytes of an item `av01`; None where no sequence header is found there."""
    try:
        found = (unit for kind, unit in _obus(data) if kind == _SEQUENCE_HEADER)
        return next(map(_sequence_header, map(_Bits, found)), None)
    except ValueError:
        return None


def read_hevc(config: bytes) -> CodedPicture | None:
    """From an `hvcC` property; None where it holds no parameter set of the sequence."""
    try:
        found = (unit for kind, unit in _nals(config) if kind == _SPS)
        return next(map(_parameter_set, map(_Bits, found)), None)
    except ValueError:
        return None


class _Bits:
    """Numbers from a string of bits, the most significant first."""

    def __init__(self, data: bytes):
        self._value, self._left = int.from_bytes(data[:_LONGEST], "big"), 8 * len(data[:_LONGEST])

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("a sequence header ends too early")
        return self._value >> self._left & (1 << count) - 1

    def prefixed(self) -> int:
        """A number with as many zeros before it as it has bits behind its first (ue, uvlc)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)


def _obus(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and payloads of AV1's units; one without a length is the last."""
    at = 0
    while at < min(len(data), _LONGEST):
        head, at = data[at], at + 1
        at += head >> 2 & 1  # an extension
        size, shift = 0, 0
        while head & 2 and at < len(data):
            size |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if data[at - 1] < 128:
                break
        end = at + size if head & 2 else len(data)
        yield head >> 3 & 15, data[at:end]
        at = end


def _sequence_header(bits: _Bits) -> CodedPicture:
    profile, _, reduced = bits.take(3), bits.take(1), bits.take(1)
    if reduced:
        bits.take(5)
    else:
        _operating_points(bits)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    width, height = bits.take(across) + 1, bits.take(down) + 1
    if not reduced and bits.take(1):  # numbers of frames
        bits.take(7)
    bits.take(3)
    if not reduced:
        _tools(bits)
    bits.take(3)
    high = bits.take(1)
    twelve = bits.take(1) if high and profile == 2 else 0
    depth, grey = 8 + 2 * high + 2 * twelve, profile != 1 and bits.take(1) > 0
    told = bits.take(1)
    primaries, transfer = (bits.take(8) if told else UNSPECIFIED for _ in range(2))
    return CodedPicture(width, height, depth, grey, Cicp(primaries, transfer))


def _operating_points(bits: _Bits) -> None:
    delay = 0
    if bits.take(1):  # timing
        bits.take(64)
        if bits.take(1):
            bits.prefixed()
        if bits.take(1):  # a model of the decoder
            delay = bits.take(5) + 1
            bits.take(42)
    shown = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if delay and bits.take(1):
            bits.take(2 * delay + 1)
        if shown and bits.take(1):
            bits.take(4)


def _tools(bits: _Bits) -> None:
    bits.take(4)
    ordered = bits.take(1)
    bits.take(2 * ordered)
    screen = 1 if bits.take(1) else bits.take(1)
    if screen and not bits.take(1):
        bits.take(1)
    bits.take(3 * ordered)


def _nals(config: bytes) -> Iterator[tuple[int, bytes]]:
    """Kinds and payloads of the units in an `hvcC`, without the bytes that keep start codes out."""
    at = 23
    for _ in range(config[22] if len(config) > 22 else 0):
        count, at = int.from_bytes(config[at + 1 : at + 3], "big"), at + 3
        for _ in range(count):
            size, at = int.from_bytes(config[at : at + 2], "big"), at + 2
            nal, at = config[at : at + size], at + size
            if len(nal) < 2:
                return
            yield nal[0] >> 1 & 63, nal[2:].replace(b"\0\0\3", b"\0\0")


def _parameter_set(bits: _Bits) -> CodedPicture:
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 88 + 8)
    told = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    bits.take(2 * (8 - layers) if layers else 0)
    for profile, level in told:
        bits.take(88 * profile + 8 * level)
    bits.prefixed()
    chroma = bits.prefixed()
    if chroma == 3:
        bits.take(1)
    width, height = bits.prefixed(), bits.prefixed()
    if bits.take(1):  # a window of it
        across, down = _SUBSAMPLED.get(chroma, (1, 1))
        width -= across * (bits.prefixed() + bits.prefixed())
        height -= down * (bits.prefixed() + bits.prefixed())
    return CodedPicture(width, height, 8 + bits.prefixed(), chroma == 0)

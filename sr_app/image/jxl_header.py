"""A JPEG XL's header, bit by bit (ISO/IEC 18181-1, annexes B to E), and its boxes (18181-2).

The codecs at hand say nothing of colours, orientation or depth, and write sRGB or grey alone; so
both are read here, and for writing the header's colours are exchanged: the pixels of a lossless
picture do not depend on them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from mmap import mmap

from sr_app.image.cicp import PRIMARIES, SRGB, Cicp
from sr_app.image.contents import MAX_BLOCK, ColourStatement, Contents, Findings
from sr_app.image.errors import RefusedError
from sr_app.image.isobmff import boxes
from sr_app.image.limits import MAX_SAMPLES, check_count
from sr_app.image.metadata import strip_prefix

CODESTREAM, CONTAINER = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_GREY = 1  # colour space; RGB is 0
_D65, _CUSTOM, _DCI = 1, 2, 11
# By code points of H.273: the header's (white point, primaries), and its transfer functions.
SPACES = {1: (_D65, 1), 9: (_D65, 9), 12: (_D65, 11), 11: (_DCI, 11)}
TRANSFERS = (1, 8, 13, 16, 18)
_ALPHA = 0


@dataclass(frozen=True)
class JxlHeader:
    """What a codestream says of itself.

    Args:
        before, after: positions in bits of the colour encoding.
        icc: whether the colours are those of an embedded ICC profile.
        plain: whether nothing unusual follows the colour encoding, so that it can be exchanged.
    """

    width: int
    height: int
    depth: int = 8
    floating: bool = False
    orientation: int = 1
    animated: bool = False
    alpha: bool = False
    premultiplied: bool = False
    xyb: bool = True
    grey: bool = False
    icc: bool = False
    cicp: Cicp | None = None
    chromaticities: tuple[float, ...] | None = None
    gamma: float | None = None
    before: int = 0
    after: int = 0
    plain: bool = False


class _Bits:
    """Numbers from a string of bits, the least significant first."""

    def __init__(self, data: bytes):
        self._value, self._length = int.from_bytes(data, "little"), 8 * len(data)
        self.position = 0

    def take(self, count: int) -> int:
        if self.position + count > self._length:
            raise ValueError("its header ends too early")
        value = self._value >> self.position & (1 << count) - 1
        self.position += count
        return value

    def flag(self) -> bool:
        return bool(self.take(1))

    def u32(self, *choices: tuple[int, int]) -> int:
        """One of four (offset, bits)."""
        offset, bits = choices[self.take(2)]
        return offset + self.take(bits)

    def enum(self) -> int:
        return self.u32((0, 0), (1, 0), (2, 4), (18, 6))


def read_jxl(data: bytes | mmap) -> Contents:
    """What a JPEG XL says of itself. ValueError if it cannot be one."""
    found = Findings()
    head = parse_header(codestream_start(data, found))
    if head.icc and not head.xyb:
        found.warnings.append("an ICC profile within JPEG XL cannot be read: taken as sRGB")
    if head.floating:
        raise RefusedError("JPEG XL with floating point numbers is not known")
    found.colour = ColourStatement(head.cicp, head.gamma, head.chromaticities)
    return Contents(
        "jxl", head.width, head.height, bits=16 if head.depth > 8 else 8, depth=head.depth,
        channels=(1 if head.grey else 3) + head.alpha, frames=2 if head.animated else 1,
        orientation=head.orientation, **found.facts(),
    )  # fmt: skip


def codestream_start(data: bytes | mmap, found: Findings) -> bytes:
    """The first bytes of the coded picture; what the boxes describe goes into `found`."""
    if data[:2] == CODESTREAM:
        return data[: 1 << 12]
    start, wanted = b"", {b"Exif", b"xml "}  # packed ones are unpacked once each
    for name, begin, end in boxes(data, 0, len(data)):
        content = b""
        if name == b"brob":
            name = data[begin : begin + 4]
            if name in wanted and end - begin < MAX_BLOCK:
                wanted.remove(name)
                content = _brotli(data[begin + 4 : end])
        elif name in (b"Exif", b"xml "):
            content = data[begin : min(end, begin + MAX_BLOCK)]
        if name in (b"jxlc", b"jxlp") and len(start) < 1 << 12:
            start += data[begin + (4 if name == b"jxlp" else 0) : min(end, begin + (1 << 12))]
        elif name == b"Exif" and len(content) > 4:
            offset = int.from_bytes(content[:4], "big")
            found.exif = found.exif or strip_prefix(content[4 + offset :])
        elif name == b"xml ":
            found.xmp = found.xmp or content or None
    return start


def parse_header(data: bytes) -> JxlHeader:
    """The header of a codestream that begins with FF 0A. ValueError if it is damaged."""
    if data[:2] != CODESTREAM:
        raise ValueError("its header cannot be read")
    bits = _Bits(data[2:])
    width, height = _size(bits)
    head = JxlHeader(width, height)
    if bits.flag():  # all default
        return replace(head, cicp=SRGB, before=16 + bits.position, after=16 + bits.position)
    extra = bits.flag()
    if extra:
        head = replace(head, orientation=1 + bits.take(3))
        if bits.flag():
            _size(bits)
        if bits.flag():
            _preview(bits)
        animated = bits.flag()
        head = replace(head, animated=animated)
        if animated:
            _animation(bits)
    depth, floating = _depth(bits)
    bits.flag()  # whether 16-bit buffers are enough
    alpha, premultiplied = _extra_channels(bits)
    xyb = bits.flag()
    head = replace(
        head, depth=depth, floating=floating, alpha=alpha, premultiplied=premultiplied, xyb=xyb,
        before=16 + bits.position,
    )  # fmt: skip
    head = replace(_colours(bits, head), after=16 + bits.position)
    # What follows in a plain header: no extensions (two zeros), default transforms (one).
    return replace(head, plain=not extra and bits.take(3) == 0b100)


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.flag()

    def side() -> int:
        if small:
            return 8 * (1 + bits.take(5))
        return bits.u32((1, 9), (1, 13), (1, 18), (1, 30))

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return side(), height
    top, bottom = _RATIOS[ratio]
    return height * top // bottom, height


def _preview(bits: _Bits) -> None:
    small = bits.flag()
    choices = (
        ((16, 0), (32, 0), (1, 5), (33, 9)) if small else ((1, 6), (65, 8), (321, 10), (1345, 12))
    )
    bits.u32(*choices)
    if not bits.take(3):
        bits.u32(*choices)


def _animation(bits: _Bits) -> None:
    bits.u32((100, 0), (1000, 0), (1, 10), (1, 30))
    bits.u32((1, 0), (1001, 0), (1, 8), (1, 10))
    bits.u32((0, 0), (0, 3), (0, 16), (0, 32))
    bits.flag()


def _depth(bits: _Bits) -> tuple[int, bool]:
    if bits.flag():
        depth = bits.u32((32, 0), (16, 0), (24, 0), (1, 6))
        bits.take(4)
        return depth, True
    return bits.u32((8, 0), (10, 0), (12, 0), (1, 6)), False


def _extra_channels(bits: _Bits) -> tuple[bool, bool]:
    """Whether there is alpha, and whether colours are multiplied with it."""
    alpha, premultiplied = False, False
    count = bits.u32((0, 0), (1, 0), (2, 4), (1, 12))
    check_count("channels", count, MAX_SAMPLES)
    for _ in range(count):
        kind, associated = _ALPHA, False
        if not bits.flag():
            kind = bits.enum()
            _depth(bits)
            bits.u32((0, 0), (3, 0), (4, 0), (1, 3))
            bits.take(8 * bits.u32((0, 0), (0, 4), (16, 5), (48, 10)))
            if kind == _ALPHA:
                associated = bits.flag()
            elif kind == 2:  # a spot colour
                bits.take(4 * 16)
            elif kind == 5:  # a colour filter array
                bits.u32((1, 0), (0, 2), (3, 4), (19, 8))
        if kind == _ALPHA and not alpha:
            alpha, premultiplied = True, associated
    return alpha, premultiplied


def _colours(bits: _Bits, head: JxlHeader) -> JxlHeader:
    if bits.flag():
        return replace(head, cicp=SRGB)
    icc, space = bits.flag(), bits.enum()
    head = replace(head, grey=space == _GREY, icc=icc)
    if icc:
        return head
    white = bits.enum()
    places = [_place(bits)] if white == _CUSTOM else []
    primaries = 1
    if space != _GREY:
        primaries = bits.enum()
        places += [_place(bits) for _ in range(3)] if primaries == _CUSTOM else []
    gamma = bits.take(24) / 1e7 if bits.flag() else None
    transfer = 13 if gamma is not None else bits.enum()
    bits.enum()  # rendering intent
    number = next((n for n, space in SPACES.items() if space == (white, primaries)), None)
    if gamma is None and number and transfer in TRANSFERS:
        return replace(head, cicp=Cicp(number, transfer))
    if white == _CUSTOM and primaries == _CUSTOM:
        flat = tuple(v for place in places for v in place)
    else:
        flat = PRIMARIES.get(number or 1)
    return replace(head, gamma=gamma, chromaticities=flat)


def _place(bits: _Bits) -> tuple[float, float]:
    def number() -> float:
        packed = bits.u32((0, 19), (524288, 19), (1048576, 20), (2097152, 21))
        return (packed // 2 if packed % 2 == 0 else -(packed + 1) // 2) / 1e6

    return number(), number()


def _brotli(data: bytes) -> bytes:
    from imagecodecs import brotli_decode

    return bytes(brotli_decode(data, out=MAX_BLOCK))

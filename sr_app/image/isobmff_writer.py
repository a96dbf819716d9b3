"""Files of boxes, written: items with their properties, places and references, one after the other.

ISO/IEC 14496-12 (boxes) and 23008-12 (items, groups).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import BinaryIO

PRIMARY = 1
"""Number of the first item, which is the main picture."""

HIDDEN = 1
"""Flag of an item that is not for looking at."""

_ESSENTIAL = (b"av1C", b"hvcC", b"irot", b"imir", b"clap")


@dataclass
class WrittenItem:
    """One item, whose number is its place in the file.

    Args:
        properties: boxes.
        refers: reference type -> items it refers to.
        words: its name; of kind "mime" also what it is.
    """

    kind: bytes
    data: bytes
    properties: list[bytes] = field(default_factory=list)
    refers: dict[bytes, list[int]] = field(default_factory=dict)
    flags: int = 0
    words: bytes = b"\0"


def box(name: bytes, content: bytes) -> bytes:
    """One box."""
    return struct.pack(">I4s", 8 + len(content), name) + content


def write_items(
    stream: BinaryIO, brands: bytes, items: Sequence[WrittenItem], group: Sequence[int] = ()
) -> None:
    """A file of these items, the first of which is its main picture.

    Args:
        brands: content of the box `ftyp`.
        group: items of which a reader takes the first that it understands.
    """
    sizes = [len(item.data) for item in items]
    start = 8 + len(brands) + 8 + len(_meta(items, sizes, group)) + 8
    places = [start + before for before in accumulate(sizes, initial=0)][:-1]
    stream.write(box(b"ftyp", brands))
    stream.write(box(b"meta", _meta(items, places, group)))
    stream.write(struct.pack(">I4s", 8 + sum(sizes), b"mdat"))
    for item in items:
        stream.write(item.data)


def _meta(items: Sequence[WrittenItem], places: Sequence[int], group: Sequence[int]) -> bytes:
    """The content of the meta box.

    Args:
        places: where the data of each item begin in the file.
        group: items of which a reader takes the first that it understands.
    """
    numbered = list(enumerate(items, 1))
    kinds = b"".join(
        box(b"infe", struct.pack(">IHH4s", 2 << 24 | i.flags, n, 0, i.kind) + i.words)
        for n, i in numbered
    )
    located = b"".join(
        struct.pack(">HHHII", n, 0, 1, place, len(item.data))
        for (n, item), place in zip(numbered, places, strict=True)
    )
    references = b"".join(
        box(kind, struct.pack(f">HH{len(targets)}H", n, len(targets), *targets))
        for n, item in numbered
        for kind, targets in item.refers.items()
    )
    stored = [*dict.fromkeys(each for item in items for each in item.properties)]
    held = [(n, item.properties) for n, item in numbered if item.properties]
    associated = b"".join(
        struct.pack(">HB", n, len(own))
        + bytes(stored.index(each) + 1 | 128 * (each[4:8] in _ESSENTIAL) for each in own)
        for n, own in held
    )
    properties = box(b"ipco", b"".join(stored))
    properties += box(b"ipma", struct.pack(">II", 0, len(held)) + associated)
    meta = bytes(4) + box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    meta += box(b"pitm", struct.pack(">IH", 0, PRIMARY))
    meta += box(b"iloc", struct.pack(">IHH", 0, 0x4400, len(items)) + located)
    meta += box(b"iinf", struct.pack(">IH", 0, len(items)) + kinds)
    if references:
        meta += box(b"iref", bytes(4) + references)
    meta += box(b"iprp", properties)
    if group:
        members = struct.pack(f">III{len(group)}I", 0, len(items) + 1, len(group), *group)
        meta += box(b"grpl", box(b"altr", members))
    return meta

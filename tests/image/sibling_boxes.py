"""Valid AVIF and HEIC files: depths, grids, turned, mirrored, cropped, with their pixels."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Iterator

import imagecodecs
import numpy as np
from PIL import Image

from sr_app.image.isobmff import boxes, item_data, read_items
from tests.image.heic_files import TEN_BITS
from tests.image.siblings import HEIGHT, WIDTH, Sibling, saved, scene


def avifs() -> Iterator[Sibling]:
    """Depths, samplings, alpha; turned, mirrored and cropped; the turning told twice."""
    for bits, channels in itertools.product((8, 10, 12), (1, 3, 4)):
        pixels = scene(bits, channels)
        top = 2**bits - 1
        wide = pixels
        if bits > 8:
            wide = ((pixels.astype(np.uint32) * 65535 + top // 2) // top).astype(np.uint16)
        coded = pixels[..., 0] if channels == 1 else pixels
        data = imagecodecs.avif_encode(coded, level=98, bitspersample=bits, pixelformat="444")
        yield Sibling(
            f"{bits}_{channels}.avif", data, wide, *((60, 4) if bits == 8 else (9000, 700))
        )
    for bits, channels in itertools.product((8, 10), (1, 2)):
        pixels, top = scene(bits, channels), 2**bits - 1
        wide = pixels if bits == 8 else (pixels.astype(np.uint32) * 65535 + top // 2) // top
        data = imagecodecs.avif_encode(pixels, level=98, bitspersample=bits, pixelformat="400")
        near = (60, 4) if bits == 8 else (9000, 700)
        yield Sibling(f"grey_{bits}_{channels}.avif", data, wide.astype(pixels.dtype), *near)
    pixels = scene(8)
    plain = imagecodecs.avif_encode(pixels, level=98, pixelformat="444")
    turns = {0: lambda p: p, 1: np.rot90, 2: lambda p: np.rot90(p, 2), 3: lambda p: np.rot90(p, 3)}
    for turn, mirror in itertools.product(turns, (None, 0, 1)):
        changed = turns[turn](pixels)
        extra = [(b"irot", bytes([turn]))]
        if mirror is not None:
            extra.append((b"imir", bytes([mirror])))
            changed = changed[::-1] if mirror == 0 else changed[:, ::-1]
        data = with_properties(plain, extra)
        yield Sibling(f"turned_{turn}_{mirror}.avif", data, changed, 60, 4)
    crop = struct.pack(">8i", 20, 1, 10, 1, -3, 1, 2, 1)
    top, left = (HEIGHT - 10) // 2 + 2, (WIDTH - 20) // 2 - 3
    part = pixels[top : top + 10, left : left + 20]
    yield Sibling("cropped.avif", with_properties(plain, [(b"clap", crop)]), part, 60, 4)
    data = with_properties(plain, [(b"clap", crop), (b"irot", b"\1")])
    yield Sibling("cropped_turned.avif", data, np.rot90(part), 60, 4)
    exif = Image.Exif()
    exif[274] = 6
    both = saved(pixels, "avif", quality=98, subsampling="4:4:4", exif=exif)
    yield Sibling("turned_once.avif", both, np.rot90(pixels, 3), 60, 4)


def grids() -> Iterator[Sibling]:
    """Pictures put together of tiles, the last row and column of which are cut."""
    for bits in (8, 10):
        y, x = np.mgrid[:128, :128]
        deep = (np.stack([x, y, (x + y) // 2], axis=2) * (2**bits - 1) // 127).astype(np.uint16)
        coded = deep.astype(np.uint8) if bits == 8 else deep
        tiles = [coded[r : r + 64, c : c + 64].copy() for r in (0, 64) for c in (0, 64)]
        files = [
            imagecodecs.avif_encode(tile, level=98, bitspersample=bits, pixelformat="444")
            for tile in tiles
        ]
        wide = coded if bits == 8 else ((deep.astype(np.uint32) * 65535 + 511) // 1023)
        pixels = wide[:100, :90].astype(coded.dtype)
        near = (60, 4) if bits == 8 else (9000, 700)
        yield Sibling(f"grid_{bits}.avif", grid_of(files, 100, 90), pixels, *near)
        data = with_properties(grid_of(files, 100, 90), [(b"irot", b"\3"), (b"imir", b"\1")])
        yield Sibling(f"grid_{bits}_turned.avif", data, np.rot90(pixels, 3)[:, ::-1], *near)


def heics() -> Iterator[Sibling]:
    """A phone's cropped picture, turned and mirrored too."""
    import pi_heif

    found = np.array(pi_heif.open_heif(io.BytesIO(TEN_BITS), convert_hdr_to_8bit=False))
    pixels = (((found >> 6).astype(np.uint32) * 65535 + 511) // 1023).astype(np.uint16)
    for name, extra, changed in (
        ("turned", [(b"irot", b"\1")], np.rot90(pixels)),
        ("mirrored", [(b"imir", b"\0")], pixels[::-1]),
        ("both", [(b"irot", b"\3"), (b"imir", b"\1")], np.rot90(pixels, 3)[:, ::-1]),
    ):
        yield Sibling(f"{name}.heic", with_properties(TEN_BITS, extra), changed)


def grid_of(files: list[bytes], height: int, width: int) -> bytes:
    """Four AVIFs as two by two tiles of one."""
    listed = [read_items(data) for data in files]
    mains = [items.known[items.primary] for items in listed]
    payloads = [item_data(data, main) for data, main in zip(files, mains, strict=True)]
    head = struct.pack(">4BHH", 0, 0, 1, 1, width, height)
    colours = mains[0].find(b"colr")
    tile = [
        (name, value) for name, value in mains[0].properties if name in (b"av1C", b"ispe", b"pixi")
    ]
    stored = [(b"ispe", bytes(4) + struct.pack(">II", width, height)), *tile]
    if colours:
        stored.append((b"colr", colours))
    inside = b"".join(box(name, value) for name, value in stored)
    own = (
        [1]
        + ([len(stored)] if colours else [])
        + [n for n, (name, _) in enumerate(stored, 1) if name == b"pixi"]
    )
    each = [n for n in range(2, 2 + len(tile))] + ([len(stored)] if colours else [])
    table = struct.pack(">II", 0, 5)
    for item, wanted in ((1, own), *((n, each) for n in range(2, 6))):
        table += struct.pack(">HB", item, len(wanted)) + bytes(0x80 | n for n in wanted)
    kinds = [struct.pack(">IHH4s", 2 << 24, 1, 0, b"grid") + b"\0"]
    kinds += [struct.pack(">IHH4s", 2 << 24, n, 0, b"av01") + b"\0" for n in range(2, 6)]
    refers = bytes(4) + box(b"dimg", struct.pack(">HH4H", 1, 4, 2, 3, 4, 5))

    def meta(start: int) -> bytes:
        places = struct.pack(">IHH", 0, 0x4400, 5)
        for item, part in enumerate([head, *payloads], 1):
            places += struct.pack(">HHHII", item, 0, 1, start, len(part))
            start += len(part)
        handler = bytes(8) + b"pict" + bytes(13)
        parts = [
            box(b"hdlr", handler), box(b"pitm", bytes(4) + struct.pack(">H", 1)),
            box(b"iloc", places),
            box(b"iinf", struct.pack(">IH", 0, 5) + b"".join(box(b"infe", k) for k in kinds)),
            box(b"iref", refers), box(b"iprp", box(b"ipco", inside) + box(b"ipma", table)),
        ]  # fmt: skip
        return box(b"meta", bytes(4) + b"".join(parts))

    kind = box(b"ftyp", b"avif" + bytes(4) + b"avifmif1miaf")
    start = len(kind) + len(meta(0)) + 8
    return kind + meta(start) + box(b"mdat", head + b"".join(payloads))


def with_properties(data: bytes, extra: list[tuple[bytes, bytes]]) -> bytes:
    """An AVIF with more properties of its main picture: the meta box is made anew, places moved."""
    number = read_items(data).primary
    meta = next((a, b) for name, a, b in boxes(data, 0, len(data)) if name == b"meta")
    parts = [(name, data[a:b]) for name, a, b in boxes(data, meta[0] + 4, meta[1])]
    made = dict(parts)
    ipco, ipma = [
        (name, made[b"iprp"][a:b]) for name, a, b in boxes(made[b"iprp"], 0, len(made[b"iprp"]))
    ]
    known = sum(1 for _ in boxes(ipco[1], 0, len(ipco[1])))
    inside = ipco[1] + b"".join(box(name, value) for name, value in extra)
    table, at = bytearray(ipma[1]), 8
    (count,) = struct.unpack_from(">I", table, 4)
    for _ in range(count):
        (item,) = struct.unpack_from(">H", table, at)
        size = table[at + 2]
        if item == number:
            table[at + 2] = size + len(extra)
            table[at + 3 + size : at + 3 + size] = bytes(
                0x80 | (known + 1 + n) for n in range(len(extra))
            )
        at += 3 + table[at + 2]
    made[b"iprp"] = box(b"ipco", inside) + box(b"ipma", bytes(table))
    grown = len(made[b"iprp"]) - (
        meta[1] - meta[0] - 4 - sum(8 + len(v) for n, v in parts if n != b"iprp") - 8
    )
    made[b"iloc"] = moved(made[b"iloc"], grown)
    whole = bytes(4) + b"".join(box(name, made[name]) for name, _ in parts)
    return data[: meta[0] - 8] + box(b"meta", whole) + data[meta[1] :]


def moved(places: bytes, by: int) -> bytes:
    """An item location box of version 0 or 1 with 4-byte offsets, all moved by so many bytes."""
    table = bytearray(places)
    version, sizes = table[0], struct.unpack_from(">H", table, 4)[0]
    if sizes >> 8 != 0x44:
        raise ValueError(f"places of sizes {sizes:04x}")
    (count,), at = struct.unpack_from(">H", table, 6), 8
    base = sizes >> 4 & 15
    for _ in range(count):
        at += 4 + 2 * version + base
        (extents,) = struct.unpack_from(">H", table, at)
        at += 2
        for _ in range(extents):
            (offset,) = struct.unpack_from(">I", table, at)
            struct.pack_into(">I", table, at, offset + by)
            at += 8
    return bytes(table)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content

"""Files made to keep a reader busy or to fill its memory: small to store, each of its own kind.

python -m tests.image.hostile_files FOLDER      writes them
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
from PIL import Image

from sr_app.image.png import SIGNATURE
from tests.image.heic_files import EIGHT_BITS

SHORT, LONG, BYTES = 3, 4, 7


def coded(kind: str, size: tuple[int, int] = (16, 16), **options) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (90, 120, 40)).save(stream, kind, **options)
    return stream.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + name + content
        + struct.pack(">I", zlib.crc32(name + content))
    )  # fmt: skip


def png(*between: bytes, size: tuple[int, int] = (16, 16), depth: int = 8) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, 2, 0, 0, 0))
    rows = zlib.compress(bytes(size[1] * (1 + size[0] * 3 * depth // 8)))
    return SIGNATURE + head + b"".join(between) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def inflating(size: int) -> bytes:
    """A key and so many zeros, packed."""
    return b"a\0\0" + zlib.compress(bytes(size), 9)


def tiff(
    tags: dict[int, tuple[int, list[int] | bytes]], data: bytes = b"", after: int = 0
) -> bytes:
    """A TIFF of one directory; its pixels lie behind it, and so do long values."""
    place, entries, values = 8 + 2 + 12 * len(tags) + 4, b"", b""
    for tag, (kind, numbers) in sorted(tags.items()):
        count = len(numbers)
        if not isinstance(numbers, bytes):
            numbers = struct.pack(f"<{count}{'H' if kind == SHORT else 'I'}", *numbers)
        field = numbers.ljust(4, b"\0")
        if len(numbers) > 4:
            field = struct.pack("<I", place + len(values))
            values += numbers + bytes(len(numbers) % 2)
        entries += struct.pack("<HHI", tag, kind, count) + field
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + struct.pack("<I", after)
    return head + values + data


def layout(width: int, height: int, bits: int = 8, samples: int = 3, **more) -> dict:
    tags = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * min(samples, 64)),
        259: (SHORT, [1]), 262: (SHORT, [2 if samples > 2 else 1]), 273: (LONG, [8]),
        277: (SHORT, [samples]), 278: (LONG, [height]),
        279: (LONG, [min(width * height * samples * bits // 8, 1 << 31)]),
    }  # fmt: skip
    return tags | {int(tag[1:]): value for tag, value in more.items()}


def strip(
    name: int, packed: bytes, *, bits: int = 16, size: tuple[int, int] = (1000, 1000)
) -> bytes:
    """A TIFF whose one strip is packed by the codec of this number."""
    tags = layout(*size, bits, t259=(SHORT, [name]), t279=(LONG, [len(packed)]))
    start = len(tiff(tags))
    return tiff(tags | {273: (LONG, [start])}, packed)


def tiff_two_directories_in_a_circle() -> bytes:
    first = tiff(layout(16, 16), bytes(768), after=2000).ljust(2000, b"\0")
    second = struct.pack("<HHHIII", 1, 254, LONG, 1, 0, 8)
    return first + second


def tiff_thumbnails_with_many_tags() -> bytes:
    """500 directories of reduced pictures with 4,000 tags each."""
    table = struct.pack("<HHII", 254, LONG, 1, 1) + struct.pack("<HHII", 40000, LONG, 1, 1) * 4000
    out, size = bytearray(b"II*\0\x08\0\0\0"), 2 + len(table) + 4
    for n in range(500):
        out += struct.pack("<H", 4001) + table + struct.pack("<I", 8 + (n + 1) * size)
    return bytes(out)


def tiff_narrow() -> bytes:
    count = 1_000_000
    return tiff(
        layout(1, count, t278=(LONG, [1]), t273=(LONG, [8] * count), t279=(LONG, [3] * count))
    )


def tiff_tiles(bits: int, side: int = 1, photometric: int = 2) -> bytes:
    tags = layout(7000, 7000, bits, 3 if photometric == 2 else 1, t262=(SHORT, [photometric]))
    tags = {tag: value for tag, value in tags.items() if tag not in (273, 278, 279)}
    places = {322: (LONG, [side]), 323: (LONG, [side]), 324: (LONG, [8] * 99)}
    return tiff(tags | places | {325: (LONG, [6] * 99)})


def jpeg_with(*segments: tuple[int, bytes], size: tuple[int, int] = (16, 16), **options) -> bytes:
    data = coded("jpeg", size, **options)
    made = b"".join(struct.pack(">BBH", 0xFF, n, 2 + len(part)) + part for n, part in segments)
    return data[:2] + made + data[2:]


def jpeg_scans(count: int, side: int) -> bytes:
    data = coded("jpeg", progressive=True)
    frame, first = data.index(b"\xff\xc2"), data.index(b"\xff\xda")
    head = data[: frame + 5] + struct.pack(">HH", side, side) + data[frame + 9 : first]
    return head + data[first:-2] * count + b"\xff\xd9"


def jpeg_huge_map() -> bytes:
    note = b"http://ns.adobe.com/xap/1.0/\0<x http://ns.adobe.com/hdr-gain-map/1.0/ />"
    data = jpeg_with((0xE1, note), (0xE2, b"MPF\0" + bytes(30)))
    second = jpeg_with((0xE1, note))
    frame = second.index(b"\xff\xc0")
    return data + second[: frame + 5] + struct.pack(">HH", 30000, 30000) + second[frame + 9 :]


def jpeg_extended_xmp() -> bytes:
    mark = b"http://ns.adobe.com/xmp/extension/\0" + bytes(32)
    parts = [
        (0xE1, mark + struct.pack(">II", 1 << 30, n * 65000) + bytes(65000)) for n in range(300)
    ]
    note = b"http://ns.adobe.com/xap/1.0/\0<x HasExtendedXMP='1'/>"
    return jpeg_with((0xE1, note), *parts)


def jpeg_iptc() -> bytes:
    block = lambda n: b"Photoshop 3.0\x008BIM\4\4\0\0" + struct.pack(">I", n) + bytes(n)  # noqa: E731
    return jpeg_with(*[(0xED, block(65000))] * 240, *[(0xED, block(2))] * 40_000)


def gif_comment() -> bytes:
    data = coded("gif")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"!\xfe" + (b"\xff" + bytes(255)) * 60_000 + b"\0" + data[at:]


def gif_small_blocks() -> bytes:
    data = coded("gif")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"!\xff" + b"\1\1" * 8_000_000 + b"\0" + data[at:]


def webp_chunks() -> bytes:
    inside = coded("webp", lossless=True)[12:] + b"ABCD\0\0\0\0" * 400_000
    return b"RIFF" + struct.pack("<I", 4 + len(inside)) + b"WEBP" + inside


def webp_picture_larger_than_its_canvas() -> bytes:
    picture = coded("webp", (5000, 5000), lossless=True, method=0)[12:]
    inside = b"VP8X" + struct.pack("<I", 10) + bytes(4) + bytes([15, 0, 0, 15, 0, 0]) + picture
    return b"RIFF" + struct.pack("<I", 4 + len(inside)) + b"WEBP" + inside


def avif_exif_items() -> bytes:
    """15,000 EXIF items that all are the same eight megabytes of nothing."""
    data, size = coded("avif"), 8 << 20
    start = data.index(b"meta") - 4
    inside = bytearray()

    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), name) + content

    count = 15_000
    kinds = b"".join(
        box(b"infe", struct.pack(">IHH4s", 2 << 24, n + 2, 0, b"Exif") + b"\0")
        for n in range(count)
    )
    kinds += box(b"infe", struct.pack(">IHH4s", 2 << 24, 1, 0, b"av01") + b"\0")
    places = struct.pack(">IHH", 0, 0x4400, count + 1) + struct.pack(">HHHII", 1, 0, 1, 100, 100)
    places += b"".join(struct.pack(">HHHII", n + 2, 0, 1, 8000, size) for n in range(count))
    inside += bytes(4) + box(b"pitm", bytes(4) + struct.pack(">H", 1))
    inside += box(b"iinf", struct.pack(">IH", 0, count + 1) + kinds) + box(b"iloc", places)
    size_box = box(b"ispe", bytes(4) + struct.pack(">II", 16, 16))
    inside += box(
        b"iprp", box(b"ipco", size_box) + box(b"ipma", struct.pack(">IIHBB", 0, 1, 1, 1, 1))
    )
    whole = data[:start] + box(b"meta", bytes(inside))
    return whole + b"\0\x80\0\x08free" + b"\xff" * (size + 8000)


def avif_meta(*parts: tuple[bytes, bytes], behind: int) -> bytes:
    """A meta box of a main picture of 16x16, and so many zeros."""

    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), name) + content

    size = box(b"ipco", box(b"ispe", bytes(4) + struct.pack(">II", 16, 16)))
    boxes = {b"pitm": bytes(4) + struct.pack(">H", 1), b"iprp": size}
    for name, content in parts:
        boxes[name] = boxes.get(name, b"") + content
    meta = bytes(4) + b"".join(box(name, content) for name, content in boxes.items())
    return box(b"ftyp", b"avif\0\0\0\0avifmif1miaf") + box(b"meta", meta) + bytes(behind)


def avif_references() -> bytes:
    """20,000 boxes that each claim the same 20,000 references behind them."""
    one = struct.pack(">I4sHH", 12, b"dimg", 1, 20_000)
    return avif_meta((b"iref", bytes(4) + one * 19_990), behind=60_000)


def avif_associations() -> bytes:
    """The same with items that have no property."""
    one = struct.pack(">I4sII", 16, b"ipma", 0, 20_000)
    return avif_meta((b"iprp", one * 19_000), behind=80_000)


def tiff_tiles_upon_each_other() -> bytes:
    """122,500 tiles that are the same four megabytes of empty blocks, and a row of zeros."""
    packed = b"\x78\1" + b"\0\0\0\xff\xff" * 800_000
    packed += b"\1\0\2\xff\xfd" + bytes(512) + struct.pack(">I", zlib.adler32(bytes(512)))
    count = (5600 // 16) ** 2
    tags = {tag: v for tag, v in layout(5600, 5600, 16, 1).items() if tag not in (273, 278, 279)}
    tags |= {259: (SHORT, [8]), 322: (LONG, [16]), 323: (LONG, [16])}
    tags |= {324: (LONG, [0] * count), 325: (LONG, [len(packed)] * count)}
    return tiff(tags | {324: (LONG, [len(tiff(tags))] * count)}, packed)


def avif_lying() -> bytes:
    """Says 16x16 where its coded picture is 6000x6000."""
    data = bytearray(coded("avif", (6000, 6000), speed=10))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", 16, 16)
    return bytes(data)


def heic_lying() -> bytes:
    data = bytearray(EIGHT_BITS)
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", 9000, 9000)
    return bytes(data)


def jxl_channels() -> bytes:
    """A header with 4,096 channels for 8,192 x 8,192 pixels."""
    value, length = 0, 0

    def put(number: int, bits: int) -> None:
        nonlocal value, length
        value |= number << length
        length += bits

    put(1, 1), put(31, 5), put(1, 3)  # 256 by its ratio
    put(0, 1), put(0, 1), put(0, 1), put(0, 2), put(1, 1)  # no defaults, 8 bits
    put(3, 2), put(4095, 12)
    put(1, 4096)
    return b"\xff\x0a" + value.to_bytes(length // 8 + 1, "little") + bytes(600)


def bmp_rle(side: int = 7000, pairs: int = 1_000_000) -> bytes:
    """Run-length coding of single pixels and empty lines."""
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 2 * pairs, 0, 0, 256, 0)
    start = 14 + 40 + 1024
    rows = bytes([1, 5]) * (pairs // 2) + bytes(pairs)
    return struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start) + head + bytes(1024) + rows


FILES: dict[str, Callable[[], bytes]] = {
    "circle.tif": tiff_two_directories_in_a_circle,
    "self.tif": lambda: tiff(layout(16, 16), bytes(768), after=8),
    "thumbnails.tif": tiff_thumbnails_with_many_tags,
    "narrow.tif": tiff_narrow,
    "tiles_of_one_8.tif": lambda: tiff_tiles(8),
    "tiles_of_one_16.tif": lambda: tiff_tiles(16),
    "tiles_of_one_palette.tif": lambda: tiff_tiles(8, photometric=3),
    "tiles_of_60k.tif": lambda: tiff_tiles(8, side=60000),
    "samples_60k.tif": lambda: tiff(layout(1000, 1000, 16, 60000)),
    "samples_64.tif": lambda: tiff(layout(7000, 7000, 16, 64, t284=(SHORT, [2]))),
    "deflate.tif": lambda: strip(8, zlib.compress(bytes(200_000_000), 9)),
    "deflate_little.tif": lambda: strip(8, zlib.compress(bytes(20_000)), size=(7000, 7000)),
    "zstd.tif": lambda: strip(50000, imagecodecs.zstd_encode(bytes(200_000_000))),
    "packbits.tif": lambda: strip(32773, b"\x81\0" * 3_000_000),
    "lzw.tif": lambda: strip(5, imagecodecs.lzw_encode(bytes(60_000_000))),
    "resources.tif": lambda: tiff(
        layout(16, 16) | {34377: (BYTES, b"8BIM\4\0\0\0\0\0\0\0" * 3_000_000)}, bytes(768)
    ),
    "upon_each_other.tif": tiff_tiles_upon_each_other,
    "twice.tif": lambda: tiff(layout(16, 16), bytes(768)).replace(
        struct.pack("<HHII", 258, SHORT, 3, 122), struct.pack("<HHII", 256, LONG, 1, 7000)
    ),
    "fill_bytes.jpg": lambda: coded("jpeg")[:-2] + b"\xff" * 4_000_000 + b"\0\xff\xd9",
    "scans_small.jpg": lambda: jpeg_scans(3000, 64),
    "scans_large.jpg": lambda: jpeg_scans(300, 7000),
    "scans_allowed.jpg": lambda: jpeg_scans(900, 1600),
    "map.jpg": jpeg_huge_map,
    "extended_xmp.jpg": jpeg_extended_xmp,
    "iptc.jpg": jpeg_iptc,
    "tables.jpg": lambda: jpeg_with(*[(0xDB, b"\0" + b"\1" * 64)] * 45_000),
    "segments.jpg": lambda: jpeg_with(*[(0xFE, b"")] * 1_000_000),
    "profiles.png": lambda: png(*[chunk(b"iCCP", inflating(16_000_000))] * 300),
    "chunks.png": lambda: png(*[chunk(b"abCd", b"")] * 500_000),
    "little.png": lambda: png(size=(16, 16)).replace(
        chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)),
        chunk(b"IHDR", struct.pack(">IIBBBBB", 7000, 7000, 16, 6, 0, 0, 1)),
    ),
    "texts.png": lambda: png(*[chunk(b"zTXt", inflating(3_000_000))] * 2000),
    "comment.gif": gif_comment,
    "blocks.gif": gif_small_blocks,
    "chunks.webp": webp_chunks,
    "canvas.webp": webp_picture_larger_than_its_canvas,
    "items.avif": avif_exif_items,
    "references.avif": avif_references,
    "associations.avif": avif_associations,
    "lying.avif": avif_lying,
    "lying.heic": heic_lying,
    "channels.jxl": jxl_channels,
    "runs.bmp": bmp_rle,
}  # fmt: skip
"""Name -> what makes the file; each takes some seconds at most and 50 MB."""


def main(folder: Path) -> None:
    """Write all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

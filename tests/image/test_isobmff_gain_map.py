from __future__ import annotations

import io
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.image.gain_map_parameters import from_iso, to_iso
from sr_app.image.isobmff import item_data, read_items
from sr_app.image.isobmff_writer import HIDDEN, WrittenItem, box, write_items
from tests.image.heic_files import EIGHT_BITS
from tests.image.siblings import scene
from tests.image.test_gain_map_parameters import ONE

APPLE = b"\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0"
AVIF = imagecodecs.avif_encode(scene(), level=98, pixelformat="444")
GREY = imagecodecs.avif_encode(scene(8, 1), level=98, pixelformat="400")
KINDS = {"avif": (AVIF, GREY), "heic": (EIGHT_BITS, EIGHT_BITS)}


def item_of(data: bytes, **changes) -> WrittenItem:
    """The main picture of a file."""
    items = read_items(data)
    main = items.known[items.primary]
    properties = [box(*each) for each in main.properties]
    return WrittenItem(main.kind, item_data(data, main), properties, **changes)


def written(path: Path, items: list[WrittenItem], group: tuple[int, ...] = ()) -> Path:
    stream = io.BytesIO()
    brand = b"avif" if path.suffix == ".avif" else b"heic"
    write_items(stream, brand + bytes(4) + b"mif1" + brand + b"tmap" * bool(group), items, group)
    path.write_bytes(stream.getvalue())
    return path


def derived(path: Path, parameters: bytes = b"\0" + to_iso(ONE)) -> Path:
    """A photo with a map as ISO 21496-1 has it."""
    photo, found = KINDS[path.suffix[1:]]
    size = box(b"ispe", read_items(photo).known[1].find(b"ispe") or b"")
    made = WrittenItem(b"tmap", parameters, [size], {b"dimg": [1, 2]})
    return written(path, [item_of(photo), item_of(found, flags=HIDDEN), made], (3, 1))


def auxiliary(path: Path, headroom: bytes | None = b"4", exif: bytes | None = None) -> Path:
    """A photo with a map as iPhones had it."""
    photo, found = KINDS[path.suffix[1:]]
    second = item_of(found, refers={b"auxl": [1]})
    second.properties.insert(1, box(b"auxC", APPLE))
    items = [item_of(photo), second]
    if headroom:
        packet = b"<HDRGainMap:HDRGainMapHeadroom>%s</HDRGainMap:HDRGainMapHeadroom>" % headroom
        words = b"\0application/rdf+xml\0"
        items.append(WrittenItem(b"mime", packet, refers={b"cdsc": [2]}, words=words))
    if exif:
        items.append(WrittenItem(b"Exif", bytes(4) + exif, refers={b"cdsc": [1]}))
    return written(path, items)


def apple_exif(headroom: tuple[int, int], gain: tuple[int, int]) -> bytes:
    note = b"Apple iOS\0\0\1MM" + struct.pack(">H", 2)
    note += struct.pack(">HHII", 33, 10, 1, 40) + struct.pack(">HHII", 48, 10, 1, 48)
    note += struct.pack(">4i", *headroom, *gain)
    head = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 34665, 4, 1, 26, 0)
    return head + struct.pack(">HHHIII", 1, 37500, 7, len(note), 44, 0) + note


@pytest.mark.parametrize("kind", KINDS)
def test_a_derived_rendition(tmp_path: Path, kind: str) -> None:
    photo = read_photo(derived(tmp_path / f"a.{kind}"))
    found = photo.gain_map
    assert photo.warnings == () and from_iso(found.iso) == ONE
    (tmp_path / f"b.{kind}").write_bytes(KINDS[kind][1])
    alone = read_photo(tmp_path / f"b.{kind}", as_floats=False).rgb
    assert np.array_equal(found.pixels, alone[..., : found.pixels.shape[2]])
    assert found.size == photo.rgb.shape[:2]


@pytest.mark.parametrize("kind", KINDS)
def test_an_iphone_s_map_is_translated(tmp_path: Path, kind: str) -> None:
    """Light times 1 + 3 x, x by the curve of video: with a headroom of 4 two stops at most."""
    photo = read_photo(auxiliary(tmp_path / f"a.{kind}"))
    parameters = from_iso(photo.gain_map.iso)
    assert photo.warnings == () and parameters.other_headroom == 2 and parameters.maximum == (2,)
    (tmp_path / f"b.{kind}").write_bytes(KINDS[kind][1])
    x = read_photo(tmp_path / f"b.{kind}").rgb[..., : photo.gain_map.pixels.shape[2]]
    light = np.where(x < 0.081, x / 4.5, ((x + 0.099) / 1.099) ** (1 / 0.45))
    ours = 2 ** (photo.gain_map.pixels / 127.5)
    assert np.abs(ours - (1 + 3 * light)).max() < 0.02


def test_headroom_of_the_maker_note(tmp_path: Path) -> None:
    """Apple's example: 33 is 1.2 and 48 is 0.005, so 2^(-70 * 0.005 + 3) times white."""
    path = auxiliary(tmp_path / "a.heic", None, apple_exif((12, 10), (5, 1000)))
    assert from_iso(read_photo(path).gain_map.iso).other_headroom == pytest.approx(2.65, abs=1e-5)
    path = auxiliary(tmp_path / "a.heic", None, apple_exif((5, 10), (10, 10)))
    assert from_iso(read_photo(path).gain_map.iso).other_headroom == pytest.approx(1.5, abs=1e-5)


def test_one_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    for path in (
        auxiliary(tmp_path / "a.heic", None),
        auxiliary(tmp_path / "b.avif", b"0.5"),
        derived(tmp_path / "c.avif", b"\1" + to_iso(ONE)),
        derived(tmp_path / "d.avif", b""),
    ):
        photo = read_photo(path)
        (warning,) = photo.warnings
        assert photo.gain_map is None and "gain map cannot be used" in warning


@pytest.mark.parametrize("suffix", ["jpg", "avif", "jxl"])
def test_it_is_carried_over(tmp_path: Path, suffix: str) -> None:
    """From a HEIC into each format that holds one, three times as large."""
    photo = read_photo(derived(tmp_path / "a.heic"))
    height, width = photo.rgb.shape[:2]
    larger = Photo(np.repeat(np.repeat(photo.rgb, 3, 0), 3, 1), gain_map=photo.gain_map)
    assert write_photo(larger, tmp_path / f"b.{suffix}") == ()
    found = read_photo(tmp_path / f"b.{suffix}").gain_map
    assert found.pixels.shape[:2] == (3 * height, 3 * width) and from_iso(found.iso) == ONE
    near = np.abs(found.pixels[1::3, 1::3].astype(int) - photo.gain_map.pixels)
    assert near.max() <= 12 and near.mean() < 3


def test_metadata_of_the_map_are_not_the_photo_s(tmp_path: Path) -> None:
    assert read_photo(auxiliary(tmp_path / "a.heic")).metadata.xmp is None

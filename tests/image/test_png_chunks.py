from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from sr_app.image.cicp import Cicp
from sr_app.image.contents import ColourStatement
from sr_app.image.errors import RefusedError
from sr_app.image.png import SIGNATURE, chunk
from sr_app.image.png_chunks import bare_png, read_png
from sr_app.image.raw_profiles import raw_profile
from tests.image.written import written

PIXELS = np.arange(5 * 6 * 3, dtype=np.uint16).reshape(5, 6, 3) * 700


def test_the_header() -> None:
    found = read_png(written(PIXELS))
    assert (found.width, found.height, found.bits, found.channels) == (6, 5, 16, 3)
    assert read_png(written(PIXELS[..., :2].astype(np.uint8))).channels == 2


def test_colour_statements() -> None:
    gama, chrm = struct.pack(">I", 100_000), struct.pack(">8I", *range(1, 9))
    found = read_png(written(PIXELS, ahead=((b"gAMA", gama), (b"cHRM", chrm)))).colour
    assert (found.gamma, found.chromaticities[1]) == (1.0, 0.00002)
    found = read_png(written(PIXELS, ahead=((b"cICP", b"\x0c\x0d\0\1"),))).colour
    assert found.cicp == Cicp(12, 13)
    # sRGB overrides the others, which repeat it for old programs, wherever it stands.
    others = ((b"gAMA", gama), (b"cHRM", chrm))
    for ahead in ((*others, (b"sRGB", b"\0")), ((b"sRGB", b"\0"), *others)):
        assert read_png(written(PIXELS, ahead=ahead)).colour == ColourStatement()


def test_texts_of_every_kind() -> None:
    key, text = raw_profile("exif", b"II*\0block")
    ahead = (
        (b"tEXt", b"parameters\0a cat"),
        (b"zTXt", b"Long\0\0" + zlib.compress(b"x" * 3_000_000)),
        (b"iTXt", b"Titel\0\1\0de\0Titel\0" + zlib.compress("Größe".encode())),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
        (b"tEXt", f"{key}\0{text}".encode()),
    )
    found = read_png(written(PIXELS, ahead=ahead))
    assert found.metadata.texts[0] == ("parameters", "a cat")
    assert len(found.metadata.texts[1][1]) == 3_000_000
    assert found.metadata.texts[2] == ("Titel", "Größe")
    assert (found.metadata.xmp, found.exif) == (b"<x/>", b"II*\0block")
    assert found.warnings == ()


def test_a_large_profile_is_no_damage(srgb_profile: bytes) -> None:
    profile = srgb_profile + np.random.default_rng(0).bytes(1_500_000)
    assert read_png(written(PIXELS, profile=profile)).profile == profile


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP"])
def test_what_would_inflate_for_ever_is_left_out_and_named(name: bytes) -> None:
    bomb = zlib.compressobj(9)
    data = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(17)) + bomb.flush()
    found = read_png(written(PIXELS, ahead=((name, b"x\0\0" + data),)))
    assert found.warnings == (f"its {name.decode()} chunk is damaged or too large: left out",)
    assert found.metadata.texts == () and found.profile is None


def test_all_texts_together_are_bounded() -> None:
    text = b"x\0\0" + zlib.compress(bytes(1_000_000))
    found = read_png(written(PIXELS, ahead=((b"zTXt", text),) * 2000))
    assert found.warnings == ("its zTXt chunk is damaged or too large: left out",)
    assert len(found.metadata.texts) == 33


def test_a_chunk_with_a_wrong_checksum_is_named_not_fatal() -> None:
    data = bytearray(written(PIXELS, ahead=((b"tEXt", b"Title\0abc"),)))
    data[data.index(b"abc")] ^= 1
    assert read_png(bytes(data)).warnings == ("its tEXt chunk is damaged or too large: left out",)
    assert bare_png(bytes(data))[0].read() == written(PIXELS)


def test_a_million_chunks_are_refused() -> None:
    empty = struct.pack(">I4sI", 0, b"abCd", zlib.crc32(b"abCd"))
    data = written(PIXELS)
    with pytest.raises(RefusedError, match="PNG chunks"):
        read_png(data[:33] + empty * 100_000 + data[33:])


def test_apple_s_own_variety_is_refused_not_called_damaged() -> None:
    start = SIGNATURE + chunk(b"CgBI", bytes(4))
    with pytest.raises(RefusedError, match="as Apple packs it"):
        read_png(start + written(PIXELS)[len(SIGNATURE) :])


def test_two_headers_and_senseless_ones_are_errors() -> None:
    data = written(PIXELS)
    with pytest.raises(ValueError, match="twice"):
        read_png(data[:33] + data[8:])
    with pytest.raises(ValueError, match="header"):
        read_png(SIGNATURE + data[33:])
    odd = bytearray(data)
    odd[24] = 5
    with pytest.raises(ValueError, match="5 bits of colour type 2"):
        read_png(bytes(odd))


def test_the_bare_file_is_the_pixels_alone(exif, srgb_profile: bytes) -> None:
    bare, key, notes = bare_png(written(PIXELS, profile=srgb_profile, exif=exif()))
    assert bare.read() == written(PIXELS)
    assert (key, notes) == (None, ())


def test_cut_and_altered_files_are_errors() -> None:
    data = written(PIXELS)
    for length in (len(SIGNATURE), 40, len(data) // 2, len(data) - 40):
        with pytest.raises(ValueError, match="too early|incomplete"):
            bare_png(data[:length])
    altered = bytearray(data)
    altered[data.index(b"IDAT", 60) + 6] ^= 1
    with pytest.raises(ValueError, match="IDAT chunk is incomplete or altered"):
        bare_png(bytes(altered))


@pytest.mark.parametrize("palette", [None, b"", bytes(5), "behind"])
def test_colours_by_number_need_their_table(palette) -> None:
    table = chunk(b"PLTE", bytes(6) if palette == "behind" else palette or b"")
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    between = (pixels, table) if palette == "behind" else (table, pixels)[palette is None :]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 3, 0, 0, 0))
    data = b"".join([SIGNATURE, head, *between, chunk(b"IEND", b"")])
    with pytest.raises(ValueError, match="its table of colours is missing"):
        bare_png(data)

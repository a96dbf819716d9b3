from __future__ import annotations

import io

import numpy as np
from PIL import Image

from sr_app.image.cicp import Cicp
from sr_app.image.contents import ColourStatement
from sr_app.image.png_chunks import read_png
from sr_app.image.png_metadata import colour_chunks, text_chunks
from tests.image.written import written

PIXELS = np.zeros((2, 3, 3), np.uint8)


def test_statements_come_back() -> None:
    chromaticities = tuple(n / 10 for n in range(1, 9))
    stated = ColourStatement(Cicp(9, 16), 0.5, chromaticities)
    assert read_png(written(PIXELS, ahead=colour_chunks(stated))).colour == stated
    assert colour_chunks(ColourStatement()) == ()


def test_the_matrix_of_a_source_is_none_of_a_png() -> None:
    """A YCbCr number would be an error in cICP."""
    (name, data), *_ = colour_chunks(ColourStatement(Cicp(1, 13)))
    assert (name, data) == (b"cICP", bytes([1, 13, 0, 1]))


def test_texts_come_back() -> None:
    iptc = b"\x1c\x02\x78\0\5hello"
    texts = (("parameters", "a cat"), ("Long", "words " * 500), ("Title", "写真"))
    data = written(PIXELS, ahead=text_chunks(b"<x/>", iptc, ("a comment",), texts))
    found = read_png(data).metadata
    assert found.texts == (*texts, ("Comment", "a comment"))
    assert (found.xmp, found.iptc) == (b"<x/>", iptc)
    other = Image.open(io.BytesIO(data))
    other.load()
    assert other.text["Title"] == "写真" and other.text["XML:com.adobe.xmp"] == "<x/>"

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from sr_app.image.contents import GainMap
from sr_app.image.gain_map_parameters import (
    Parameters,
    from_iso,
    from_xmp,
    parameters_of,
    to_iso,
    to_xmp,
)
from tests.image.test_gain_map import PACKET

ONE = Parameters(0, 2.5, (0,), (2.5,), (1,), (1 / 64,), (1 / 64,))
THREE = Parameters(0.5, 3, (-0.5, 0, 0.25), (2, 2.5, 3), (1, 1.5, 2), (0, 0.25, 0.5), (0.125, 0, 0))


@pytest.mark.parametrize("parameters", [ONE, THREE, replace(THREE, base_colours=False)])
def test_bytes_there_and_back(parameters: Parameters) -> None:
    assert from_iso(to_iso(parameters)) == parameters


@pytest.mark.parametrize("parameters", [ONE, THREE])
def test_packets_there_and_back(parameters: Parameters) -> None:
    assert from_xmp(to_xmp(parameters)) == parameters


def test_a_packet_of_a_phone() -> None:
    assert from_xmp(PACKET) == ONE
    turned = PACKET.replace(b"hdrgm:Gamma", b'hdrgm:BaseRenditionIsHDR="True" hdrgm:Gamma')
    assert from_xmp(turned).base_headroom == 2.5 and from_xmp(turned).other_headroom == 0


def test_the_bytes_of_the_standard() -> None:
    """Field by field, annex C.2.2; and the form with one denominator that libultrahdr writes."""
    head = struct.pack(">HHB", 0, 0, 64)
    values = (0, 1, 5, 2, 0, 1, 5, 2, 1, 1, 1, 64, 1, 64)
    assert to_iso(ONE) == head + struct.pack(">14I", *values)
    common = struct.pack(">HHB8I", 0, 0, 64 | 8, 64, 0, 160, 0, 160, 64, 1, 1)
    assert from_iso(common) == ONE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (to_iso(ONE)[:-1], "damaged"),
        (to_iso(ONE)[:-4] + bytes(4), "damaged"),  # a denominator of 0
        (b"\0\1" + to_iso(ONE)[2:], "version 0. Received: 1"),
        (struct.pack(">HHB14I", 0, 0, 0, 2**31, 1, *[1] * 12), "make no sense"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_iso(data)


def test_either_is_enough() -> None:
    pixels = np.zeros((1, 1, 1), np.uint8)
    for iso, packet in ((to_iso(ONE), None), (None, PACKET), (b"\0\1 of another version", PACKET)):
        assert parameters_of(GainMap(pixels, (1, 1), packet, iso)) == ONE
    with pytest.raises(ValueError, match="version 0. Received: 1"):
        parameters_of(GainMap(pixels, (1, 1), None, b"\0\1 of another version"))


def test_a_packet_that_says_too_little() -> None:
    with pytest.raises(ValueError, match="lack hdrgm:GainMapMax"):
        from_xmp(PACKET.replace(b"hdrgm:GainMapMax", b"other:GainMapMax"))
    with pytest.raises(ValueError, match="SDR photo"):
        to_xmp(replace(ONE, base_colours=False))

from __future__ import annotations

import struct

from sr_app.image.iptc import from_resources, to_resources, without_places


def data_set(number: int, text: bytes, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(text)) + text


CAPTION, CITY = data_set(120, b"A caption"), data_set(90, b"Bern")
RIGHTS, COUNTRY = data_set(116, b"(c)"), data_set(101, b"Schweiz")


def test_resources_and_back() -> None:
    for block in (CAPTION, CAPTION + RIGHTS):
        assert from_resources(to_resources(block)) == block


def test_iptc_is_found_among_others() -> None:
    other = b"8BIM" + struct.pack(">H", 1005) + b"\3abc" + struct.pack(">I", 3) + b"xyz\0"
    assert from_resources(other + to_resources(CAPTION)) == CAPTION
    assert from_resources(other) is None
    assert from_resources(b"8BIM\x04\x04") is None
    assert from_resources(b"") is None


def test_places_go_alone() -> None:
    assert without_places(CAPTION + CITY + RIGHTS + COUNTRY) == CAPTION + RIGHTS
    assert without_places(CITY) is None
    assert without_places(None) is None
    # The same numbers in another record mean something else.
    other = data_set(90, b"UTF", record=1)
    assert without_places(other) == other

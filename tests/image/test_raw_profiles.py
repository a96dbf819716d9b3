from __future__ import annotations

import pytest

from sr_app.image.iptc import to_resources
from sr_app.image.raw_profiles import raw_profile, read_raw_profile

IPTC = b"\x1c\x02\x78\0\5hello"


@pytest.mark.parametrize("kind", ["exif", "iptc", "xmp"])
def test_what_is_written_is_read(kind: str) -> None:
    block = IPTC if kind == "iptc" else bytes(range(256))
    assert read_raw_profile(*raw_profile(kind, block)) == (kind, block)


def test_iptc_within_photoshop_s_resources() -> None:
    assert read_raw_profile(*raw_profile("8bim", to_resources(IPTC))) == ("iptc", IPTC)


def test_app1_is_exif_or_xmp() -> None:
    exif = raw_profile("APP1", b"Exif\0\0II*\0rest")
    assert read_raw_profile(*exif) == ("exif", b"II*\0rest")
    packet = raw_profile("APP1", b"http://ns.adobe.com/xap/1.0/\0<x/>")
    assert read_raw_profile(*packet) == ("xmp", b"<x/>")


def test_others_are_told_apart() -> None:
    assert read_raw_profile("Title", "a") == (None, None)
    assert read_raw_profile(*raw_profile("icm", b"abc")) == ("", None)
    with pytest.raises(ValueError, match="without its digits"):
        read_raw_profile("Raw profile type exif", "\nexif\n")

from __future__ import annotations

import re

import pytest

from sr_app.image.xmp import resized, value_of, without_companions, without_places

PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description rdf:about=""
 GPano:FullPanoWidthPixels="8000" GPano:CroppedAreaTopPixels='100' GPano:ProjectionType="equi"
 exif:GPSLatitude="48,51.5N" tiff:Orientation="6" xmp:Rating="5">
 <GPano:FullPanoHeightPixels>4000</GPano:FullPanoHeightPixels>
 <exif:PixelXDimension>99</exif:PixelXDimension>
 <photoshop:City>Bern</photoshop:City>
 <Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li>Bern</rdf:li></rdf:Bag></Iptc4xmpExt:LocationCreated>
 <dc:title><rdf:Alt><rdf:li>A title</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_sizes_follow_the_picture_and_it_is_upright() -> None:
    found = resized(PACKET, (2000, 4000), (4000, 12000))
    assert value_of(found, "GPano:FullPanoWidthPixels") == "24000"
    assert value_of(found, "GPano:FullPanoHeightPixels") == "8000"
    assert value_of(found, "GPano:CroppedAreaTopPixels") == "200"
    assert value_of(found, "exif:PixelXDimension") == "12000"
    assert value_of(found, "tiff:Orientation") == "1"
    # All else stays byte for byte.
    assert re.sub(rb"\d+", b"#", found) == re.sub(rb"\d+", b"#", PACKET)


def test_the_same_size_changes_the_turning_alone() -> None:
    assert resized(PACKET, (3, 4), (3, 4)).replace(b'n="1"', b'n="6"').replace(b">4<", b">99<") == (
        PACKET
    )


@pytest.mark.parametrize("text", [b"", b"not a packet", b'<a GPano:FullPanoWidthPixels="many"/>'])
def test_what_is_not_understood_stays(text: bytes) -> None:
    assert resized(text, (1, 1), (2, 2)) == text
    assert without_places(text) == text


def test_places_go_and_the_title_stays() -> None:
    found = without_places(PACKET)
    assert b"Bern" not in found and b"GPS" not in found and b"LocationCreated" not in found
    assert value_of(found, "xmp:Rating") == "5"
    assert b"A title" in found
    assert found.count(b"<") == PACKET.count(b"<") - 2 - 6


def test_announcements_of_a_gain_map_go() -> None:
    directory = b"<Container:Directory><rdf:Seq><rdf:li/></rdf:Seq></Container:Directory>"
    packet = PACKET.replace(b"<dc:title>", directory + b"<dc:title>")
    packet = packet.replace(b"xmp:Rating", b'hdrgm:Version="1.0" xmp:Rating')
    assert without_companions(packet) == PACKET.replace(b" xmp:Rating", b" xmp:Rating")


def test_a_long_packet_takes_no_long_time() -> None:
    packet = b"<a " + b" " * 1_000_000 + b"<exif:" * 10_000
    assert without_places(resized(packet, (1, 1), (2, 2))) == packet


def test_a_film_behind_the_picture_is_no_longer_announced() -> None:
    told = b' GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1" Camera:MicroVideoOffset="9"'
    kept = b'<rdf:Description rdf:about="" GCamera:Other="1"'
    assert without_companions(kept + told + b"/>") == kept + b"/>"

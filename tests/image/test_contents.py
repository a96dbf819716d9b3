from __future__ import annotations

from sr_app.image.contents import Contents, Findings, Metadata


def test_findings_become_metadata() -> None:
    found = Findings(xmp=b"<x/>", iptc=b"\x1c")
    found.comments.append("a word")
    found.texts.append(("Title", "b"))
    assert found.facts()["metadata"] == Metadata(b"<x/>", b"\x1c", ("a word",), (("Title", "b"),))
    assert Contents("png", 1, 1, **Findings().facts()) == Contents("png", 1, 1)


def test_a_plain_file_says_nothing() -> None:
    plain = Contents("png", 3, 4)
    assert (plain.bits, plain.frames, plain.orientation) == (8, 1, None)
    assert plain.colour.cicp is None and plain.metadata == Metadata()

from __future__ import annotations

import io

from sr_app.image.isobmff import boxes, item_data, read_items
from sr_app.image.isobmff_writer import HIDDEN, WrittenItem, box, write_items


def test_items_are_found_again() -> None:
    shared = box(b"ispe", bytes(12))
    items = [
        WrittenItem(b"av01", b"first", [shared, box(b"av1C", b"\x81")]),
        WrittenItem(b"mime", b"<x/>", refers={b"cdsc": [1]}, words=b"\0text/plain\0"),
        WrittenItem(b"tmap", b"other", [shared], {b"dimg": [1, 2]}, flags=HIDDEN),
    ]
    stream = io.BytesIO()
    write_items(stream, b"avif" + bytes(4) + b"mif1", items, [3, 1])
    data = stream.getvalue()
    assert [name for name, _, _ in boxes(data, 0, len(data))] == [b"ftyp", b"meta", b"mdat"]
    found = read_items(data)
    assert found.primary == 1 and len(found.known) == 3
    for number, item in enumerate(items, 1):
        known = found.known[number]
        assert (known.kind, item_data(data, known), known.refers) == (
            item.kind, item.data, item.refers,
        )  # fmt: skip
        assert [box(*each) for each in known.properties] == item.properties
    assert found.known[2].mime == b"text/plain"

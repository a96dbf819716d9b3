from __future__ import annotations

import pytest

from sr_app.files.json_table import parse_table, read_table


def test_a_table_is_read(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"name": "ä", "steps": [1, null]}', encoding="utf-8")
    assert read_table(path) == {"name": "ä", "steps": [1, None]}


@pytest.mark.parametrize(
    "text, said",
    [
        ("[1]", "Expected a table. Received: list"),
        ("null", "Expected a table. Received: NoneType"),
        ("", "Expected a table in JSON. Received: Expecting value"),
        ('{"a": ' * 100_000, "nested without end"),
        (b"\xff\xfe\xfa", "can't decode"),
        ("9" * 5000, "4300 digits"),
    ],
)
def test_what_is_no_table_is_one_line_that_names_the_file(text, said, tmp_path) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse_table(text)
    assert len(str(caught.value).splitlines()) == 1
    path = tmp_path / "a.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=f"{path}: .*{said}"):
        read_table(path)

"""Texts that can be sent back."""

from __future__ import annotations

import json

from sr_app.serving.received import MOST, readable


def test_texts_can_be_sent_back() -> None:
    value = readable(["a\ud800b", ["ü🙂", 1.5, None], {"k": 1}, "x" * 10_000])
    assert value == ["a?b", ["ü🙂", 1.5, None], {"k": 1}, "x" * MOST]
    json.dumps(value, ensure_ascii=False).encode()

"""What a browser or a program sent, so that it can be kept and sent back."""

from __future__ import annotations

MOST = 4096
"""Characters of a text: more than the longest path."""


def readable(value: object) -> object:
    """A value of JSON whose texts are cut to `MOST` and have no halves of characters.

    Half of a surrogate pair can be written in JSON, and in no answer.
    """
    if isinstance(value, str):
        return value[:MOST].encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [readable(part) for part in value]
    return value

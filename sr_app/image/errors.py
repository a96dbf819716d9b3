"""What goes wrong with a photo, in words for whoever owns it."""

from __future__ import annotations

_UNSAID = "its data cannot be decoded"


def reason_of(error: Exception) -> str:
    """What a decoder's error says, on one line; those of a word or less are for programmers."""
    said = error.args[0] if len(error.args) == 1 else None
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    words = " ".join(text.split())
    return words if " " in words else _UNSAID


class PhotoError(ValueError):
    """A photo that cannot be read or written; the message is one clear line."""


class RefusedError(ValueError):
    """A file that may be sound but is not read, and why; never called damaged."""

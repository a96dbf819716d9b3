"""What goes wrong with a photo, in words for whoever owns it."""

from __future__ import annotations


class PhotoError(ValueError):
    """A photo that cannot be read or written; the message is one clear line."""


class RefusedError(ValueError):
    """A file that may be sound but is not read, and why; never called damaged."""

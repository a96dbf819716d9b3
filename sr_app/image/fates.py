"""What becomes of each property of a photo in each format: kept, translated, or named in a warning.

The table is what the writers go by, what the tests try cell by cell, and what docs/formats.md
prints.
"""

from __future__ import annotations

from dataclasses import dataclass

KEPT, TRANSLATED, NAMED = "kept", "translated", "named"


@dataclass(frozen=True)
class Fate:
    """What happens, and for `TRANSLATED` into what."""

    how: str
    into: str = ""

    def __str__(self) -> str:
        return f"{self.how}: {self.into}" if self.into else self.how


PROPERTIES = {
    "depth": "16 bits per channel",
    "alpha": "transparency",
    "grey": "a single grey channel",
    "profile": "ICC profile",
    "statement": "colour statement (cICP, nclx, gAMA, cHRM)",
    "hdr": "PQ or HLG",
    "exif": "EXIF",
    "xmp": "XMP (sizes of panoramas follow the picture)",
    "iptc": "IPTC",
    "comments": "comments",
    "texts": "PNG texts",
    "resolution": "resolution",
    "gain_map": "gain map (Ultra HDR, ISO 21496-1)",
}
"""Name of a property -> what a person calls it."""

_NAMED = Fate(NAMED)
_AS_PROFILE, _AS_EXIF = Fate(TRANSLATED, "ICC profile"), Fate(TRANSLATED, "EXIF")
_SHALLOW = {"depth": Fate(NAMED, "8 bits")}
_OPAQUE = {"alpha": Fate(NAMED, "white")}
_WITHOUT_TEXT = {"iptc": _NAMED, "comments": _NAMED, "texts": _NAMED, "resolution": _AS_EXIF}
_BY_PROFILE = {"statement": _AS_PROFILE, "hdr": _NAMED}
_WITHOUT_MAP = {"gain_map": _NAMED}

# What differs from all being kept.
_DIFFERENT: dict[str, dict[str, Fate]] = {
    "jpeg": {**_SHALLOW, **_OPAQUE, **_BY_PROFILE, "texts": Fate(TRANSLATED, "comments")},
    "png": {
        "iptc": Fate(TRANSLATED, "raw profile text"), "comments": Fate(TRANSLATED, "text"),
        **_WITHOUT_MAP,
    },
    "webp": {
        **_SHALLOW, "grey": Fate(TRANSLATED, "RGB"), **_BY_PROFILE, **_WITHOUT_TEXT, **_WITHOUT_MAP,
    },
    "tiff": {
        **_BY_PROFILE, "comments": Fate(TRANSLATED, "ImageDescription"), "texts": _NAMED,
        **_WITHOUT_MAP,
    },
    "avif": {"depth": Fate(TRANSLATED, "12 bits"), **_WITHOUT_TEXT},
    "jxl": {
        "profile": Fate(TRANSLATED, "colours by number, or named where that cannot be"),
        **_WITHOUT_TEXT,
    },
    "bmp": {
        **_SHALLOW, **_OPAQUE, **_WITHOUT_TEXT, "resolution": Fate(KEPT), **_WITHOUT_MAP,
        **dict.fromkeys(("profile", "statement", "hdr", "exif", "xmp"), _NAMED),
    },
}  # fmt: skip

FATES = {
    kind: {**dict.fromkeys(PROPERTIES, Fate(KEPT)), **different}
    for kind, different in _DIFFERENT.items()
}
"""Format -> property -> what becomes of it."""

_WORDS = {
    "profile": "profile", "statement": "colour statement", "exif": "EXIF", "xmp": "XMP",
    "iptc": "IPTC", "comments": "comments", "texts": "PNG texts", "gain_map": "gain map",
}  # fmt: skip


def loss(name: str, properties: list[str]) -> str:
    """The warning that names what a format made a photo lose."""
    words = " and no ".join(_WORDS[key] for key in properties)
    end = ": the result is the SDR rendition" if "gain_map" in properties else ""
    return f"{name} holds no {words}: left out{end}"


def markdown_table() -> str:
    """The table as it stands in the documentation: a row for each property."""
    formats = list(FATES)
    head = f"| property | {' | '.join(formats)} |\n|---|{'---|' * len(formats)}\n"
    rows = (
        f"| {words} | {' | '.join(str(FATES[kind][name]) for kind in formats)} |\n"
        for name, words in PROPERTIES.items()
    )
    return head + "".join(rows)

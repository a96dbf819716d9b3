"""What a licence says of commercial use, wherever it is shown."""

from __future__ import annotations

import re

UNKNOWN = "not stated"
FLAG = "no commercial use"
LICENCE = "model_license"
"""Key under which a graph's file states it: the one that ONNX's specification lists."""

_FORBIDS = re.compile(
    r"\bnc\b|non-?\s?commercial|no commercial|(academic|research|personal)[\w\s-]{0,20}\bonly",
    re.IGNORECASE,
)


def forbids_commercial_use(licence: str) -> bool:
    """Whether a licence's name or words say so; of one that is not known nothing is said."""
    return bool(_FORBIDS.search(licence.replace("_", "-")))


def flagged(text: str, licence: str) -> str:
    """A name or title, with the flag where the licence forbids commercial use."""
    said = FLAG in text.lower()
    return f"{text} ({FLAG})" if forbids_commercial_use(licence) and not said else text


def shown_licence(licence: str) -> str:
    """The licence, flagged where it forbids commercial use."""
    return flagged(licence, licence)

"""What a licence says of commercial use, wherever it is shown."""

from __future__ import annotations

import re

UNKNOWN = "not stated"
FLAG = "no commercial use"

_FORBIDS = re.compile(
    r"\bnc\b|non-?\s?commercial|no commercial|(academic|research|personal)[\w\s-]{0,20}\bonly",
    re.IGNORECASE,
)


def forbids_commercial_use(licence: str) -> bool:
    """Whether a licence's name or words say so; of one that is not known nothing is said."""
    return bool(_FORBIDS.search(licence.replace("_", "-")))


def shown_licence(licence: str) -> str:
    """The licence, flagged where it forbids commercial use."""
    said = FLAG in licence.lower()
    return f"{licence} ({FLAG})" if forbids_commercial_use(licence) and not said else licence

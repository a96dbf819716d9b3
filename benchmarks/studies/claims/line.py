"""One claim of the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One claim: what is published, what was measured, what follows, and how it is done again."""

    claim: str
    measured: str
    verdict: str
    command: str

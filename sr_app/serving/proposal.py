"""Which kind a photo seems to be, with the reason in words: for the page, beside the choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sr_app.image.files import Photo
from sr_app.image.jpeg import file_quality


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a photo; the person decides.

    Args:
        purpose: ``clean`` or ``real``, of the networks that suit it.
        reason: what was measured, in one sentence.
        enlarged: about how many times it was enlarged already, 1 if not.
    """

    purpose: str
    reason: str
    enlarged: float = 1.0


def propose(photo: Photo, path: Path) -> Proposal:
    """Measure a decoded photo; ``path`` is its file, which may say its own JPEG quality."""
    # SciPy, half a second, needed for this alone
    from sr_app.image.inspection import inspect_photo, reason_for

    report = inspect_photo(photo)
    reason = reason_for(report.kind, report.traces, file_quality(path))
    return Proposal(report.kind, reason, report.traces.enlarged)

"""What a job says while it runs: values that whoever asked for it draws, prints or ignores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units of ``what`` are finished; ``text`` says more, such as a loss.

    ``what`` names one count of the job: a new name is a new bar.
    """

    what: str
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Note:
    """One line that a person should read."""

    text: str


@dataclass(frozen=True)
class CurvePoint:
    """A point of a learning curve: optimizer steps done, and names -> values measured there."""

    step: int
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """The last event of a job, with what its function returns."""

    result: Any


Event = Progress | Note | CurvePoint | Finished
Reporter = Callable[[Event], None]


def silent(event: Event) -> None:
    """The reporter of those who do not want to know."""


def counter(reporter: Reporter, what: str) -> Callable[[int, int], None]:
    """The ``progress(done, total)`` that the floors below ask for, as events of one name."""
    return lambda done, total: reporter(Progress(what, done, total))

"""What a search says while it runs: counts, a line for each generation, and its page."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from sr_app.files.replacement import write_whole
from sr_app.jobs.events import Note, Progress, Reporter
from sr_app.recipes.searches import SearchRecipe
from sr_app.search.archive import Record
from sr_app.search.evolution import Generation
from sr_app.search.objectives import Objectives
from sr_app.search.page import make_page

PAGE = "search.html"
PAUSE = 5
"""Seconds after which the page reloads itself while the search runs."""
CANDIDATES = "candidates"


class Watch:
    """Told of every candidate and every generation; trains the shared weights where there are such.

    Args:
        recipe: of the search.
        folder: gets the page.
        score: of the search; its supernet, if it has one, trains between generations.
        reporter: called with each event.
    """

    def __init__(self, recipe: SearchRecipe, folder: Path, score: Objectives, reporter: Reporter):
        self.recipe, self.folder, self.reporter = recipe, folder, reporter
        self.supernet: Any = score.quality if recipe.supernet is not None else None
        self.records: list[Record] = []
        self.seconds, self.written = 0.0, -math.inf
        settings = recipe.evolution
        each = settings.children or settings.population
        if self.supernet is not None:
            each += settings.population  # survivors are scored again
        self.planned = settings.population + settings.generations * each

    def candidate(self, record: Record, seconds: float) -> None:
        """One more is done; the page is written at most once a second."""
        self.records.append(record)
        self.seconds += seconds
        self.reporter(Progress(CANDIDATES, len(self.records), self.planned))
        if time.monotonic() - self.written > 1:
            self.write(refresh=PAUSE)

    def generation(self, generation: Generation) -> None:
        """A generation is over; after the last one the page stops reloading itself."""
        self.reporter(Note(costs(generation)))
        last = generation.number == self.recipe.evolution.generations
        if last:
            self.reporter(Progress(CANDIDATES, self.planned, self.planned))
        self.write(refresh=None if last else PAUSE)
        if self.supernet is not None and not last:
            self.supernet.observe(generation)

    def write(self, refresh: int | None) -> None:
        """Replace the page in one move, so that a browser never reads half of it."""
        page = make_page(
            self.records,
            self.recipe.evolution.objectives,
            title=self.recipe.title,
            planned=self.planned,
            seconds=self.seconds,
            refresh=refresh,
        )
        write_whole(self.folder / PAGE, page.encode())
        self.written = time.monotonic()


def costs(generation: Generation) -> str:
    """One line: how many were scored in which time."""
    count = len(generation.scored)
    failed = sum(candidate.record.error is not None for candidate in generation.scored)
    each = generation.seconds / max(1, count)
    return (
        f"generation {generation.number}: {count} candidates, {failed} failed, "
        f"{generation.seconds:.1f} s of scoring, {each:.2f} s each"
    )

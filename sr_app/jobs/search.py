"""Searching as a job: a recipe -> an archive of networks and its front, resumed where it ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sr_app.files.extras import require
from sr_app.jobs.events import Finished, Note, Reporter, counter, silent
from sr_app.jobs.run_folder import check_run, keep_recipe, working_in
from sr_app.jobs.search_score import (
    check_search,
    recipe_score,
    recipe_screen,
    recipe_space,
    recipe_strategy,
)
from sr_app.jobs.search_watch import PAGE, Watch
from sr_app.jobs.train_checks import check_parts, check_trains
from sr_app.networks.genotype import Genotype
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.searches import SearchRecipe
from sr_app.search.evolution import Candidate, Result, evolve
from sr_app.search.latency import Latency, reference_network
from sr_app.search.workers import Workers, make_workers


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Args:
        folder: holds archive.jsonl, and search.html, which shows the front.
        objectives: their names; of each low is good, the first is minus quality.
        result: every candidate, and the last population.
    """

    folder: Path
    objectives: tuple[str, ...]
    result: Result

    @property
    def page(self) -> Path:
        return self.folder / PAGE

    def front(self) -> list[Candidate]:
        """Candidates that no other is better than in every objective."""
        return self.result.front()


def search(
    recipe: str | Path,
    *,
    settings: Sequence[str] | None = None,
    seed: int | None = None,
    runs: str | Path = "runs",
    workers: str = "serial",
    reporter: Reporter = silent,
) -> SearchResult:
    """Search for networks as a recipe says, and keep every one that was tried.

    Everything lies in ``runs/NAME``; called again after a kill it goes on there.

    Args:
        recipe: a TOML file or the name of a shipped recipe.
        settings: changes, ``key=value``.
        seed: of the search; the recipe's if not given.
        runs: folder of all runs.
        workers: where candidates are scored: ``serial``, ``local:N``, ``ray``, ``ray:ADDRESS``.
        reporter: called with a count as candidates are scored, and a note for each generation.

    Returns:
        The folder, the objectives' names, and every candidate with its scores.

    Raises:
        ValueError: for a faulty recipe, missing data, or a folder that holds a run of another
            recipe or in which another process searches, and where all candidates failed.
    """
    require("moocore")
    chosen = read_recipe(str(recipe), with_seed(settings, seed), SearchRecipe)
    check_search(chosen)
    check_trains()
    check_parts(Genotype.parse("P_2_8_8", conv=recipe_space(chosen).conv))
    folder = Path(runs) / chosen.name
    check_run(chosen, folder)
    with closing(make_workers(workers)) as helpers, working_in(folder):
        keep_recipe(chosen, folder)
        result = run_search(chosen, folder, helpers, reporter)
    check_some_scored(result, folder)
    found = SearchResult(folder, tuple(chosen.evolution.objectives), result)
    reporter(Finished(found))
    return found


def run_search(recipe: SearchRecipe, folder: Path, helpers: Workers, reporter: Reporter) -> Result:
    """Evolve, with the page and a line for each generation."""
    settings, space, score = recipe.evolution, recipe_space(recipe), recipe_score(recipe, folder)
    if score.latency is not None:
        reporter(Note(noise_of_time(score.latency)))
    if recipe.supernet is not None:
        shared: Any = score.quality  # the supernet
        shared.prepare(counter(reporter, "warming up the shared weights"))
    watch = Watch(recipe, folder, score, reporter)
    return evolve(
        space,
        score,
        objectives=settings.objectives,
        seed=settings.seed,
        generations=settings.generations,
        population=settings.population,
        children=settings.children,
        strategy=recipe_strategy(recipe),
        survival=settings.survival,
        rescore=recipe.supernet is not None,
        inherit=settings.inherit,
        screen=recipe_screen(recipe, space),
        workers=helpers,
        archive=folder,
        watch=watch.candidate,
        observe=watch.generation,
    )


def check_some_scored(result: Result, folder: Path) -> None:
    """ValueError for a search of which every candidate failed."""
    errors = [candidate.record.error for candidate in result.candidates]
    if errors and all(errors):
        last = str(errors[-1]).rstrip(".")
        raise ValueError(
            f"Expected a candidate that can be scored. Received: {len(errors)} that failed, the "
            f"last by {last}. Set right what they failed by and delete {folder}, which keeps "
            "them"
        )


def noise_of_time(latency: Latency) -> str:
    """How well time can be measured now: the reference network against itself."""
    timing = latency.measure_run(reference_network(latency.scale))
    return (
        f"time: the reference network takes {timing.milliseconds:.1f} ms for "
        f"{latency.megapixels():.2f} megapixels; against itself {timing.ratio:.3f} "
        f"+- {timing.noise:.3f}"
    )

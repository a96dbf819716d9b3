"""`sr-app search`: find networks as a recipe says, or the best one there is for this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.jobs.outputs import write_text

if TYPE_CHECKING:
    from sr_app.recipes.searches import SearchRecipe
    from sr_app.search.archive import Record
    from sr_app.search.evolution import Generation, Result
    from sr_app.search.latency import Latency
    from sr_app.search.objectives import Objectives

PAGE = "search.html"
PAUSE = 5
"""Seconds after which the page reloads itself while the search runs."""


def search(
    recipe: Annotated[
        str | None, typer.Argument(metavar="RECIPE", help="A TOML file or a shipped name.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the search.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for archives and weights.")] = Path("runs"),
    workers: Annotated[
        str, typer.Option(help="Where candidates are scored: serial, local:N, ray, ray:ADDRESS.")
    ] = "serial",
    find: Annotated[
        str | None,
        typer.Option(
            metavar="BUDGET", help='Instead: the best network, as in "x4, 150 ms per megapixel".'
        ),
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="With --find: look among a search's networks instead.")
    ] = None,
    candidate: Annotated[
        int | None,
        typer.Option(help="Instead: print the recipe that trains this candidate of the search."),
    ] = None,
    like: Annotated[
        str, typer.Option(help="With --candidate: the recipe whose training and data it gets.")
    ] = "esrn_xs_x2",
) -> None:
    """Search for networks that are good, small and fast, and keep every one that was tried.

    Everything lies in RUNS/NAME: archive.jsonl, and search.html, which shows the front and reloads
    itself. After a kill the same command continues there.
    """
    with clear_errors():
        if find is not None:
            from sr_app.cli.search_find import print_best

            print_best(find, archive)
            return
        if recipe is None:
            raise ValueError("Expected a RECIPE, or --find BUDGET. Received neither")
        from sr_app.jobs.run_folder import keep_recipe
        from sr_app.recipes.overrides import with_seed
        from sr_app.recipes.schema import read_recipe
        from sr_app.recipes.searches import SearchRecipe

        changes = with_seed(settings, seed)
        chosen = read_recipe(recipe, changes, SearchRecipe)
        folder = runs / chosen.name
        if candidate is not None:
            from sr_app.cli.search_candidate import print_recipe

            print_recipe(folder, candidate, like)
            return
        keep_recipe(chosen, folder)
        result = run_search(chosen, folder, workers)
        print_front(chosen, folder, result)


def run_search(recipe: SearchRecipe, folder: Path, workers: str) -> Result:
    """Evolve with a progress bar, a line per generation, and the page."""
    from contextlib import closing

    from sr_app.cli.progress import progress_bar
    from sr_app.cli.search_recipe import recipe_score, recipe_space, recipe_strategy
    from sr_app.search.evolution import evolve
    from sr_app.search.workers import make_workers

    settings, space, score = recipe.evolution, recipe_space(recipe), recipe_score(recipe, folder)
    if score.latency is not None:
        typer.echo(noise_of_time(score.latency), err=True)
    if recipe.supernet is not None:
        with progress_bar("warming up the shared weights") as progress:
            score.quality.prepare(space, progress)
    with progress_bar("candidates") as progress, closing(make_workers(workers)) as helpers:
        watch = Watch(recipe, folder, progress, score)
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
            screen=make_screen(recipe, space) if settings.screened else None,
            workers=helpers,
            archive=folder,
            watch=watch.candidate,
            observe=watch.generation,
        )


def noise_of_time(latency: Latency) -> str:
    """How well time can be measured now: the reference network against itself."""
    from sr_app.search.latency import reference_network

    timing = latency.measure_run(reference_network(latency.scale))
    return (
        f"time: the reference network takes {timing.milliseconds:.1f} ms for "
        f"{latency.megapixels():.2f} megapixels; against itself {timing.ratio:.3f} "
        f"+- {timing.noise:.3f}"
    )


def make_screen(recipe: SearchRecipe, space):
    """A predictor that chooses which of many children are scored."""
    from sr_app.search.predictor import Screen

    return Screen(space, costs=len(recipe.evolution.objectives) > 1, seed=recipe.evolution.seed)


class Watch:
    """The bar and the page after every candidate; after every generation a line of costs, and the
    shared weights' training where there are such."""

    def __init__(
        self,
        recipe: SearchRecipe,
        folder: Path,
        progress: Callable[[int, int], None],
        score: Objectives,
    ):
        self.recipe, self.folder, self.progress = recipe, folder, progress
        self.supernet = score.quality if recipe.supernet is not None else None
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
        self.progress(len(self.records), self.planned)
        if time.monotonic() - self.written > 1:
            self.write(refresh=PAUSE)

    def generation(self, generation: Generation) -> None:
        """A generation is over; after the last one the page stops reloading itself."""
        typer.echo(costs(generation), err=True)
        last = generation.number == self.recipe.evolution.generations
        if last:
            self.progress(self.planned, self.planned)
        self.write(refresh=None if last else PAUSE)
        if self.supernet is not None and not last:
            self.supernet.observe(generation)

    def write(self, refresh: int | None) -> None:
        """Replace the page in one move, so that a browser never reads half of it."""
        from sr_app.search.page import make_page

        page = make_page(
            self.records,
            self.recipe.evolution.objectives,
            title=self.recipe.title,
            planned=self.planned,
            seconds=self.seconds,
            refresh=refresh,
        )
        write_text(self.folder / PAGE, page)
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


def print_front(recipe: SearchRecipe, folder: Path, result: Result) -> None:
    """The front on stdout, a network a line, and where the rest lies."""
    from sr_app.search.page import number

    names = recipe.evolution.objectives
    for candidate in result.front():
        values = zip(names, candidate.objectives, strict=True)
        figures = "  ".join(f"{name} {number(value)}" for name, value in values)
        typer.echo(f"{candidate.record.index}  {figures}  {candidate.genotype}")
    typer.echo(f"{len(result.candidates)} candidates in {folder}; see {folder / PAGE}", err=True)

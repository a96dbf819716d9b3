"""`sr-app search`: find networks as a recipe says, or the best one there is for this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.cli.progress import show_events
from sr_app.jobs import search as job
from sr_app.jobs.candidate import candidate_recipe
from sr_app.jobs.find import find as find_network
from sr_app.recipes.overrides import with_seed
from sr_app.recipes.schema import read_recipe
from sr_app.recipes.searches import SearchRecipe
from sr_app.search.page import number


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
            best = find_network(find, archive=archive)
            time = f"{best.milliseconds_per_megapixel:.0f} ms per megapixel here"
            typer.echo(f"{best.name}: {time}, {best.quality:.2f} dB")
            return
        if recipe is None:
            raise ValueError("Expected a RECIPE, or --find BUDGET. Received: neither")
        if candidate is not None:
            from sr_app.recipes.writing import as_toml  # of an extra; the help needs none

            changed = read_recipe(recipe, with_seed(settings, seed), SearchRecipe)
            folder = runs / changed.name
            found = candidate_recipe(read_recipe(like), folder, candidate)
            typer.echo(as_toml(found), nl=False)
            return
        with show_events() as report:
            options = {"settings": settings, "seed": seed, "runs": runs, "workers": workers}
            found = job.search(recipe, **options, reporter=report)
        print_front(found)


def print_front(found: job.SearchResult) -> None:
    for candidate in found.front():
        values = zip(found.objectives, candidate.objectives, strict=True)
        figures = "  ".join(f"{name} {number(value)}" for name, value in values)
        typer.echo(f"{candidate.record.index}  {figures}  {candidate.genotype}")
    typer.echo(
        f"{len(found.result.candidates)} candidates in {found.folder}; see {found.page}", err=True
    )

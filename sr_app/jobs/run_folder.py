"""The folder of a run: what it was begun with, and that it goes on with the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sr_app.files.json_table import read_table, write_table
from sr_app.files.lock import alone
from sr_app.files.replacement import sweep, write_whole
from sr_app.recipes.sections import Section

Kind = TypeVar("Kind", bound=Section)
RECIPE, FACTS = "recipe.json", "facts.json"
RUNNING = ".running"
"""Held while a process works in the folder; empty."""


@contextmanager
def begun(recipe: Section, folder: Path) -> Iterator[None]:
    """Keep the recipe in the folder; take it away again if the block fails before any state.

    So a command that is refused does not stand in the way of the right one. Until the block ends no
    other process may have the folder. ValueError if another process has it, or it holds a run of
    another recipe.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    known = (folder / RECIPE).is_file()
    check_run(recipe, folder)
    with working_in(folder):
        keep_recipe(recipe, folder)
        try:
            yield
        except Exception as error:
            if not known and not any(folder.rglob("*.h5")):
                if folder in missing and isinstance(error, ValueError):  # such as an empty curve
                    shutil.rmtree(folder)
                for name in (RECIPE, RUNNING):
                    (folder / name).unlink(missing_ok=True)
                for path in missing:  # innermost first; what holds something else stays
                    if path.is_dir() and not any(path.iterdir()):
                        path.rmdir()
            raise


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Have a folder of a run alone; what a killed process was writing below it is removed;
    ValueError if another process has it."""
    with alone(folder / RUNNING):
        for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            sweep(place)
        yield


def keep_recipe(recipe: Section, folder: Path) -> None:
    """Write the resolved recipe into the run's folder, or refuse a run begun with another one."""
    check_run(recipe, folder)
    write_whole(folder / RECIPE, recipe.model_dump_json(indent=2).encode())


def check_run(recipe: Section, folder: Path) -> None:
    """ValueError for a folder that holds a run of another recipe; nothing is written.

    A key that was not known when the run was begun has its default.
    """
    path = folder / RECIPE
    if path.is_file() and kept_recipe(folder, type(recipe)) != recipe:
        raise ValueError(
            f"{folder} holds a run of another recipe (see {path}): choose another folder of "
            "runs, or delete it to start over"
        )


def kept_recipe(folder: Path, kind: type[Kind]) -> Kind | None:
    """The recipe that a run was begun with; None without one that can be read."""
    try:
        return kind.model_validate_json((folder / RECIPE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_facts(folder: Path, facts: dict[str, Any]) -> None:
    """Say that a stage has ended, and what its card tells of it."""
    write_table(folder / FACTS, facts)


def read_facts(folder: Path) -> dict[str, Any] | None:
    """What a stage ended with; None while it has not."""
    path = folder / FACTS
    return read_table(path) if path.is_file() else None

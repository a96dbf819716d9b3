"""Where a preset that comes from elsewhere is put: a free name, a folder whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sr_app.files.replacement import temporary_folder
from sr_app.networks.card import is_name
from sr_app.networks.presets import (
    CARD,
    SHIPPED,
    find_folder,
    named_folders,
    search_path,
    user_folder,
)

PAIR = "pair.png"
"""In a preset's folder: bicubic interpolation beside the network's result."""


def usual_place() -> Path:
    """The first folder of ``SR_APP_MODELS``, else the user's own."""
    return (named_folders() or [user_folder()])[0]


def check_name(name: str, what: str = "name") -> None:
    """ValueError for what cannot be a folder's name, or would be a hidden one."""
    if not is_name(name) or name.startswith("."):
        raise ValueError(
            f"Expected a {what} without slashes and control characters. Received: {name!r}"
        )


def check_free(name: str, into: Path) -> None:
    """ValueError if a preset of that name is there already, or something else in its place."""
    roots = [into, *search_path()]
    taken = next((root / name for root in roots if (root / name / CARD).is_file()), None)
    if taken is None and (into / name).exists():
        taken = into / name
    if taken is not None:
        raise ValueError(
            f"Expected a name that is free: choose another, or delete {taken}. Received: {name!r}"
        )


def remove_preset(name: str) -> Path:
    """Delete a preset where `usual_place` puts those from elsewhere; the folder it was in;
    ValueError for a name of none, or of one that lies elsewhere, as the shipped ones do."""
    check_name(name)
    folder = find_folder(name)
    own = {place.resolve() for place in (*named_folders(), user_folder())} - {SHIPPED.resolve()}
    if folder.is_symlink() or folder.resolve().parent not in own:
        raise ValueError(
            "Expected a preset in a folder of SR_APP_MODELS or among your own. "
            f"Received: {name!r} in {folder.absolute().parent}"
        )
    with temporary_folder(folder) as removed:  # in one step: no half of it is ever found
        folder.rename(removed / name)
    return folder


@contextmanager
def placing(name: str, into: Path) -> Iterator[Path]:
    """A folder beside its place to be filled, which is moved there when the block has ended well.

    After an error nothing of it is left, nor a folder ``into`` that was made for it.
    """
    made = not into.exists()
    into.mkdir(parents=True, exist_ok=True)
    try:
        with temporary_folder(into / name) as folder:
            yield folder
            folder.rename(into / name)
    except BaseException:
        if made:
            into.rmdir()
        raise

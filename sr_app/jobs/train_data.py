"""The pictures that a recipe names, found and prepared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sr_app.datasets.ntire import existing, find_pairs
from sr_app.datasets.store import PictureStore, open_store
from sr_app.datasets.synthetic_lr import find_twins
from sr_app.image.files import find_photos
from sr_app.jobs.events import Note, Reporter, counter
from sr_app.recipes.sections import DataSection


def sources(data: DataSection, scale: int) -> tuple[tuple[Path, Path | None], ...]:
    """(HR, LR) of every picture; LR is None where it is made from HR."""
    hr = [path for folder in data.hr for path in find_photos(existing(folder))]
    found = [(path, None) for path in hr]
    for folder in data.twins:
        found += find_twins(hr, existing(folder))
    if data.div2k:
        pairs = find_pairs(data.div2k, scale=scale, track=data.track)
        found += [(pair.hr, pair.lr) for pair in pairs]
    return tuple(found)


def prepared(
    pairs: Sequence[tuple[Path, Path | None]],
    cache: Path,
    *,
    scale: int,
    reporter: Reporter,
    what: str = "preparing pictures",
) -> PictureStore:
    """The store of these pictures, prepared the first time; a note for each that is left out."""
    store = open_store(pairs, cache, scale=scale, progress=counter(reporter, what))
    for reason in store.left_out:
        reporter(Note(f"left out of the training: {reason}"))
    return store

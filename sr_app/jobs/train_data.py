"""The pictures that a recipe names, found and prepared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sr_app.datasets.ntire import existing, find_pairs
from sr_app.datasets.store import DegradedStore, PictureStore, open_store
from sr_app.datasets.synthetic_lr import find_twins
from sr_app.datasets.targets import (
    Target,
    TargetStore,
    find_targets,
    teacher_sources,
    truth_sources,
)
from sr_app.image.files import find_photos
from sr_app.jobs.events import Note, Reporter, counter, silent
from sr_app.recipes.sections import DataSection
from sr_app.recipes.stage_sections import PerceptualSection, Stage


def sources(data: DataSection, scale: int) -> tuple[tuple[Path, Path | None], ...]:
    """(HR, LR) of every picture; LR is None where it is made from HR."""
    hr = [path for folder in data.hr for path in find_photos(existing(folder))]
    found = [(path, None) for path in hr]
    for folder in data.twins:
        found += find_twins(hr, existing(folder))
    if data.div2k:
        pairs = find_pairs(data.div2k, scale=scale, track=data.track)
        found += [(pair.hr, pair.lr) for pair in pairs]
    return (*found, *teacher_sources(all_targets(data)))


def all_targets(data: DataSection) -> tuple[Target, ...]:
    return tuple(target for folder in data.targets for target in find_targets(folder))


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


def prepared_store(
    stage: Stage, reporter: Reporter = silent
) -> PictureStore | DegradedStore | TargetStore:
    """All pictures of the stage, prepared the first time."""
    data, scale = stage.data, stage.network.scale

    def store(pictures: Sequence[tuple[Path, Path | None]], factor: int) -> PictureStore:
        return prepared(pictures, data.cache, scale=factor, reporter=reporter)

    if data.degrade:
        return DegradedStore(store(sources(data, scale), 1), data.degrade, scale)
    pairs = store(sources(data, scale), scale)
    if data.targets and stage.section(PerceptualSection):
        return TargetStore(pairs, store(truth_sources(all_targets(data)), 1))
    return pairs

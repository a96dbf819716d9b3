"""Adapting as a job: one's own photos -> presets for that camera, and a page that shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.extras import require
from sr_app.files.lock import alone
from sr_app.files.quiet import quiet_start
from sr_app.files.replacement import write_whole
from sr_app.inference.goal import VIVID
from sr_app.jobs.adapt_photos import PhotoSelection, choose_photos, write_sides
from sr_app.jobs.adapt_plan import (
    FEATURES,
    AdaptationData,
    plan_training,
    recorded_steps,
    vivid_folder,
)
from sr_app.jobs.adapt_report import make_report
from sr_app.jobs.events import Finished, Note, Reporter, silent
from sr_app.jobs.run_folder import begun
from sr_app.jobs.train_checks import check_folder
from sr_app.networks.presets import Card, read_card

REPORT = "report.html"
BASE = "esrn_x4"
BOTH, FAITHFUL = ENDS = ("both", "faithful")
ADAPTING = ".adapting"
"""Held from the first picture that is written to the page; the trainings hold their own folders."""


@dataclass(frozen=True)
class AdaptedPreset:
    """card: of the new preset. photos: those it was learnt from. report: the page.

    vivid: card of its vivid end, where that was made: the slider is between the two.
    """

    card: Card
    photos: PhotoSelection
    report: Path
    vivid: Card | None = None


def adapt(
    photos: str | Path,
    out: str | Path,
    *,
    base: str | Path = BASE,
    minutes: float = 60,
    hr: str | Path | None = None,
    steps: int | None = None,
    seed: int = 0,
    ends: str = BOTH,
    runs: str | Path = "runs",
    reporter: Reporter = silent,
) -> AdaptedPreset:
    """Teach a preset the blur and the noise of one camera, from its photos alone.

    Then its vivid end, the same network trained on by features and a critic, into the folder
    ``OUT_vivid``: the slider is between them, in the page too. Called again after a kill it
    continues in ``runs/adapt_NAME``. Photos that are damaged, transparent everywhere or too small
    are left out, with a note.

    Args:
        photos: folder of 20 to a few hundred photos of one camera.
        out: folder of the preset; gets ``report.html`` too.
        base: preset to start from; its factor is kept.
        minutes: time for the training of all ends, at least 1.
        hr: folder of clean large photos; otherwise the same photos, shrunk until they are clean.
        steps: of each phase, at least 2, instead of ``minutes``.
        seed: of the training.
        ends: ``both``, or ``faithful`` alone; the vivid end can be added later, by ``both``.
        runs: folder of all runs.
        reporter: called with counts, notes and points of the learning curve.

    Returns:
        The new preset's card, that of its vivid end, the photos that it was learnt from, the page.

    Raises:
        ValueError: with numbers, for unsuitable photos, too little time, or a folder that holds
            another run or in which another process works.
        FloatingPointError: if the training diverged.
    """
    require("keras", "matplotlib")
    check_settings(minutes, steps, ends)
    photos, out, hr = Path(photos), Path(out), None if hr is None else Path(hr)
    both = ends == BOTH
    for folder in [out, vivid_folder(out)] if both else [out]:
        check_folder(folder)
    card, folder = read_card(base), Path(runs) / f"adapt_{out.name}"
    if not steps:
        recorded_steps(folder, minutes)  # a run of another time is refused before photos are read
    chosen = choose_photos(photos, card.scale, hr, reporter)
    reporter(Note(f"{photos}: {chosen.words()}"))
    with alone(folder / ADAPTING):
        source = AdaptationData(chosen, *write_sides(chosen, folder, hr, reporter))
        plan = plan_training(
            card,
            source,
            folder,
            out,
            minutes=minutes,
            steps=steps,
            seed=seed,
            vivid=both,
            features=perceptual_weights(reporter) if both else None,
        )
        with quiet_start():
            from sr_app.jobs.train_stage import run_recipe
        with begun(plan.faithful, folder):
            made, vivid = run_recipe(plan.faithful, folder, out, reporter), None
        if plan.vivid is not None:
            reporter(Note("the vivid end"))
            with begun(plan.vivid, folder / VIVID):
                vivid = run_recipe(plan.vivid, folder / VIVID, vivid_folder(out), reporter)
        page = make_report(plan.faithful, chosen, folder, out, vivid=vivid)
        write_whole(out / REPORT, page.encode())
    adapted = AdaptedPreset(made, chosen, out / REPORT, vivid)
    reporter(Finished(adapted))
    return adapted


def check_settings(minutes: float, steps: int | None, ends: str) -> None:
    """ValueError for less than can be learnt in, or for ends that there are not."""
    if not 1 <= minutes < math.inf or (steps is not None and steps < 2):
        received = f"Received: {minutes:g} minutes, {steps} steps"
        raise ValueError(f"Expected minutes of at least 1, or steps of at least 2. {received}")
    if ends not in ENDS:
        raise ValueError(f"Expected ends among {', '.join(ENDS)}. Received: {ends!r}")


def perceptual_weights(reporter: Reporter) -> Path | None:
    """The folder of the vivid end's feature network; without it None, and a note how to get it."""
    with quiet_start():
        from sr_app.networks.features import has_weights, weights_folder
    if has_weights(FEATURES):
        return weights_folder()
    reporter(
        Note(
            "the vivid end takes features of its own, and will be less so: sr-app data prepare "
            "perceptual fetches those of a network that knows objects"
        )
    )
    return None

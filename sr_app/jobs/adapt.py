"""Adapting as a job: one's own photos -> a preset for that camera, and a page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sr_app.files.extras import require
from sr_app.jobs.adapt_photos import Chosen, choose_photos, write_sides
from sr_app.jobs.adapt_plan import Source, kept_steps, plan_training
from sr_app.jobs.adapt_report import make_report
from sr_app.jobs.events import Finished, Note, Reporter, silent
from sr_app.jobs.outputs import check_outputs, write_text
from sr_app.jobs.quiet import quiet_start
from sr_app.jobs.run_folder import begun
from sr_app.networks.presets import Card, read_card

REPORT = "report.html"
BASE = "esrn_x4"


@dataclass(frozen=True)
class Adapted:
    """card: of the new preset. photos: those it was learnt from. report: the page."""

    card: Card
    photos: Chosen
    report: Path


def adapt(
    photos: str | Path,
    out: str | Path,
    *,
    base: str | Path = BASE,
    minutes: float = 60,
    hr: str | Path | None = None,
    steps: int | None = None,
    seed: int = 0,
    runs: str | Path = "runs",
    reporter: Reporter = silent,
) -> Adapted:
    """Teach a preset the blur and the noise of one camera, from its photos alone.

    Called again after a kill it continues in ``runs/adapt_NAME``. Photos that are damaged,
    transparent everywhere or too small are left out, with a note.

    Args:
        photos: folder of 20 to a few hundred photos of one camera.
        out: folder of the preset; gets ``report.html`` too.
        base: preset to start from; its factor is kept.
        minutes: time for the training, at least 1.
        hr: folder of clean large photos; otherwise the same photos, shrunk until they are clean.
        steps: of each phase, at least 2, instead of ``minutes``.
        seed: of the training.
        runs: folder of all runs.
        reporter: told counts, notes and the learning curve.

    Raises:
        ValueError: with numbers, for unsuitable photos, too little time, or a folder that holds
            another run.
        FloatingPointError: if the training diverged.
    """
    require("keras", "matplotlib")
    if minutes < 1 or (steps is not None and steps < 2):
        received = f"Received: {minutes:g} minutes, {steps} steps"
        raise ValueError(f"Expected minutes of at least 1, or steps of at least 2. {received}")
    photos, out, hr = Path(photos), Path(out), None if hr is None else Path(hr)
    check_outputs([out])
    card, folder = read_card(base), Path(runs) / f"adapt_{out.name}"
    if not steps:
        kept_steps(folder, minutes)  # a run of another time is refused before photos are read
    chosen = choose_photos(photos, card.scale, hr, reporter)
    reporter(Note(f"{photos}: {chosen.words()}"))
    source = Source(chosen, *write_sides(chosen, folder, hr, reporter))
    recipe = plan_training(
        card, source, folder, name=out.name, minutes=minutes, steps=steps, seed=seed
    )
    with quiet_start():
        from sr_app.jobs.train_stage import run_recipe
    with begun(recipe, folder):
        made = run_recipe(recipe, folder, out, reporter)
    write_text(out / REPORT, make_report(recipe, chosen, folder, out))
    adapted = Adapted(made, chosen, out / REPORT)
    reporter(Finished(adapted))
    return adapted

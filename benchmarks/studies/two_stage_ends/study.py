"""Both ends of a two-stage training: what the slider trades when nothing has a twin to learn from.

    study.py data/photos data/Kodak24 --work runs/two_stage_ends

A camera that nobody knows is played by `sr-app degrade` with a kind and a seed: the photos of one
half, by name, as it would take them; `sr-app adapt` gets these and, as clean pictures, the other
half, and makes both ends. Test pictures are degraded in the same way and scored, with their HR,
along the blend of outputs and along that of weights. Writes ends.csv, ends.svg, ends.html and the
table in README.md, beside this file or into --out. Killed, it goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
from pathlib import Path

from sr_app import adapt, evaluate
from sr_app.datasets.synthetic_lr import LrSettings, write_twins
from sr_app.evaluation.frontier import Point
from sr_app.evaluation.metrics import METRICS, title
from sr_app.image.files import find_photos
from sr_app.jobs.frontier import Lr, trace_frontier

sys.path.insert(0, str(Path(__file__).parents[1]))
from marked_page import put_between

SCORES = ("psnr", "lpips", "niqe")
NAME, BASE = "camera_x4", "esrn_x4"


def main() -> None:
    """Play the camera, adapt, score, write."""
    given = parsed()
    given.work.mkdir(parents=True, exist_ok=True)
    settings = LrSettings(given.kind, 4, given.seed, varies=False)  # one camera
    clean, scenes = halves(given.photos, given.work)
    for source, target in ((scenes, "taken"), (given.test, "taken_test")):
        write_twins(source, given.work / target, settings)
    made = adapt(
        given.work / "taken",
        given.work / NAME,
        base=BASE,
        hr=clean,
        steps=given.steps,
        runs=given.work / "runs",
        reporter=print if given.verbose else lambda event: None,
    )
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    lr = Lr(given.work / "taken_test")
    options = {"scale": 4, "places": "0:1:0.25", "lr": lr, "metrics": SCORES}
    ends = str(made.card.folder), str(made.vivid.folder)
    points = trace_frontier(
        *ends, given.test, given.out / "ends", limit=given.limit, **options
    ).points
    before = {
        name: evaluate(
            name,
            given.test,
            scale=4,
            lr_folder=given.work / "taken_test",
            metrics=SCORES,
            limit=given.limit,
        ).mean
        for name in ("bicubic", BASE)
    }
    write_table(given.out / "README.md", heading(given, seconds), before, points)


def parsed() -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", type=Path, help="clean photographs")
    parser.add_argument("test", type=Path, help="HR test pictures")
    parser.add_argument("--work", type=Path, required=True, help="folder for runs")
    parser.add_argument("--kind", default="practical", help="of sr-app degrade")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=200, help="of each phase")
    parser.add_argument("--limit", type=int, help="only the first so many test pictures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    parser.add_argument("--verbose", action="store_true", help="print what happens")
    return parser.parse_args()


def halves(photos: Path, work: Path) -> tuple[Path, Path]:
    """Folders with the first, third, ... photos by name, and with the others."""
    folders = work / "clean", work / "scenes"
    for index, path in enumerate(find_photos(photos)):
        target = folders[index % 2] / path.name
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            shutil.copyfile(path, target)
    return folders


def heading(given: argparse.Namespace, seconds: float) -> str:
    """What was trained and scored, in a line."""
    part = f"the first {given.limit} pictures of " if given.limit else ""
    return (
        f"{part}{given.test.name}, degraded as `{given.kind}` draws once for all, seed "
        f"{given.seed}; {given.steps} "
        f"steps of each of the four phases; {seconds / 60:.0f} minutes of processor time in this "
        f"run, {os.environ.get('OMP_NUM_THREADS', 'all')} thread"
    )


def write_table(path: Path, words: str, before: dict[str, dict], points: tuple[Point, ...]) -> None:
    """The table between the page's markers; alone where there is no page."""
    lines = [words, "", f"| result | {' | '.join(map(title, SCORES))} |", "|---|---:|---:|---:|"]
    rows = {f"{name}": mean for name, mean in before.items()}
    rows |= {f"blend of {point.mode}, {point.t:g}": point.scores for point in points}
    for name, scores in rows.items():
        cells = (f"{scores[key]:.{METRICS[key].digits}f}" for key in SCORES)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    put_between(path, "\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()

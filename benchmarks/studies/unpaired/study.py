"""Two stages on photos that really have no twin: no camera is imitated, and nothing can be scored
against an original.

    study.py data/photos data/RealSRSet --photos "dped_crop00061" --name phone
    study.py data/photos data/RealSRSet --photos "oldphoto*" --name old --seed 0 1 2

The recipe `two_stage_x4` learns the blur and the noise of these photos alone, with clean pictures
of another folder, and enlarges the same photos: nothing of them was held back, as nothing is when
somebody adapts to photos of one's own. Judged by NIQE, lower looks more natural, by how far colours
moved (CIEDE2000 between means over squares of 16 pixels of the photo), and by eye: strips
of every photo (a part, 100 %) go to --work. A finished row is a line of lines.jsonl beside this
file and is not made again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402
from benchmarks.studies.marked_page import put_between  # noqa: E402
from benchmarks.studies.real_world.report import in_words  # noqa: E402
from sr_app import Upscaler, train  # noqa: E402
from sr_app.evaluation.niqe import niqe  # noqa: E402
from sr_app.image.colour import to_float, to_uint8  # noqa: E402
from sr_app.image.files import Photo, find_photos, read_photo, write_photo  # noqa: E402
from sr_app.image.resize import imresize  # noqa: E402

RECIPE, SCALE, PART, SQUARE = "two_stage_x4", 4, 480, 16
SETTINGS = ("two_stage.halves=false", "translator_noise=3", f"doubt={8 / 255}")
"""What the recipe's header says for one's own photos that have been through a camera."""
SHIPPED = ("esrn_x4", "esrn_x4_real", "esrn_x4_real_vivid")
OURS = {"two stages": "free", "two stages, colours held": "held"}
"""Row -> what translators do with colours."""
Enlarge = Callable[[np.ndarray], np.ndarray]


def chosen_photos(folder: Path, patterns: list[str], work: Path) -> Path:
    """A folder of the photos whose names agree with a pattern."""
    target = work / "real"
    target.mkdir(parents=True, exist_ok=True)
    for path in find_photos(folder):
        if any(path.match(f"{pattern}.*") for pattern in patterns):
            shutil.copyfile(path, target / path.name)
    return target


def two_stages(given: argparse.Namespace, real: Path, colours: str, seed: int) -> Enlarge:
    """The network that the recipe makes of these photos."""
    runs = given.work / f"{colours}_{seed}"
    data = f"data.hr=['{given.clean}']", f"two_stage.real=['{real}']"
    settings = [*data, *SETTINGS, f"translator_colours={colours}", *given.set]
    out = runs / f"own_x{SCALE}"
    train(RECIPE, settings=settings, seed=seed, runs=runs, out=out)
    return Upscaler.from_preset(out)


def rows(given: argparse.Namespace, real: Path) -> dict[tuple[str, int | None], Callable]:
    """(row, seed) -> what makes the function that enlarges."""
    makers: dict[tuple[str, int | None], Callable[[], Enlarge]] = {
        ("bicubic", None): lambda: lambda lr: imresize(lr, SCALE)
    }
    for name in SHIPPED:
        makers[name, None] = lambda name=name: Upscaler.from_preset(name)
    for row, colours in OURS.items():
        for seed in given.seed:
            makers[row, seed] = lambda c=colours, seed=seed: two_stages(given, real, c, seed)
    return makers


def colours_moved(photo: np.ndarray, result: np.ndarray) -> float:
    """Mean CIEDE2000 between means over squares; both uint8, the result SCALE times as large."""
    squares = []
    for rgb, side in ((photo, SQUARE), (result, SCALE * SQUARE)):
        rows, columns = (size // side for size in rgb.shape[:2])
        parts = to_float(rgb[: rows * side, : columns * side])
        parts = parts.reshape(rows, side, columns, side, 3)
        squares.append(rgb2lab(parts.mean(axis=(1, 3))))
    return float(deltaE_ciede2000(*squares).mean())


def measure(make: Callable[[], Enlarge], real: Path, out: Path) -> dict:
    """NIQE and moved colours of every photo; seconds of processor that the network took to make."""
    start = time.process_time()
    enlarge = make()
    seconds = round(time.process_time() - start, 1)
    out.mkdir(parents=True, exist_ok=True)
    scores, moved = {}, {}
    for path in find_photos(real):
        photo = read_photo(path).rgb
        result = to_uint8(np.clip(enlarge(to_float(photo)), 0, 1))
        write_photo(Photo(to_float(result)), out / f"{path.stem}.png")
        scores[path.stem] = round(niqe(result), 3)
        moved[path.stem] = round(colours_moved(to_uint8(photo), result), 3)
    return {"niqe": scores, "colours": moved, "seconds": seconds}


def draw_strips(work: Path, real: Path, names: list[str]) -> None:
    """Of every photo the middle of every row's result, side by side."""
    for path in find_photos(real):
        parts = [read_photo(work / name / f"{path.stem}.png").rgb for name in names]
        top, left = ((size - PART) // 2 for size in parts[0].shape[:2])
        strip = [part[top : top + PART, left : left + PART] for part in parts]
        write_photo(Photo(np.concatenate(strip, axis=1)), work / f"strip_{path.stem}.png")


def make_table(lines: list[dict]) -> str:
    """Means over the photos; of the seeds the mean and its standard error."""
    text = ["| photos | row | seeds | NIQE | colours moved | s |", "|---|---|---:|---:|---:|---:|"]
    for name, row in dict.fromkeys((line["name"], line["row"]) for line in lines):
        own = agreeing(lines, {"name": name, "row": row})
        scores, moved = (
            in_words([float(np.mean(list(line[key].values()))) for line in own])
            for key in ("niqe", "colours")
        )
        seconds = np.mean([line["seconds"] for line in own])
        seeds = str(len(own)) if own[0]["seed"] is not None else ""
        text.append(f"| {name} | {row} | {seeds} | {scores} | {moved} | {seconds:.0f} |")
    return "\n".join(text) + "\n"


def read_arguments() -> argparse.Namespace:
    """What the module's text describes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("clean", type=Path, nargs="?", help="folder of clean photographs")
    parser.add_argument("real", type=Path, nargs="?", help="folder of real photos")
    parser.add_argument("--photos", nargs="+", default=["*"], help="which, by name without suffix")
    parser.add_argument("--name", default="all", help="what these photos are called in the table")
    parser.add_argument("--work", type=Path, default=Path("runs/unpaired"))
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--out", type=Path, default=HERE / "README.md")
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser.parse_args()


def main() -> None:
    """Every row that is not there yet, strips, the table; without photos the table alone."""
    given = read_arguments()
    if given.real:
        given.work /= given.name
        real, folders = chosen_photos(given.real, given.photos, given.work), []
        for (row, seed), make in rows(given, real).items():
            folders.append(f"{row.replace(' ', '_')}{'' if seed is None else f'_{seed}'}")
            known = {"name": given.name, "row": row, "seed": seed}
            if not agreeing(read_lines(given.lines), known):
                line = known | measure(make, real, given.work / folders[-1])
                append(given.lines, line)
                print(line, flush=True)
        draw_strips(given.work, real, [name for name in folders if (given.work / name).is_dir()])
    put_between(given.out, make_table(read_lines(given.lines)))


if __name__ == "__main__":
    main()

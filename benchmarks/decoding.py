"""What decoding in a process of its own costs, and what it takes for files that are out to harm.

Run it from the top folder:

    python -m benchmarks.decoding cost                   milliseconds a photo, here and apart
    python -m benchmarks.decoding command                the same for the command line's fork
    python -m benchmarks.decoding fuzz 10000 --seed 1    files altered by chance; can go on
    python -m benchmarks.decoding files FOLDER ...       a line for each file: time, memory, outcome

Memory of a file is the most that the decoder's process had in use (VmHWM of /proc/PID/status, set
back before each file), less what it had before. Linux only.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from benchmarks.decoding_command import on_processor
from sr_app.image.decoder_pool import DecoderPool
from sr_app.image.files import PhotoError, read_photo
from tests.image.fuzzed_files import MAX_PIXELS, fuzzed

SIDES = ((512, 512), (1080, 1920), (2000, 3000), (3000, 4000))
ROUNDS = 11
TICKS = 100  # a second, of /proc/PID/stat
PAGE_PIXELS = 50_000_000  # of a photo that the page takes
SLOW = 2.0
ENDED = "ended"


class Watched:
    """A pool of one process, and what it takes for a file."""

    def __init__(self) -> None:
        self.pool = DecoderPool(most=1)

    def read(self, path: Path, max_pixels: int) -> dict:
        """Outcome, seconds on the clock, processor seconds, megabytes, megabytes of the picture."""
        self.pool.start()
        (process,) = self.pool.processes
        before, cpu = self._reset(process), self._cpu(process)
        start, picture, outcome = time.perf_counter(), 0, "read"
        try:
            photo = read_photo(path, max_pixels=max_pixels, as_floats=False, decoders=self.pool)
            picture = (
                photo.rgb.shape[0] * photo.rgb.shape[1] * (4 if photo.alpha is not None else 3)
            )
            picture *= photo.rgb.dtype.itemsize
        except PhotoError as error:
            outcome = str(error).removeprefix(f"{path}: ")
            if "\n" in outcome:
                raise SystemExit(f"{path}: more than a line: {outcome!r}") from None
        seconds = time.perf_counter() - start
        same = self.pool.processes == (process,)
        return {
            "outcome": outcome, "seconds": round(seconds, 3), "replaced": not same,
            "cpu": round(self._cpu(process) - cpu, 2) if same else None,
            "mb": round((self._peak(process) - before) / 1e6, 1) if same else None,
            "picture_mb": round(picture / 1e6, 1),
        }  # fmt: skip

    def _reset(self, process: int) -> int:
        Path(f"/proc/{process}/clear_refs").write_text("5")
        return self._peak(process)

    def _peak(self, process: int) -> int:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
        return 0

    def _cpu(self, process: int) -> float:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def fuzz(count: int, seed: int, notes: Path) -> None:
    """Read so many altered files; what is noted already is not read again."""
    done = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    watched = Watched()
    with tempfile.TemporaryDirectory() as folder, notes.open("a") as stream:
        for number, (name, data) in enumerate(fuzzed(count, seed)):
            if number < len(done):
                continue
            path = Path(folder) / name
            path.write_bytes(data)
            found = {"number": number, "name": name, **watched.read(path, MAX_PIXELS)}
            done.append(found)
            stream.write(json.dumps(found) + "\n")
            if found["replaced"] or found["seconds"] > SLOW:
                path.rename(Path(folder).parent / f"sr_app_fuzz_{seed}_{number}_{name}")
            path.unlink(missing_ok=True)
    watched.pool.close()
    tell_fuzz(done, seed)


def tell_fuzz(done: list[dict], seed: int) -> None:
    """The worst of all, and how many of each outcome."""
    outcomes = Counter(kind_of(found["outcome"]) for found in done)
    print(f"{len(done)} files, seed {seed}: {dict(outcomes.most_common())}")
    for key in ("seconds", "cpu", "mb"):
        worst = sorted((f for f in done if f[key] is not None), key=lambda f: -f[key])[:3]
        told = ", ".join(f"{f[key]} (no. {f['number']}, {f['name']})" for f in worst)
        print(f"worst {key}: {told}")
    ended = [found for found in done if kind_of(found["outcome"]) == ENDED]
    print(f"decoders that had to be ended: {len(ended)}")
    for found in ended:
        print(f"    no. {found['number']}, {found['name']}: {found['outcome']}")


def kind_of(outcome: str) -> str:
    """What became of a file, in a word or two."""
    if any(words in outcome for words in ("its decoder", "reading it", "its memory")):
        return ENDED
    if " is " in f" {outcome} " and outcome[:1].isdigit():
        return "too large"
    if outcome.startswith("damaged"):
        return "damaged"
    return "read" if outcome == "read" else "refused"


def files(paths: list[Path]) -> None:
    """A line for each file, the worst seconds and memory at the end."""
    watched, found = Watched(), []
    print(f"{'seconds':>8}{'cpu':>7}{'MB':>8}{'picture':>9}  file: outcome")
    for path in sorted(each for given in paths for each in listed(given)):
        row = watched.read(path, PAGE_PIXELS)
        found.append(row)
        mark = " REPLACED" * row["replaced"]
        print(
            f"{row['seconds']:8.2f}{row['cpu'] or 0:7.2f}{row['mb'] or 0:8.1f}"
            f"{row['picture_mb']:9.1f}  {path.name}: {row['outcome'][:110]}{mark}"
        )
    worst = max(row["cpu"] or 0 for row in found)
    beyond = max((row["mb"] or 0) - row["picture_mb"] for row in found)
    print(f"{len(found)} files; worst: {worst:.2f} processor seconds")
    print(f"and {beyond:.0f} MB beyond the picture")
    watched.pool.close()


def listed(path: Path) -> Iterator[Path]:
    """The file, or those in the folder."""
    yield from (p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def cost() -> None:
    """Milliseconds a photo here and apart, in turns: processor time of both processes, and clock.

    Medians. On a machine that does other things too, processor time is what can be believed.
    """
    pool = DecoderPool(most=1)
    with sample_photos() as photos:
        pool.read(photos[0], 1 << 30)
        print(f"a process started by its command: {1e3 * on_processor(pool):.0f} ms of processor")
        print(f"{'photo':>14}{'here':>9}{'apart':>9}{'more':>8}{'ratio':>7}{'clock':>9}")
        for path in photos:
            rounds = [(timed(path, None), timed(path, pool)) for _ in range(ROUNDS)]
            numbers = np.array(rounds) * 1e3  # (rounds, here or apart, processor or clock)
            here, apart = np.median(numbers[..., 0], axis=0)
            more, clock = np.median(numbers[:, 1] - numbers[:, 0], axis=0)
            print(
                f"{path.name:>14}{here:9.1f}{apart:9.1f}{more:8.1f}{apart / here:7.2f}{clock:9.1f}",
                flush=True,
            )
    pool.close()


@contextmanager
def sample_photos() -> Iterator[list[Path]]:
    """Photos of four sizes, JPEG and PNG each, named by their size."""
    tile = skimage.data.astronaut()
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for height, width in SIDES:
            times = (-(-height // len(tile)), -(-width // tile.shape[1]), 1)
            photo = Image.fromarray(np.tile(tile, times)[:height, :width])
            for kind in ("jpg", "png"):
                paths.append(Path(folder) / f"{width}x{height}.{kind}")
                photo.save(paths[-1])
        yield paths


def command() -> None:
    """Of a program that begins as `sr-app upscale` does: its first photo, and each further one.

    Lower quartiles in milliseconds of processor, of runs in turns: now and then either waits for
    the system to clear away for large pages. The first one's are with the start of the process.
    """
    print(f"{'photo':>14}{'first, here':>13}{'apart':>8}{'further, here':>15}{'apart':>8}")
    with sample_photos() as photos:
        for path in photos:
            rounds = [[commanded(path, how) for how in ("here", "apart")] for _ in range(ROUNDS)]
            here, apart = np.quantile(rounds, 0.25, axis=0)  # each of the first and of the further
            print(
                f"{path.name:>14}{here[0]:13.1f}{apart[0]:8.1f}{here[1]:15.1f}{apart[1]:8.1f}",
                flush=True,
            )


def commanded(path: Path, how: str) -> tuple[float, float]:
    """Milliseconds of the first photo and of the others of a new program, here or apart."""
    program = [sys.executable, "-m", "benchmarks.decoding_command", str(path), how]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    first, *others = json.loads(done.stdout)
    return first, float(np.median(others))


def timed(path: Path, pool: DecoderPool | None) -> tuple[float, float]:
    """Seconds of processor, of both processes, and on the clock; garbage is gone before."""
    gc.collect()
    start, cpu = time.perf_counter(), time.process_time() + on_processor(pool)
    read_photo(path, as_floats=False, decoders=pool)
    return time.process_time() + on_processor(pool) - cpu, time.perf_counter() - start


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("cost")
    verbs.add_parser("command")
    one = verbs.add_parser("fuzz")
    one.add_argument("count", type=int)
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--notes", type=Path, help="kept between runs; by default named by the seed")
    two = verbs.add_parser("files")
    two.add_argument("paths", type=Path, nargs="+")
    given = parser.parse_args()
    if given.verb == "fuzz":
        notes = given.notes or Path(tempfile.gettempdir()) / f"sr_app_fuzz_{given.seed}.jsonl"
        print(f"notes in {notes}", file=sys.stderr)
        fuzz(given.count, given.seed, notes)
    elif given.verb == "files":
        files(given.paths)
    elif given.verb == "command":
        command()
    else:
        cost()


if __name__ == "__main__":
    main()

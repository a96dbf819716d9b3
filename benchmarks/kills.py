"""Commands killed at random moments and begun again: what is lost, what differs, what is left.

Run it from the top folder; Linux only:

    python -m benchmarks.kills run upscale search     50 kills each; can go on; all if none is named
    python -m benchmarks.kills together               two processes of each at once in one folder
    python -m benchmarks.kills table                  the table of kills.md; writes kills.csv

A job of each verb is run undisturbed once, which gives its result and its processor time. Then
jobs are killed (SIGKILL) at moments that are uniformly distributed over that time, and begun again
by the same command in the same folder, until as many kills have been made. A job that comes to its
end is compared with the undisturbed one, and the next begins in a new folder. After each attempt,
what was finished before it has to be the same file still, and no process may be left.

Moments are counted in processor time of the process itself, which other programs do not change. It
is a fork of a process that has imported the package and run nothing, so that kills meet the work
and not Python's imports.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.kills_jobs import JOBS, Job, prepare_inputs

PATIENCE = 3600.0
"""Seconds on the clock for one attempt."""

RESULTS = Path(__file__).with_name("kills.csv")
DIGEST = re.compile("^[0-9a-f]{16}$")
ROW = ("verb", "job", "attempt", "moment", "killed", "lost", "processes_left", "wrong")


@dataclass(frozen=True)
class Attempt:
    """code: of the exit, -9 if it was killed. seconds: of processor time. left: its processes."""

    code: int
    seconds: float
    left: int


def attempt(job: Job, inputs: Path, folder: Path, limit: float | None) -> Attempt:
    """Run a job in a folder, killed after so much processor time of its own process."""
    child = forked(job, inputs, folder)
    clock, used, deadline = (~child << 3) | 2, 0.0, time.monotonic() + PATIENCE
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            break
        try:
            used = time.clock_gettime(clock)
        except OSError:  # it has just ended
            continue
        if (limit is not None and used >= limit) or time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            limit = None
        time.sleep(0.001 if limit is not None and limit - used < 0.5 else 0.02)
    code = os.waitstatus_to_exitcode(status)
    return Attempt(code, used, processes_left(child))


def forked(job: Job, inputs: Path, folder: Path) -> int:
    """The number of a new process that does the job."""
    folder.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if child == 0:
        work(job, inputs, folder)
    return child


def work(job: Job, inputs: Path, folder: Path) -> None:
    """What the child does, with a group, a log and a folder for temporary files of its own."""
    code = 70
    try:
        os.setsid()
        (folder / "tmp").mkdir(exist_ok=True)
        os.environ["TMPDIR"], tempfile.tempdir = str(folder / "tmp"), None
        log = os.open(folder.with_suffix(".log"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.chdir(folder)
        job.work(inputs, folder)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def processes_left(group: int) -> int:
    """Processes of a group that live 20 seconds after its first one has ended."""
    for _ in range(200):
        if not (living := list(of_group(group))):
            return 0
        time.sleep(0.1)
    return len(living)


def of_group(group: int) -> Iterator[int]:
    """Numbers of the processes in a group; those that have ended and are not asked for are none."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            yield int(status.parent.name)


def stamps(job: Job, folder: Path) -> dict[Path, tuple[int, int]]:
    """Files that a job has finished -> number on the disk and time: another file has others."""
    found = {path: path.stat() for path in job.finished(folder)}
    return {path: (state.st_ino, state.st_mtime_ns) for path, state in found.items()}


def names(folder: Path) -> Counter:
    """Every file and folder there, by a name that jobs have in common."""
    paths = (path.relative_to(folder).parts for path in folder.rglob("*"))
    return Counter("/".join(DIGEST.sub("*", part) for part in parts) for parts in paths)


def differences(job: Job, reference: Path, folder: Path) -> str:
    """What a finished job's folder has of another kind than the undisturbed one's."""
    found = []
    if (there := names(folder)) != (expected := names(reference)):
        found += [f"left: {name}" for name in there - expected]
        found += [f"missing: {name}" for name in expected - there]
    one, other = job.result(reference), job.result(folder)
    found += [f"differs: {name}" for name in one if not np.array_equal(one[name], other.get(name))]
    return "; ".join(found[:5])


class Series:
    """All kills of one verb, kept in a folder, so that another run of this goes on.

    Args:
        job: the verb.
        place: the folder.
        seed: of the moments.
    """

    def __init__(self, job: Job, place: Path, seed: int):
        self.job, self.place, self.seed = job, place / job.verb, seed
        self.inputs, self.notes = place / "inputs", place / f"{job.verb}.csv"
        self.reference = self.place / "reference"
        self.duration = self.undisturbed()

    def undisturbed(self) -> float:
        """Seconds of processor time of the job that nobody kills; it is run if it was not."""
        kept = self.place / "duration.json"
        if not kept.is_file():
            shutil.rmtree(self.place, ignore_errors=True)
            done = attempt(self.job, self.inputs, self.reference, None)
            if done.code or done.left:
                raise SystemExit(f"{self.job.verb}: {done}; see {self.reference}.log")
            kept.write_text(json.dumps(done.seconds))
        return float(json.loads(kept.read_text()))

    def rows(self) -> list[dict[str, str]]:
        """What was noted so far."""
        if not self.notes.is_file():
            return []
        with self.notes.open(newline="") as file:
            return list(csv.DictReader(file))

    def run(self, kills: int) -> None:
        """Kill until there are so many; then the last job is still run to its end."""
        rows = self.rows()
        number = 1 + max((int(row["job"]) for row in rows), default=0)
        rng = np.random.default_rng((self.seed, number, len(self.job.verb)))
        while sum(row["killed"] == "1" for row in rows) < kills:
            left = kills - sum(row["killed"] == "1" for row in rows)
            for row in self.one_job(number, left, rng):
                rows.append(row)
                note(self.notes, row)
                print(*row.values(), flush=True)
            number += 1

    def one_job(self, number: int, kills: int, rng: np.random.Generator) -> Iterator[dict]:
        """Attempts at one job until it has ended."""
        folder, before, done, made = self.place / f"job{number}", {}, None, 0
        shutil.rmtree(folder, ignore_errors=True)
        while done is None or done.code == -signal.SIGKILL:
            moment = rng.uniform(0, self.duration) if kills > 0 else None
            done = attempt(self.job, self.inputs, folder, moment)
            made, kills = made + 1, kills - (done.code == -signal.SIGKILL)
            after = stamps(self.job, folder)
            lost = [path for path, stamp in before.items() if after.get(path) != stamp]
            before, wrong = after, ""
            if done.code not in (0, -signal.SIGKILL):
                wrong = f"exit code {done.code}"
            elif done.code == 0:
                wrong = differences(self.job, self.reference, folder)
            told = "" if moment is None else f"{moment / self.duration:.4f}"
            lost_names = "; ".join(str(path.relative_to(folder)) for path in lost)
            killed = int(done.code == -signal.SIGKILL)
            values = (self.job.verb, number, made, told, killed, lost_names, done.left, wrong)
            yield dict(zip(ROW, map(str, values), strict=True))
        if not wrong:
            shutil.rmtree(folder)

    def together(self) -> str:
        """What two processes at once in one folder came to, kept."""
        kept, folder = self.place / "together.txt", self.place / "together"
        if not kept.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".log").unlink(missing_ok=True)
            children = [forked(self.job, self.inputs, folder) for _ in range(2)]
            codes = sorted(os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]) for c in children)
            said = folder.with_suffix(".log").read_text().count("another process")
            refused = codes == [0, 2] and said == 1
            told = "one refused in a line" if refused else f"exit codes {codes}"
            told = "both ended" if codes == [0, 0] else told
            kept.write_text(f"{told}, {differences(self.job, self.reference, folder) or 'equal'}")
        return kept.read_text()


def note(path: Path, row: dict[str, str]) -> None:
    """Append a row."""
    begun = path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        if not begun:
            writer.writeheader()
        writer.writerow(row)


def table(place: Path) -> Iterator[str]:
    """A row for each verb that was killed."""
    heads = "verb | job | processor | kills | jobs ended | equal | pieces lost | left | compared"
    yield f"| {heads} | two at once |\n{'|---' * 10}|"
    for job in JOBS:
        if not (place / f"{job.verb}.csv").is_file():
            continue
        series = Series(job, place, 0)
        both = series.together() if (series.place / "together.txt").is_file() else "not run"
        rows = series.rows()
        ended = [row for row in rows if row["killed"] == "0"]
        equal = sum(not row["wrong"] for row in ended)
        lost = sum(bool(row["lost"]) for row in rows)
        left = sum(int(row["processes_left"]) for row in rows)
        left += sum("left: " in row["wrong"] for row in ended)
        yield (
            f"| `{job.verb}` | {job.what} | {series.duration:.1f} s | {len(rows) - len(ended)} | "
            f"{len(ended)} | {equal} | {lost} | {left} | {job.promise} | {both} |"
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("run", "together", "table"))
    parser.add_argument("verbs", nargs="*", help=", ".join(job.verb for job in JOBS))
    parser.add_argument("--kills", type=int, default=50, help="of each verb")
    parser.add_argument("--seed", type=int, default=0)
    usual = Path(tempfile.gettempdir()) / "sr_app_kills"
    parser.add_argument("--folder", type=Path, default=usual, help="kept between runs")
    given = parser.parse_args()
    if given.action == "table":
        print(*table(given.folder.resolve()), sep="\n")
        noted = [given.folder / f"{job.verb}.csv" for job in JOBS]
        lines = [path.read_text().splitlines() for path in noted if path.is_file()]
        rows = [",".join(ROW), *(row for part in lines for row in part[1:])]
        RESULTS.write_text("\n".join(rows) + "\n")
        return
    folder = given.folder.resolve()
    prepare_inputs(folder / "inputs")
    for job in JOBS:
        if not given.verbs or job.verb in given.verbs:
            job.load(folder / "inputs")
            series = Series(job, folder, given.seed)
            series.run(given.kills) if given.action == "run" else print(job.verb, series.together())


if __name__ == "__main__":
    main()

"""Files that describe, changed at random, by the doors of the command line.

Run it from the top folder:

    python -m benchmarks.fuzzed_descriptions 10000 --seed 1

Recipes, cards, archives of searches, records of runs and of pictures. Every file has to be taken,
or refused in one line with exit code 2, nothing written. What is neither is told by kind, with an
example; `--keep FOLDER` keeps the files.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.described_doors import Came

MEMORY = 8 << 30
"""Bytes of address space, so that a flood is an error."""


def tried(count: int, seed: int, keep: Path | None) -> list[tuple[str, str, int, Came]]:
    """(kind, name, number, what came of it) of every file."""
    from tests.cli.described_doors import Doors, prepare
    from tests.cli.fuzzed_descriptions import fuzzed

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found, home = [], Path.cwd()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "top" / "work"
        folder.mkdir(parents=True)
        prepare(folder)
        os.chdir(folder)
        doors = Doors(folder)
        for number, (kind, name, data) in enumerate(fuzzed(count, seed)):
            came = doors.come(kind, name, data)
            found.append((kind, name, number, came))
            if came.fault and keep:
                (home / keep).mkdir(parents=True, exist_ok=True)
                (home / keep / f"{number}_{kind}_{name}").write_bytes(data)
        os.chdir(home)
    return found


def tell(found: list[tuple[str, str, int, Came]]) -> None:
    """A table of what came of each kind of file, the slowest, and every kind of fault."""
    print("| file | accepted | refused | faults | slowest, s |\n|---|---|---|---|---|")
    for kind in dict.fromkeys(kind for kind, *_ in found):
        cames = [came for each, _, _, came in found if each == kind]
        outcomes = Counter("faults" if came.fault else came.outcome for came in cames)
        counts = " | ".join(str(outcomes[key]) for key in ("accepted", "refused", "faults"))
        print(f"| {kind} | {counts} | {max(came.seconds for came in cames):.2f} |")
    for kind, name, number, came in sorted(found, key=lambda row: -row[3].seconds)[:3]:
        print(f"slow: {came.seconds:.2f} s, no. {number}, {kind} {name}, {came.outcome}")
    faults = [row for row in found if row[3].fault]
    for outcome, times in Counter(row[3].outcome for row in faults).most_common():
        kind, name, number, came = next(row for row in faults if row[3].outcome == outcome)
        print(f"\n{outcome}: {times}, first no. {number}, {kind} {name}\n{came.text[-400:]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=None, help="folder for the files of faults")
    arguments = parser.parse_args()
    start = time.process_time()
    found = tried(arguments.count, arguments.seed, arguments.keep)
    tell(found)
    print(f"\n{len(found)} files, seed {arguments.seed}, {time.process_time() - start:.0f} s")


if __name__ == "__main__":
    main()

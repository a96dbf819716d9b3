"""Results on a disk that fills up: an error and nothing left, or a whole file; nothing in between.

Run it from the top folder:

    python -m benchmarks.full_disk                       a quota of the process (no root)
    mount -t tmpfs -o size=64m tmpfs /mnt/small
    python -m benchmarks.full_disk --disk /mnt/small     a real disk, filled up but for so much

It prints the table of `full_disk.md`.

For every format and some twelve sizes between nothing and more than enough, `sr-app upscale` writes
one photo, and then again with --resume once there is room. It is counted how often it was refused
(exit code 2, one line, no file, no temporary file), how often a whole file was there, and what else
came about, which should be nothing.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import skimage.data
from PIL import Image

from sr_app.image.completeness import is_complete
from sr_app.image.files import read_photo

SUFFIXES = ("jpg", "png", "webp", "tif", "avif", "jxl", "bmp")
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 0.99, 1.05, 1.3)
SIDE = 120


def upscale(photo: Path, target: Path, *more: str, quota: int | None = None) -> tuple[int, str]:
    """Exit code and what was said."""
    command = [sys.executable, "-m", "sr_app", "upscale", str(photo), str(target), *more]
    command += ["--preset", "esrn_xs_x2"]
    limit = None
    if quota is not None:
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (quota, resource.RLIM_INFINITY))
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)
    return done.returncode, done.stderr


def filled(disk: Path, room: int) -> Path:
    """A file that leaves so much room on the disk."""
    filler = disk / "filler"
    free = shutil.disk_usage(disk).free
    with filler.open("wb") as stream:
        stream.write(bytes(max(0, free - room)))
    return filler


def outcome(code: int, said: str, folder: Path, target: Path) -> str:
    """refused, whole, or what is wrong."""
    there = [path.name for path in folder.iterdir() if path.name != "filler"]
    lines = [line for line in said.splitlines() if line.strip()]
    if code == 2 and not there and len(lines) == 1:
        return "refused"
    if code == 0 and there == [target.name] and is_complete(target):
        return "whole" if read_photo(target).rgb.shape[0] == 2 * SIDE else "of another size"
    return f"WRONG: exit code {code}, {there}, {lines[-1:]}"


def round_of(suffix: str, folder: Path, photo: Path, disk: Path | None) -> str:
    """All sizes of one format, as a row of the table."""
    target = folder / f"result.{suffix}"
    upscale(photo, target)
    size = target.stat().st_size
    target.unlink()
    found, again = [], []
    for share in SHARES:
        filler = filled(disk, round(share * size)) if disk else None
        code, said = upscale(photo, target, quota=None if disk else round(share * size))
        found.append(outcome(code, said, folder, target))
        if filler:
            filler.unlink()
        if found[-1] == "refused" and share in (0.3, 0.9):
            again.append(outcome(*upscale(photo, target, "--resume"), folder, target))
        target.unlink(missing_ok=True)
    wrong = [text for text in found + again if text not in ("refused", "whole")]
    counts = " | ".join(str(found.count(kind)) for kind in ("refused", "whole"))
    resumed = f"{again.count('whole')} of {len(again)}"
    return f"| {suffix} | {size:,} | {counts} | {resumed} | {'; '.join(wrong) or 'none'} |"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--disk", type=Path, help="an empty file system of a few megabytes")
    disk = parser.parse_args().disk
    with tempfile.TemporaryDirectory() as private:
        photo = Path(private) / "photo.png"
        Image.fromarray(skimage.data.astronaut()[:SIDE, 150 : 150 + SIDE]).save(photo)
        folder = disk or Path(private) / "results"
        folder.mkdir(exist_ok=True)
        print("| format | bytes | refused | whole | resumed | anything else |\n" + "|---" * 6 + "|")
        for suffix in SUFFIXES:
            print(round_of(suffix, folder, photo, disk), flush=True)


if __name__ == "__main__":
    main()

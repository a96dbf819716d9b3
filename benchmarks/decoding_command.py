"""A program that begins as `sr-app upscale` does and reads one photo several times.

Run by `python -m benchmarks.decoding command`; prints the processor's milliseconds of each time.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import sr_app.cli.upscale  # noqa: F401
from sr_app.image.decoder_fork import may_fork
from sr_app.image.decoder_pool import DecoderPool
from sr_app.image.files import read_photo

TIMES = 6


def main() -> None:
    """Read the photo here, or in a fork, whose start counts for the first time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photo", type=Path)
    parser.add_argument("how", choices=("here", "apart"))
    given = parser.parse_args()
    if not may_fork():
        raise SystemExit("something that was imported has threads, so no fork would be made")
    start, taken = time.process_time(), []
    pool = DecoderPool(most=1) if given.how == "apart" else None
    if pool is not None:
        pool.start()
    for _ in range(TIMES):
        read_photo(given.photo, as_floats=False, decoders=pool)
        now = time.process_time() + on_processor(pool)
        taken.append(1e3 * (now - start))
        start = now
    print(json.dumps(taken))


def on_processor(pool: DecoderPool | None) -> float:
    """Seconds that the pool's one process was on a processor."""
    if pool is None:
        return 0.0
    (process,) = pool.processes
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()

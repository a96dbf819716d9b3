"""The statistics of good photographs that NIQE measures against: written into the package.

    study.py data/photos

The shipped ones are of 102 photographs under free licences. Only 36 means and their covariances
are kept, from which no picture can be had.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from sr_app.evaluation.niqe import PRISTINE, fit
from sr_app.image.files import find_photos, read_photo


def main(folder: Path) -> None:
    paths = find_photos(folder)
    statistics = fit(read_photo(path).rgb for path in paths)
    np.savez(PRISTINE, mean=statistics.mean, covariance=statistics.covariance)
    print(f"{PRISTINE}: {len(paths)} photographs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="of good photographs")
    main(parser.parse_args().folder)

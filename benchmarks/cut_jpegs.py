"""JPEGs that lack coded data and have an end put behind: how many are taken for whole.

Run it from the top folder: python -m benchmarks.cut_jpegs
"""

from __future__ import annotations

import argparse
import io
import itertools

import numpy as np
import skimage.data
from PIL import Image

from sr_app.image.jpeg_segments import read_layout
from sr_app.image.pixels import open_jpeg

END = b"\xff\xd9"
CUTS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 20, 40, 100, 200, 500)
SHARES = (20, 5, 2)
HEADERS = 700  # bytes that are not cut into


def pictures() -> dict[str, np.ndarray]:
    """Photos large and small, grey, and a sky with little in it."""
    astronaut, cat = skimage.data.astronaut(), skimage.data.chelsea()
    sky = np.full((120, 150, 3), (90, 140, 230), np.uint8)
    sky[20:40, 30:60] = cat[:20, :30]
    return {
        "small": astronaut[60:117, 200:263], "photo": astronaut, "cat": cat,
        "grey": astronaut[:200, :333, 0], "sky": sky,
    }  # fmt: skip


def opened(data: bytes) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Pixels and warnings; None if it is refused."""
    try:
        image, warnings = open_jpeg(data, read_layout(data))
    except (ValueError, OSError):
        return None
    return np.asarray(image), warnings


def main() -> None:
    """Print the counts."""
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    cut = same = wrong = refused = 0
    ways = itertools.product((50, 75, 92), (0, 2), (False, True), (False, True))
    for pixels, way in itertools.product(pictures().values(), list(ways)):
        stream = io.BytesIO()
        named = zip(("quality", "subsampling", "progressive", "optimize"), way, strict=True)
        Image.fromarray(pixels).save(stream, "jpeg", **dict(named))
        data = stream.getvalue()
        whole = opened(data)
        refused += whole is None
        for length in (*CUTS, *(len(data) // share for share in SHARES)):
            if whole is None or length > len(data) - HEADERS:
                continue
            found = opened(data[: -2 - length] + END)
            cut += 1
            equal = found is not None and np.array_equal(found[0], whole[0])
            same += equal
            wrong += found is not None and not equal and not found[1]
    print(f"{cut} cut files: {same} with all pixels, {wrong} with others and no word")
    print(f"whole files that were refused: {refused}")


if __name__ == "__main__":
    main()

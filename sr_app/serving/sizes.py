"""How large a result is to be: a factor, pixels along a side, megapixels, or a print."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sr_app.inference.goal import LARGEST_SCALE, Goal
from sr_app.serving.limits import MEGA, Limits, size
from sr_app.serving.session import Settings

INCH = 25.4  # millimetres
DPI = 300


@dataclass(frozen=True)
class Measure:
    """A way to say how large.

    Args:
        name: after the number, as people say it.
        first: the number that is offered; least, most: what is taken.
        paper: (shorter, longer) side in millimetres, for dots per inch; None for anything else.
    """

    name: str
    first: float
    least: float
    most: float
    paper: tuple[float, float] | None = None


def _print(name: str, shorter: float, longer: float) -> Measure:
    return Measure(name, DPI, 50, 1200, (shorter, longer))


MEASURES = {
    "times": Measure("times as large", 1.5, 1, LARGEST_SCALE),
    "wide": Measure("pixels wide", 1920, 16, 60_000),
    "high": Measure("pixels high", 1080, 16, 60_000),
    "megapixels": Measure("megapixels", 12, 0.01, 1000),
    "10x15": _print("dpi, 10 × 15 cm print", 100, 150),
    "13x18": _print("dpi, 13 × 18 cm print", 130, 180),
    "a5": _print("dpi, A5 print", 148, 210),
    "a4": _print("dpi, A4 print", 210, 297),
    "a3": _print("dpi, A3 print", 297, 420),
    "30x45": _print("dpi, 30 × 45 cm print", 300, 450),
}


def is_size(value: object) -> bool:
    """Whether a browser's [measure, number] is one."""
    match value:
        case [str(key), int() | float() as number] if key in MEASURES:
            # True is an int, too; not a number is in no range.
            measure = MEASURES[key]
            return not isinstance(number, bool) and measure.least <= number <= measure.most
    return False


def goal_of(settings: Settings, photo: tuple[int, int]) -> Goal:
    """What is asked of the networks for a photo (height, width); ValueError for a size that the
    photo has already, or that is too far away."""
    exact = None if settings.size is None else exact_size(*settings.size, photo)
    if settings.preset:
        return Goal(None if exact else settings.scale, exact, settings.preset)
    return Goal(None if exact else settings.scale, exact, purpose=settings.purpose)


def exact_size(key: str, number: float, photo: tuple[int, int]) -> tuple[int, int]:
    """(height, width) in the shape of the photo.

    A print's picture lies within the paper, turned as the photo is. ValueError as of `goal_of`.
    """
    height, width = photo
    measure = MEASURES[key]
    if measure.paper:
        shorter, longer = (number * side / INCH for side in measure.paper)
        factor = min(shorter / min(photo), longer / max(photo))
    else:
        factor = {
            "times": number,
            "wide": number / width,
            "high": number / height,
            "megapixels": math.sqrt(number * MEGA / (height * width)),
        }[key]
    exact = math.floor(height * factor + 0.5), math.floor(width * factor + 0.5)
    if factor > LARGEST_SCALE:
        raise ValueError(
            f"That is {factor:.0f} times as large as the photo, {size(*photo)}: at most "
            f"{LARGEST_SCALE} times. Choose a smaller size."
        )
    if exact[0] < height or exact[1] < width or exact == photo:
        raise ValueError(
            f"The photo has {size(*photo)} already: choose a larger size than {size(*exact)}."
        )
    return exact


def target_size(settings: Settings, photo: tuple[int, int], limits: Limits) -> tuple[int, int]:
    """(height, width) of the result of a photo (height, width); ValueError as of `goal_of`,
    PhotoError if it would be too large for the page."""
    if settings.size is None:
        limits.check_result(*photo, settings.scale)
        return photo[0] * settings.scale, photo[1] * settings.scale
    exact = exact_size(*settings.size, photo)
    limits.check_size(*exact)
    return exact


def dots(settings: Settings) -> float | None:
    """Dots per inch that are written into the file, for a print."""
    if settings.size is None or not MEASURES[settings.size[0]].paper:
        return None
    return settings.size[1]


def list_sizes() -> list[dict]:
    return [
        {"key": key, "name": m.name, "first": m.first, "least": m.least, "most": m.most}
        for key, m in MEASURES.items()
    ]


def words(settings: Settings) -> str:
    """How large, in a few words: 2×, 1.5×, 1920 pixels wide."""
    if settings.size is None:
        return f"{settings.scale}×"
    key, number = settings.size
    return f"{number:g}×" if key == "times" else f"{number:g} {MEASURES[key].name}"


def suffix(settings: Settings, exact: tuple[int, int]) -> str:
    """What is added to a file's name."""
    if settings.size and settings.size[0] != "times":
        return f"{exact[1]}x{exact[0]}"
    return f"x{settings.size[1] if settings.size else settings.scale:g}"

"""Pictures to try the page with: those that scikit-image carries in its own package."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from sr_app.image.decoder_pool import common_pool
from sr_app.image.files import read_photo, write_photo
from sr_app.serving.preview import shrink, shrinking

THUMBNAIL_PIXELS = 30_000


@dataclass(frozen=True)
class Example:
    """A picture to try: file name in scikit-image's data, its title and what it shows."""

    file: str
    title: str
    shows: str

    @property
    def path(self) -> Path:
        return folder() / self.file


# Only files inside the package itself: others would be fetched from the network.
EXAMPLES = (
    Example("chelsea.png", "Cat", "a tabby cat, close up: fur and whiskers"),
    Example("coffee.png", "Coffee", "a cup of coffee on a wooden table"),
    Example("rocket.jpg", "Rocket", "a rocket on its launch pad at dusk"),
    Example("camera.png", "Camera", "a black and white photo of a man with a film camera"),
)


def folder() -> Path:
    """scikit-image's data folder, found without importing it."""
    spec = find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        return Path("scikit-image-is-not-installed")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def find_examples() -> list[Example]:
    """The examples whose files are there; none at all is no error, only a page without them."""
    return [example for example in EXAMPLES if example.path.is_file()]


def lay_out(examples: list[Example], folder: Path) -> list[tuple[Path, Path]]:
    """Copy examples to where the page serves files from.

    Returns:
        (the picture, untouched; a small PNG of it) of every example.
    """
    pairs = []
    for example in examples:
        picture = Path(shutil.copy(example.path, folder))
        photo = read_photo(picture, decoders=common_pool())
        height, width = photo.rgb.shape[:2]
        step = shrinking(height, width, THUMBNAIL_PIXELS)
        small = folder / f"{picture.stem}.small.png"
        write_photo(replace(photo, rgb=shrink(photo.rgb, step), alpha=None), small)
        pairs.append((picture, small))
    return pairs

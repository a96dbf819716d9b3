"""Pictures to try the page with: those that scikit-image carries in its own package."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Example:
    """A picture to try: file name in scikit-image's data, its title and what it shows."""

    file: str
    title: str
    shows: str

    @property
    def path(self) -> Path:
        """Where the file lies on this machine."""
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

"""Libraries that only a part of the application needs, and which extra brings them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

_LIBRARIES = {
    "page": "gradio starlette uvicorn matplotlib skimage",
    "train": "keras tensorboard h5py tomlkit tensorflow",
    "search": "moocore",
    "ray": "ray pyarrow",
    "raw": "rawpy",
    "ncnn": "ncnn",
    "hub": "huggingface_hub",
    "torch": "torch torchvision spandrel safetensors onnxscript",
    "openvino": "openvino",
}
EXTRAS = {library: extra for extra, names in _LIBRARIES.items() for library in names.split()}
"""Library -> the smallest extra of pyproject.toml that has it."""


class MissingExtraError(ModuleNotFoundError):
    """A library is not installed; the message says in one line which extra brings it."""

    def __init__(self, library: str):
        extra = EXTRAS[library]
        super().__init__(
            f"this needs the {extra} extra ({library} is not installed): "
            f'pip install "sr-app[{extra}]"',
            name=library,
        )


@contextmanager
def naming_extras() -> Iterator[None]:
    """Around imports, or as a decorator: a library that is missing is told with its extra.

    MissingExtraError in place of the ModuleNotFoundError of a library of `EXTRAS`.
    """
    try:
        yield
    except MissingExtraError:
        raise
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        raise MissingExtraError(library) from error


def require(*libraries: str) -> None:
    """See that libraries of `EXTRAS` are there, without the time that their import takes.

    MissingExtraError for the first one that is not.
    """
    for library in libraries:
        if not is_installed(library):
            raise MissingExtraError(library)


def is_installed(library: str) -> bool:
    """Whether a library could be imported; it is not."""
    try:
        return find_spec(library) is not None
    except ValueError:  # it is in sys.modules as None, which forbids its import
        return False

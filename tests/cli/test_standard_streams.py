"""Photos through pipes: real processes, since a runner in this one has no bytes."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.cli.standard_streams import standard_streams
from sr_app.image.files import Photo, read_photo, write_photo


@pytest.fixture
def photo(models, tmp_path):
    write_photo(Photo(np.random.default_rng(1).random((9, 11, 3), np.float32)), tmp_path / "a.png")
    return tmp_path / "a.png"


def piped(*arguments, data: bytes, code: int = 0) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sr_app", "upscale", *map(str, arguments)]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def test_from_standard_input_to_standard_output(photo, tmp_path) -> None:
    done = piped("-", "-", data=photo.read_bytes())
    image = Image.open(io.BytesIO(done.stdout))
    assert (image.format, image.size) == ("PNG", (22, 18))
    assert done.stderr.decode().startswith("- 11x9 -> - 22x18 (esrn_p_x2, ")
    jpeg = piped(photo, "-", "--format", "jpg", data=b"")
    assert Image.open(io.BytesIO(jpeg.stdout)).format == "JPEG"
    piped("-", tmp_path / "out.webp", data=photo.read_bytes())
    assert read_photo(tmp_path / "out.webp").rgb.shape == (18, 22, 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_standard_output_that_takes_no_more_is_named(photo) -> None:
    command = [sys.executable, "-m", "sr_app", "upscale", str(photo), "-"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(b"sr-app: standard output is not whole: No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes streams")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ("upscale - out.png <&-", 2, "sr-app: Expected a photo on standard input. Received: a clo"),
        ("upscale a.png - >&-", 2, "sr-app: Expected an open standard output. Received: a closed"),
        ("upscale a.png out.png >&-", 0, ""),
        ("upscale a.png out.png 2>&-", 0, ""),
        ("evaluate --method bicubic --scale 2 . >&-", 0, ""),
        ("evaluate --method bicubic --scale 2 . 2>&-", 0, ""),
    ],
)
def test_closed_streams_are_no_fault_of_the_program(photo, tmp_path, arguments, code, told) -> None:
    Image.new("RGB", (40, 40)).save(photo)
    command = f"{shlex.quote(sys.executable)} -m sr_app {arguments}"
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, env=beside(), capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    line = done.stderr.strip()
    assert line.startswith(told) and bool(line) == bool(told) and "\n" not in line, line


@pytest.mark.skipif(sys.platform == "win32", reason="no such numbers there")
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path) -> None:
    program = (
        "import os; from sr_app.cli.standard_streams import hold_closed_streams as hold; hold(); "
        "file = open('a.txt', 'wb'); os.write(1, b'notice'); os.system('echo notice'); "
        "raise SystemExit(file.fileno() < 3)"
    )
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} <&- >&- 2>&-"
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=beside(), check=False)
    assert done.returncode == 0 and (tmp_path / "a.txt").read_bytes() == b""


def beside() -> dict[str, str]:
    """The environment of a process in another folder that imports this package."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_what_is_no_photo_is_one_line_about_the_stream(models, tmp_path) -> None:
    done = piped("-", tmp_path / "out.png", data=b"no photo at all", code=2)
    told = done.stderr.decode()
    assert told.startswith("sr-app: -: expected JPEG, PNG") and not done.stdout
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("sources", "target", "as_json", "message"),
    [
        (["a.png", "b.png"], "-", False, "one photo for standard output"),
        (["."], "-", False, "or a folder"),
        (["a.png"], "-", True, "--json"),
        (["-", "-"], "out", False, "once"),
    ],
)
def test_what_cannot_be_piped_is_said(sources, target, as_json, message) -> None:
    with pytest.raises(ValueError, match=message), standard_streams(sources, target, as_json, None):
        pass


def test_without_streams_nothing_is_changed() -> None:
    with standard_streams(["a", "b"], "c", True, None) as streams:
        assert (streams.sources, streams.target, streams.out) == (["a", "b"], "c", False)
        streams.send()


def test_an_input_that_is_no_photo_does_not_stop_the_others(photo, tmp_path) -> None:
    done = piped("-", photo, tmp_path / "out", data=b"", code=3)
    assert b"sr-app: -: the file is empty" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]

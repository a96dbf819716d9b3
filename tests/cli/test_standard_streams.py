"""Photos through pipes: real processes, since a runner in this one has no bytes."""

from __future__ import annotations

import io
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

"""`sr-app upscale`: lines, exit codes, and no TensorFlow on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.inference.goal import parse_size
from sr_app.inference.photos import upscale

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def photos(models, tmp_path) -> Path:
    """A folder: a.png, b.png, bad.png (no photo), sub/c.png."""
    rgb = np.random.default_rng(5).random((10, 14, 3), np.float32)
    (tmp_path / "in" / "sub").mkdir(parents=True)
    for name in ("a.png", "b.png", "sub/c.png"):
        write_photo(Photo(rgb), tmp_path / "in" / name)
    (tmp_path / "in" / "bad.png").write_bytes(b"no photo at all")
    return tmp_path / "in"


def size(path: Path) -> tuple[int, int]:
    return read_photo(path).rgb.shape[:2]


def test_one_photo_one_line(run: Run, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    result = run("upscale", photos / "a.png", out, "--scale", "4")
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{photos / 'a.png'} 14x10 -> {out} 56x40 (esrn_p_x4, ")
    assert size(out) == (40, 56) and result.stderr == ""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], (20, 28)),
        (["--scale", "1.5"], (15, 21)),
        (["--preset", "esrn_x3"], (30, 42)),
        (["--preset", "esrn_x3", "--scale", "2"], (20, 28)),
        (["--size", "31x17"], (17, 31)),
        (["--scale", "3", "--tile", "40", "--runtime", "onnxruntime"], (30, 42)),
    ],
)
def test_sizes(run: Run, photos: Path, tmp_path: Path, options, expected) -> None:
    run("upscale", photos / "a.png", tmp_path / "out.png", *options)
    assert size(tmp_path / "out.png") == expected


def test_a_bad_file_does_not_stop_the_rest(run: Run, photos: Path, tmp_path: Path) -> None:
    result = run("upscale", photos, tmp_path / "out", code=3)
    assert [line.split("/")[-1].split()[0] for line in result.stdout.splitlines()] == [
        "a.png",
        "b.png",
    ]
    error, left_out = result.stderr.splitlines()
    assert "sub" in left_out
    assert error.startswith(f"sr-app: {photos / 'bad.png'}")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]


def test_a_tree_is_kept_and_resumed(run: Run, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.png").unlink()
    run("upscale", photos, tmp_path / "out", "-r")
    assert size(tmp_path / "out" / "sub" / "c.png") == (20, 28)
    (tmp_path / "out" / "b.png").unlink()
    lines = run("upscale", photos, tmp_path / "out", "-r", "--resume").stdout.splitlines()
    assert [line.endswith("finished before") for line in lines] == [True, False, True]
    again = run("upscale", photos, tmp_path / "out", "-r", code=2)
    assert "a.png and 2 more are there already: the option overwrite writes over" in again.stderr
    lines = run("upscale", photos, tmp_path / "out", "-r", "--overwrite").stdout.splitlines()
    assert not any(line.endswith("finished before") for line in lines)
    assert (
        "Received: both"
        in run("upscale", photos, tmp_path / "out", "--overwrite", "--resume", code=2).stderr
    )


def test_a_size_beyond_every_factor_is_one_line(run: Run, photos: Path, tmp_path: Path) -> None:
    result = run("upscale", photos / "a.png", tmp_path / "a.jpg", "--size", "999999x999999", code=2)
    assert "Expected a size of at most 16 times the photo's" in result.stderr
    assert result.stderr.count("\n") == 1 and not (tmp_path / "a.jpg").exists()


def test_what_is_cut_is_done_again(run: Run, photos: Path, tmp_path: Path) -> None:
    run("upscale", photos / "a.png", tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[:-20])
    result = run("upscale", photos / "a.png", tmp_path / "a.jpg", "--resume")
    assert "finished before" not in result.stdout
    assert (tmp_path / "a.jpg").read_bytes() == whole


def test_several_inputs_and_patterns(run: Run, photos: Path, tmp_path: Path) -> None:
    result = run("upscale", photos / "a.png", photos / "[b]*.png", tmp_path / "out", code=3)
    assert [line.split(" -> ")[1].split()[0] for line in result.stdout.splitlines()] == [
        str(tmp_path / "out" / "a.png"),
        str(tmp_path / "out" / "b.png"),
    ]
    assert "bad.png" in result.stderr


def test_what_is_left_out_is_named_and_counted(run: Run, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.png").unlink()
    for name in ("x.psd", "y.psd", "z.mp4"):
        (photos / name).touch()
    result = run("upscale", photos, tmp_path / "out", "--json")
    assert f"left out, .mp4: not a photo by its name: {photos / 'z.mp4'}" in result.stderr
    report = json.loads(result.stdout)
    assert report["counts"] == {"written": 2, "skipped": 0, "failed": 0, "left_out": 4}
    assert {Path(each["input"]).name for each in report["left_out"]} == {
        "x.psd",
        "y.psd",
        "z.mp4",
        "sub",
    }


def test_a_template_and_small_pngs(run: Run, photos: Path, tmp_path: Path) -> None:
    options = ["--output-template", "{stem}_x{scale}", "--scale", "3"]
    run("upscale", photos / "a.png", tmp_path / "fast", *options)
    run("upscale", photos / "a.png", tmp_path / "small", *options, "--png", "small")
    fast, small = (tmp_path / name / "a_x3.png" for name in ("fast", "small"))
    assert size(fast) == (30, 42) and small.stat().st_size <= fast.stat().st_size
    assert np.array_equal(read_photo(fast).rgb, read_photo(small).rgb)


def test_a_name_says_the_factor_of_the_preset(run: Run, photos: Path, tmp_path: Path) -> None:
    options = ["--output-template", "{stem}_x{scale}", "--preset", "esrn_x3"]
    run("upscale", photos / "a.png", tmp_path / "out", *options)
    assert size(tmp_path / "out" / "a_x3.png") == (30, 42)


def test_json_for_programs(run: Run, photos: Path, tmp_path: Path) -> None:
    result = run("upscale", photos, tmp_path / "out", "--json", "--format", "jpg", code=3)
    report = json.loads(result.stdout)
    first = report["files"][0]
    assert (first["size_before"], first["size_after"]) == ([14, 10], [28, 20])
    assert first["output"].endswith("a.jpg") and first["preset"] == "esrn_p_x2"
    assert [Path(item["input"]).name for item in report["failed"]] == ["bad.png"]


def test_a_plan_is_told_first(run: Run, photos: Path, tmp_path: Path) -> None:
    (photos / "bad.png").unlink()
    result = run("upscale", photos, tmp_path / "out", "--plan", "--json", "--memory", "1GB")
    plans = json.loads(result.stdout)["plans"]
    assert [Path(plan["input"]).name for plan in plans] == ["a.png", "b.png"]
    assert plans[0]["size_after"] == [28, 20] and plans[0]["tiles"] == 1
    assert 0 < plans[0]["bytes"] < 10**9 and plans[0]["seconds"] >= 0
    lines = run("upscale", photos / "a.png", tmp_path / "x.png", "--plan").stderr.splitlines()
    assert "28x20 by esrn_p_x2: 1 tile of" in lines[0] and "MB" in lines[0]


def test_blends_of_a_file_and_of_a_folder_are_the_library_s(
    run: Run, photos: Path, twins: Path, tmp_path: Path
) -> None:
    (photos / "bad.png").unlink()
    run("upscale", photos / "a.png", tmp_path / "one.png", "--blend", "0.3", "--consistent")
    expected = tmp_path / "expected.png"
    upscale(photos / "a.png", blend=0.3, consistent=True, out=expected)
    assert (tmp_path / "one.png").read_bytes() == expected.read_bytes()
    lines = run("upscale", photos, tmp_path / "out", "--blend", "0.3").stdout.splitlines()
    assert len(lines) == 2 and all("(esrn_p_x2, 30% vivid, " in line for line in lines)
    upscale(photos / "a.png", blend=0.3, out=expected)
    assert (tmp_path / "out" / "a.png").read_bytes() == expected.read_bytes()


def test_a_grey_picture_sets_the_blend_by_region(
    run: Run, photos: Path, twins: Path, tmp_path: Path
) -> None:
    share = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)
    write_photo(
        Photo(np.repeat(share[..., None], 3, axis=2), grey=True, bits=16), tmp_path / "m.png"
    )
    out = run("upscale", photos / "a.png", tmp_path / "one.png", "--blend-map", tmp_path / "m.png")
    assert "(esrn_p_x2, vivid by a map, " in out.stdout
    expected = tmp_path / "expected.png"
    upscale(photos / "a.png", blend=share, out=expected)
    assert (tmp_path / "one.png").read_bytes() == expected.read_bytes()


def test_metadata_is_kept_or_stripped(run: Run, models: Path, tmp_path: Path) -> None:
    rgb = np.full((8, 8, 3), 0.5, np.float32)
    exif = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x0e\x01\x02\0\x04\0\0\0abc\0" + b"\0\0\0\0"
    write_photo(Photo(rgb, exif=exif), tmp_path / "in.png")
    run("upscale", tmp_path / "in.png", tmp_path / "kept.png")
    run("upscale", tmp_path / "in.png", tmp_path / "stripped.png", "--strip-metadata")
    assert b"abc" in (read_photo(tmp_path / "kept.png").exif or b"")
    assert read_photo(tmp_path / "stripped.png").exif is None


def test_warnings_name_the_file(run: Run, models: Path, tmp_path: Path) -> None:
    alpha = np.full((8, 8), 0.5, np.float32)
    write_photo(Photo(np.full((8, 8, 3), 0.5, np.float32), alpha), tmp_path / "in.png")
    result = run("upscale", tmp_path / "in.png", tmp_path / "out.jpg", "--size", "90x90")
    lines = result.stderr.splitlines()
    assert all(line.startswith(f"sr-app: {tmp_path}") for line in lines)
    assert "alpha" in result.stderr or "transparen" in result.stderr
    assert "the network enlarges 4 times, the rest is interpolated" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in/a.png"], "Received: in/a.png alone"),
        (["missing.png", "x.png"], "no such file"),
        (["in/a.png", "in/a.png"], "is an input"),
        (["in", "in"], "is an input"),
        (["in/a.png", "x.gif"], "Received: .gif"),
        (["in/a.png", "x.png", "--format", "gif"], "Received: .gif"),
        (["in/a.png", "x.png", "--scale", "99"], "from 1 to 16"),
        (["in/a.png", "x.png", "--scale", "2", "--size", "5x5"], "Received: both"),
        (["in/a.png", "x.png", "--size", "5by5"], "WIDTHxHEIGHT"),
        (["in/a.png", "x.png", "--size", "0x5"], "WIDTHxHEIGHT"),
        (["in/a.png", "x.png", "--preset", "esrn_x9"], "Did you mean"),
        (["in/a.png", "x.png", "--runtime", "warp"], "onnxruntime"),
        (["in", "out", "--preset", "esrn_x9"], "Did you mean"),
        (["in/bad.png", "x.png"], "bad.png"),
        (["in/a.png", "x.png", "--blend", "1.5"], "from 0 (faithful) to 1 (vivid)"),
        (
            ["in/a.png", "x.png", "--scale", "3", "--blend", "0.5"],
            "has no vivid twin esrn_p_x3_vivid",
        ),
        (["in/a.png", "x.png", "--blend-map", "in/a.png"], "an opaque grey picture"),
        (["in/a.png", "x.png", "--blend-map", "no.png"], "no such file"),
        (["in/a.png", "x.png", "--blend-map", "m.png", "--blend", "0"], "Received: both"),
        (["in/a.png", "x.png", "--mode", "weights"], "a blend from 0 to 1"),
        (["in/a.png", "x.png", "--blend", "0.5", "--mode", "both"], "outputs, weights"),
        (["in/a.png", "x.png", "--size", "8x8", "--consistent"], "at least as large"),
        (["in/a.png", "in/b.png", "x.png"], "folder for the results of 2"),
        (["in/*.gif", "out"], "no file matches"),
        (["in/a.png", "x.png", "--png", "tiny"], "fast or small"),
        (["in/a.png", "x.png", "--memory", "much"], "such as 500MB"),
        (["in/a.png", "x.png", "--memory", "1MB"], "MB or more for 28x20"),
        (["in/a.png", "out", "--output-template", "{name}"], "{stem}"),
        (["in/a.png", "x.png", "--tile", "0"], "--tile"),
        (["in/a.png", "x.png", "--quality", "101"], "--quality"),
        (["in/a.png", "x.png", "--max-megapixels", "inf"], "--max-megapixels"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    run: Run, photos: Path, tmp_path: Path, monkeypatch, arguments, message
) -> None:
    monkeypatch.chdir(tmp_path)
    before = (photos / "a.png").read_bytes()
    result = run("upscale", *arguments, code=2)
    assert message in result.stderr and result.stdout == ""
    if not message.startswith("--"):  # those are the library's own, in a box
        assert len(result.stderr.splitlines()) == 1
    assert (photos / "a.png").read_bytes() == before
    assert not (tmp_path / "x.png").exists() and not (tmp_path / "out").exists()


def test_parse_size_turns_width_first_into_height_first() -> None:
    assert parse_size("1920x1080") == (1080, 1920)
    assert parse_size(" 7X9 ") == (9, 7)


def test_no_keras_and_no_tensorflow_on_the_way(photos: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "sr_app", "upscale"]
    done = subprocess.run(
        [*command, photos / "a.png", tmp_path / "out.png"],
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "onnxruntime" in loaded  # the list is that of the whole road
    heavy = {"tensorflow", "keras", "jax", "torch", "gradio", "matplotlib", "onnx", "skimage"}
    heavy |= {"scipy", "cv2", "tifffile", "imagecodecs", "rawpy"}
    assert not heavy & {name.partition(".")[0] for name in loaded}
    assert size(tmp_path / "out.png") == (20, 28)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo terminal")
def test_progress_is_drawn_on_a_terminal_and_only_there(photos: Path, tmp_path: Path) -> None:
    import pty

    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "sr_app", "upscale", photos / "a.png", tmp_path / "out.png"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=follower, check=True)
    os.close(follower)
    drawn = os.read(leader, 1 << 16).decode()
    os.close(leader)
    assert "1/1 a.png" in drawn
    assert done.stdout.decode().count("\n") == 1

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from sr_app.cli import data
from sr_app.datasets import catalogue, verify
from sr_app.datasets.catalogue import SCALES, find_dataset
from sr_app.datasets.targets import find_targets
from sr_app.image.files import Photo, read_header, write_photo
from tests.datasets.mirror import Mirror, miniature, pictures, png, serve, zipped

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SUB_VERBS = {"list": data.LIST, "prepare": data.PREPARE, "verify": data.VERIFY}
NUMBERS = {"train": range(1, 4), "valid": range(801, 803)}


def members(folder: str) -> dict[str, bytes]:
    """A few pictures of one of DIV2K's folders, tiny."""
    numbers = NUMBERS["train" if "train" in folder else "valid"]
    if folder.endswith("_HR"):
        return pictures(folder, numbers, "", 24, 24)
    scale = next((s for s in (2, 3, 4) if folder.endswith(f"X{s}")), SCALES["x8"][0])
    return pictures(folder, numbers, f"x{scale}", 24 // scale, 24 // scale)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server with archives of five pictures, which the catalogue takes for the published."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    sets = [find_dataset("div2k_x8"), find_dataset("div2k_bicubic_x4")]
    archives = {archive for dataset in sets for archive in dataset.archives}
    files = {archive.file: zipped(members(archive.folder)) for archive in archives}
    tiny = tuple(miniature(dataset, files) for dataset in sets)
    monkeypatch.setattr(catalogue, "DATASETS", tiny)
    monkeypatch.setattr(verify, "NUMBERS", NUMBERS)
    with serve(Mirror(files)) as server:
        yield server


@pytest.mark.parametrize("name", SUB_VERBS)
def test_every_help_ends_with_two_commands(name: str, run: Run) -> None:
    lines = [line.strip() for line in run("data", name, "--help").stdout.splitlines()]
    assert tuple(line for line in lines if line)[-2:] == SUB_VERBS[name]
    assert all(example.split()[:3] == ["sr-app", "data", name] for example in SUB_VERBS[name])


def test_every_example_runs_and_one_serves_the_next(mirror: Mirror, inputs: Path, run: Run) -> None:
    for example in data.PREPARE:
        done = run(*shlex.split(example)[1:], "--base-url", mirror.url)
        assert done.stdout.count("downloaded, MD5 checked") == 4
        assert done.stdout.endswith("10 pictures, no faults\n")
    for example in (*data.VERIFY, *data.LIST):
        assert run(*shlex.split(example)[1:]).stdout
    assert not list(Path("data/DIV2K").glob("*.zip"))
    assert len(list(Path("sets/DIV2K").glob("*.zip"))) == 4  # --keep-archives
    requests = len(mirror.requests)
    again = run("data", "prepare", "div2k_x8", "--base-url", mirror.url)  # HR lies there
    assert again.stdout.count("there already") == again.stdout.count("downloaded") == 2
    assert len(mirror.requests) == requests + 2


def test_the_table_says_where_a_set_lies(tmp_path: Path, run: Run) -> None:
    for folder in ("Set5", "DIV2K/DIV2K_train_HR"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "0001.png").write_bytes(png(8, 8))
    rows = {
        line.split()[0]: line
        for line in run("data", "list", "--root", tmp_path).stdout.split("\n")
        if line
    }
    assert str(tmp_path / "Set5") in rows["Set5"] and "absent" in rows["Set14"]
    assert f"{tmp_path / 'DIV2K'} without DIV2K_valid_HR  " in rows["div2k_hr"]
    assert "3.98 GB" in rows["div2k_hr"] and "0.07 GB" in rows["div2k_x8"]
    assert " -  " in rows["ntire2020_track1"]


def test_verify_names_each_fault_and_exits_with_2(tmp_path: Path, run: Run) -> None:
    for name in ("DIV2K_train_HR/0001.png", "DIV2K_train_HR/0002.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png(24, 24))
    lr = tmp_path / "DIV2K_train_LR_bicubic" / "X2"
    lr.mkdir(parents=True)
    (lr / "0001x2.png").write_bytes(png(12, 11))
    (lr / "thumbs.db").touch()
    done = run("data", "verify", "--layout", "div2k", tmp_path, code=2)
    assert done.stdout.splitlines() == [
        f"wrong size: {lr}/0001x2.png: expected 12x12. Received: 11x12, 1/2 of 0001.png",
        f"missing: {lr}/0002x2.png: expected the LR twin of 0002.png",
        f"stray: {lr}/thumbs.db: no part of the layout",
    ]
    assert done.stderr == f"sr-app: {tmp_path}: 3 faults, named one by one above\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("verify", "Set5"), "Set5 is absent: expected at data/Set5."),
        (("verify", "Set55"), "Did you mean Set5?"),
        (("prepare", "Urban100"), "Urban100 is not downloaded from here"),
        (("prepare", "div2k_x8", "--base-url", "file:///mirror"), "base URL of http or https"),
        (("prepare", "graphics", "--teacher", "truth"), "with targets only. Received: graphics"),
        (
            ("prepare", "targets", "--teacher", "esrn_x2", "--from", ".", "--scale", "3"),
            "a preset has its own. Received: 3, with esrn_x2",
        ),
        (("verify", "--layout", "tree", "photos"), "layout among div2k, unpaired, flat"),
        (("verify", "--layout", "flat", "none"), "It does not exist"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...], expected: str, inputs: Path, run: Run
) -> None:
    done = run("data", *arguments, code=2)
    assert expected in done.stderr and done.stderr.count("\n") == 1 and not done.stdout


def test_a_wrong_checksum_is_one_line(mirror: Mirror, inputs: Path, run: Run) -> None:
    size = len(mirror.files["DIV2K_train_HR.zip"])
    mirror.files["DIV2K_train_HR.zip"] = b"x" * size
    done = run("data", "prepare", "div2k_x8", "--base-url", mirror.url, code=2)
    assert "to have the MD5" in done.stderr and done.stderr.count("\n") == 1


def test_graphics_are_drawn_below_the_root(run: Run, tmp_path: Path, monkeypatch) -> None:
    small = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr("sr_app.datasets.graphics.draw_graphic", lambda number, larger: small)
    done = run("data", "prepare", "graphics", "--root", tmp_path)
    assert done.stdout == f"{tmp_path / 'graphics'}: 108 drawn, the others there already\n"
    assert len(list((tmp_path / "graphics").glob("graphic_*.png"))) == 108


def test_perceptual_weights_go_below_the_root(run: Run, tmp_path: Path, monkeypatch) -> None:
    asked = []

    def prepare(folder: Path):
        asked.append(folder)
        yield f"{folder / 'st_lpips' / 'x.npz'}: from a package"
        raise ValueError("the trunk is missing")

    monkeypatch.setattr("sr_app.datasets.perceptual.prepare", prepare)
    done = run("data", "prepare", "perceptual", "--root", tmp_path, code=2)
    assert asked == [tmp_path / "perceptual"]
    assert done.output.splitlines()[-2:] == [
        f"{tmp_path / 'perceptual' / 'st_lpips' / 'x.npz'}: from a package",
        "sr-app: the trunk is missing",
    ]


def test_photographs_are_fetched_and_what_has_gone_is_named(
    run: Run, tmp_path: Path, monkeypatch
) -> None:
    from skimage import data as pictures

    from sr_app.datasets import photos

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    content = cv2.imencode(".jpg", pictures.coffee()[..., ::-1])[1].tobytes()
    with serve(Mirror({"a.jpg": content})) as server:
        about = ("test", "", "CC0", "", "")
        table = tuple(
            photos.Photograph(name, *about, server.url + name, "", "600x400", "300x200", "0" * 64)
            for name in ("a.jpg", "b.jpg")
        )
        monkeypatch.setattr(photos, "read_photographs", lambda: table)
        lines = run("data", "prepare", "photos", "--root", tmp_path, code=3).stdout.splitlines()
    assert lines[0].startswith("a.jpg: other: its pixels are not those")
    assert lines[1].startswith("b.jpg: gone: http://127.0.0.1") and "404" in lines[1]
    assert lines[2] == f"{tmp_path / 'photos'}: 2 photographs: 1 other, 1 gone"
    faults = run("data", "verify", "photos", "--root", tmp_path, code=2)
    assert "a.jpg" in faults.stdout and "b.jpg" in faults.stdout and "2 faults" in faults.stderr


def test_targets_are_made_by_a_teacher_of_crops_of_folders(models, inputs, run):
    photos = inputs / "large"
    photos.mkdir()
    rng = np.random.default_rng(0)
    write_photo(Photo(rng.random((310, 320, 3)).astype("float32")), photos / "a.png")
    command = ("data", "prepare", "targets", "--teacher", "esrn_x2", "--crops", "1")
    command += ("--from", str(photos), "--kind", "jpeg")
    assert "1 made, 0 there already" in run(*command).output
    assert "0 made, 1 there already" in run(*command).output
    (target,) = find_targets(inputs / "data" / "targets")
    assert read_header(target.teacher).width == 2 * read_header(target.lr).width == 256
    refused = run("data", "prepare", "targets", "--root", "elsewhere", code=2).output
    assert "Expected --teacher PRESET (or truth) and --from FOLDER" in refused
    assert "Received: ''" in run(*command, "--kind", "", code=2).output
    for options in (["--kind", "jpeg"], ["--crops", "3"], ["--teacher", "esrn_x2"], ["--kind", ""]):
        refused = run("data", "prepare", "photos", "--root", "elsewhere", *options, code=2).output
        assert f"Expected {options[0]} with targets only. Received: photos" in refused
    assert not (inputs / "elsewhere").exists()

"""The service without the page: same bytes as the library, clear refusals, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from sr_app.image.colour import to_kept
from sr_app.image.files import Photo, PhotoError, read_photo, write_photo
from sr_app.inference.blend import blend
from sr_app.inference.consistency import consistency
from sr_app.inference.goal import Goal
from sr_app.inference.slider import consistent_with
from sr_app.serving import service
from sr_app.serving.limits import Limits
from sr_app.serving.preview import TILE
from sr_app.serving.service import look, measure_naturalness, upscale_file


def larger(photo: Photo, goal: Goal, *, consistent=False, progress=None, expect=None):
    """Stands in for the networks: pixels become blocks; `with_twin` gives darker ones too."""
    scale, preset = goal.scale, goal.preset
    if progress:
        for done in range(3):
            progress(done, 2)
    alpha = photo.alpha
    if goal.size:
        yield replace(photo, rgb=np.full((*goal.size, 3), 0.5, np.float32))
        return
    result = replace(
        photo,
        rgb=photo.rgb.repeat(scale, 0).repeat(scale, 1),
        alpha=None if alpha is None else alpha.repeat(scale, 0).repeat(scale, 1),
    )
    yield result
    if preset == "with_twin":
        yield replace(result, rgb=0.5 * result.rgb)


@pytest.fixture(autouse=True)
def without_networks(monkeypatch) -> None:
    monkeypatch.setattr(service, "enlarge", larger)
    monkeypatch.setattr(service, "preset_for", lambda scale, purpose, twin: f"esrn_x{scale}")
    card = SimpleNamespace(name="with_twin", vivid="its_twin")
    monkeypatch.setattr(service, "read_card", lambda name: card)


@pytest.fixture
def photo(tmp_path) -> Path:
    rgb = np.random.default_rng(1).random((30, 40, 3), np.float32)
    path = tmp_path / "beach & <sea>.png"
    write_photo(Photo(rgb=rgb), path)
    return path


def test_the_file_is_what_the_library_writes(photo, tmp_path) -> None:
    result = upscale_file(photo, scale=3, folder=tmp_path / "out")
    expected = tmp_path / "expected.png"
    write_photo(next(larger(read_photo(photo), Goal(3))), expected)
    path, _ = result.files.ends.write()
    assert path.read_bytes() == expected.read_bytes()
    assert path.name == "beach & <sea>_x3.png" and result.source == photo


def test_facts_are_those_of_the_picture(photo, tmp_path) -> None:
    result = upscale_file(photo, scale=2, folder=tmp_path / "out")
    facts, before = result.facts, read_photo(photo)
    assert (facts.before, facts.after) == ((30, 40), (60, 80))
    assert (facts.preset, facts.own_format, facts.bits) == ("esrn_x2", "png", 8)
    assert facts.seconds > 0
    decibel = -10 * np.log10(result.files.ends.errors[0])
    expected = consistency(next(larger(before, Goal(2))).rgb, before.rgb)
    assert decibel == pytest.approx(expected, abs=1e-4)


def test_with_a_vivid_twin_both_ends_are_kept(photo, tmp_path) -> None:
    result = upscale_file(photo, scale=2, preset="with_twin", folder=tmp_path / "out")
    assert [layer.name for layer in result.files.layers] == ["Before", "Faithful", "Vivid"]
    assert (result.facts.preset, result.facts.vivid) == ("with_twin", "its_twin")
    made, _ = result.files.ends.write(40)
    assert made.name == "beach & <sea>_x2_vivid40.png" and result.files.token in made.parts
    faithful, vivid = (
        photo.rgb for photo in larger(read_photo(photo), Goal(2, preset="with_twin"))
    )
    expected = tmp_path / "expected.png"
    write_photo(Photo(blend(faithful, vivid, 0.4)), expected)
    assert made.read_bytes() == expected.read_bytes()
    first, _, last = (-10 * np.log10(error) for error in result.files.ends.errors)
    assert first == pytest.approx(consistency(faithful, read_photo(photo).rgb), abs=1e-4)
    assert last == pytest.approx(consistency(vivid, read_photo(photo).rgb), abs=1e-4)


def test_consistency_is_made_of_what_is_there_without_a_network(
    photo, tmp_path, monkeypatch
) -> None:
    earlier = upscale_file(photo, scale=2, preset="with_twin", folder=tmp_path / "out")

    def run(*args, **options):
        raise RuntimeError("a network was run")

    monkeypatch.setattr(service, "enlarge", run)
    steps = []
    result = upscale_file(
        photo, scale=2, preset="with_twin", consistent=True, earlier=earlier,
        folder=tmp_path / "out", progress=lambda *step: steps.append(step),
    )  # fmt: skip
    before = read_photo(photo)
    for made, end in zip(result.files.ends.results(), earlier.files.ends.results(), strict=True):
        assert np.array_equal(made.rgb, to_kept(consistent_with(before, end).rgb, made.bits))
    assert steps == [(0, 2), (1, 2), (2, 2)] and result.files.token != earlier.files.token


def test_naturalness_is_measured_when_asked_for(photo, tmp_path, monkeypatch) -> None:
    result = upscale_file(photo, scale=2, preset="with_twin", folder=tmp_path / "out")
    seen = {}

    def measure(before, results):
        seen.update(before=before, **results)
        return (("interpolated", 7.0),)

    monkeypatch.setattr(service, "naturalness", measure)
    # A page may let in larger photos than by default.
    monkeypatch.setattr(service, "Limits", partial(Limits, input_pixels=30 * 40 - 1))
    assert measure_naturalness(result) == (("interpolated", 7.0),)
    assert list(seen) == ["before", "Faithful", "Vivid"] and seen["before"].shape == (30, 40, 3)


def test_the_viewer_gets_both_pictures(photo, tmp_path) -> None:
    before, after = upscale_file(photo, scale=2, folder=tmp_path / "out").files.layers
    assert (before.name, before.height, before.width) == ("Before", 30, 40)
    assert (after.name, after.height, after.width) == ("After", 60, 80)
    assert after.side == 2 * before.side, "tiles of both must show the same part"


@pytest.mark.parametrize("name", ["p.jpg", "p.JPEG", "p.tif", "p.webp", "p.png"])
def test_same_format_keeps_the_suffix(photo, tmp_path, name) -> None:
    source = tmp_path / name
    write_photo(read_photo(photo), source)
    result = upscale_file(source, scale=2, folder=tmp_path / "out")
    assert result.files.ends.write(0, "same")[0].name == f"p_x2{Path(name).suffix.lower()}"


def test_same_format_follows_the_content_where_the_suffix_lies(photo, tmp_path) -> None:
    liar = photo.rename(tmp_path / "liar.jpg")
    result = upscale_file(liar, scale=2, folder=tmp_path / "out")
    assert result.files.ends.write(0, "same")[0].name == "liar_x2.png"
    assert result.facts.own_format == "png"


def test_what_is_only_read_becomes_what_such_photos_become(tmp_path) -> None:
    path = tmp_path / "moving.gif"
    Image.new("L", (8, 6), 90).save(path)
    result = upscale_file(path, scale=2, folder=tmp_path / "out")
    assert result.facts.own_format == "png"
    assert result.files.ends.write(0, "same")[0].name == "moving_x2.png"


def test_too_large_is_seen_on_the_header(photo, tmp_path, monkeypatch) -> None:
    def decode(*args, **kwargs):
        raise RuntimeError("pixels were decoded")

    monkeypatch.setattr(service, "read_photo", decode)
    limits = Limits(input_pixels=1000)
    with pytest.raises(PhotoError, match="40 × 30"):
        look(photo, folder=tmp_path / "out", limits=limits)
    with pytest.raises(PhotoError, match="40 × 30"):
        upscale_file(photo, scale=2, folder=tmp_path / "out", limits=limits)
    with pytest.raises(PhotoError, match="80 × 60"):
        upscale_file(photo, scale=2, folder=tmp_path / "out", limits=Limits(output_pixels=4000))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_photo_is_refused_without_a_path(tmp_path, content) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(PhotoError, match=r"broken\.png") as caught:
        look(path, folder=tmp_path / "out")
    assert str(tmp_path) not in str(caught.value), "a path of the server is nobody's business"


def test_a_file_that_went_away_is_refused(tmp_path) -> None:
    with pytest.raises(PhotoError, match=r"gone\.png"):
        look(tmp_path / "gone.png", folder=tmp_path)


def test_progress_arrives_and_its_exception_stops_the_work(photo, tmp_path) -> None:
    class StopError(Exception):
        pass

    seen = []

    def progress(done, total):
        seen.append((done, total))
        if done == 1:
            raise StopError

    with pytest.raises(StopError):
        upscale_file(photo, scale=2, folder=tmp_path / "out", progress=progress)
    assert seen == [(0, 2), (1, 2)]
    assert not list(tmp_path.glob("out/**/*.*")), "a stopped photo must leave nothing behind"


def test_a_failed_write_leaves_no_folder(photo, tmp_path, monkeypatch) -> None:
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service, "save_ends", full)
    with pytest.raises(OSError, match="No space left"):
        upscale_file(photo, scale=2, folder=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_browsers_get_the_upload_itself_or_a_png_of_it(photo, tmp_path) -> None:
    assert look(photo, folder=tmp_path / "out").picture == photo
    tiff = tmp_path / "p.tif"
    write_photo(read_photo(photo), tiff)
    seen = look(tiff, folder=tmp_path / "out")
    assert seen.picture.suffix == ".png" and (seen.height, seen.width) == (30, 40)


def test_folders_are_private(photo, tmp_path) -> None:
    folder = upscale_file(photo, scale=2, folder=tmp_path / "out").files.folder
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0


def test_the_service_needs_neither_gradio_nor_tensorflow() -> None:
    code = (
        "import sys, sr_app.serving.service, sr_app.serving.jobs;"
        "print([m for m in ('gradio', 'tensorflow', 'keras', 'skimage') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_exact_size_and_a_print_say_so_in_the_file(tmp_path) -> None:
    path = tmp_path / "print.png"
    write_photo(Photo(rgb=np.full((30, 40, 3), 0.5, np.float32)), path)
    result = upscale_file(path, size=(75, 100), dpi=300, folder=tmp_path / "out")
    assert result.facts.after == (75, 100) and result.files.ends.picture.name == "print_100x75.png"
    assert read_photo(result.files.ends.write()[0]).dpi == pytest.approx((300, 300), abs=0.1)
    before, after = result.files.layers[:2]
    assert (before.side, after.side) == (round(TILE / 2.5), TILE)
    with pytest.raises(PhotoError, match="1.9 MP"):
        upscale_file(path, size=(1200, 1600), folder=tmp_path, limits=Limits(output_pixels=10**6))

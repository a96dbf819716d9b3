"""The one road: every front door gives the same, and pairs are found where a purpose has them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.colour import to_uint8, to_uint16
from sr_app.image.files import Photo, PhotoError, read_photo, write_photo
from sr_app.image.resize import imresize
from sr_app.inference import enlargement
from sr_app.inference.blend import blend
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.photos import upscale
from sr_app.inference.slider import Position
from sr_app.inference.upscaler import Upscaler


def changed(card: Path, **keys: object) -> None:
    card.write_text(json.dumps(json.loads(card.read_text()) | keys))


@pytest.fixture
def photo() -> Photo:
    return Photo(np.random.default_rng(4).integers(0, 256, (21, 18, 3)).astype(np.uint8))


@pytest.fixture
def real_pair(twins, tmp_path, monkeypatch) -> Path:
    """Presets with a pair of each purpose at 4x alone, and esrn_x2 and esrn_x3 without one."""
    root = tmp_path / "pairs"
    names = {
        "esrn_x4_real": (twins / "esrn_x4_vivid", "real"),
        "esrn_x4_real_vivid": (twins.parent / "random_models" / "esrn_x4", "real_vivid"),
        "esrn_x4_vivid": (twins / "esrn_x4_vivid", "vivid"),
    }
    for scale in (2, 3, 4):
        names[f"esrn_x{scale}"] = (twins.parent / "random_models" / f"esrn_x{scale}", "clean")
    for name, (source, purpose) in names.items():
        shutil.copytree(source, root / name)
        card = json.loads((root / name / "card.json").read_text())
        (root / name / "card.json").write_text(
            json.dumps(card | {"name": name, "purpose": purpose})
        )
    monkeypatch.setenv("SR_APP_MODELS", str(root))
    monkeypatch.setattr("sr_app.networks.presets.SHIPPED", root)
    return root


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize(
    ("purpose", "pair"),
    [
        ("real", ("esrn_x4_real", "esrn_x4_real_vivid")),
        ("clean", ("esrn_x4", "esrn_x4_vivid")),
    ],
)
def test_both_ends_come_from_the_pair_of_the_purpose(real_pair, photo, scale, purpose, pair):
    size = scale * 21, scale * 18
    whole = [Upscaler.from_preset(name)(photo.rgb) for name in pair]
    shrunk = [np.clip(imresize(w, size=size), 0, 1) if scale < 4 else w for w in whole]
    results = Enlarger(Goal(scale, purpose=purpose), both_ends=True).enlarge(photo)
    assert results.card.name == pair[0] and len(results.ends) == 2
    for end, expected in zip(results.ends, shrunk, strict=True):
        assert np.array_equal(end.rgb, expected)
    assert np.array_equal(results.photo.rgb, shrunk[0]), "no position: the faithful end"
    half = upscale(photo, scale=scale, purpose=purpose, blend=0.5).rgb
    assert np.array_equal(half, blend(*shrunk, 0.5, bits=photo.bits))


def test_without_a_position_the_factor_s_own_preset_is_run(real_pair, photo):
    assert Enlarger(Goal(3)).enlarge(photo).preset == "esrn_x3"
    assert Enlarger(Goal(3), Position(0.2)).enlarge(photo).preset == "esrn_x4, 20% vivid"
    assert (
        Enlarger(Goal(2, purpose="real"), Position(0.2))
        .enlarge(photo)
        .preset.startswith("esrn_x4_real,")
    )


def test_a_twin_of_another_purpose_is_refused(real_pair, photo):
    changed(real_pair / "esrn_x4_real_vivid" / "card.json", purpose="vivid")
    with pytest.raises(ValueError, match="'real_vivid', to go with esrn_x4_real"):
        Enlarger(Goal(4, purpose="real"), Position(0.5)).enlarge(photo)


@pytest.mark.parametrize("scale", [3, 4])
@pytest.mark.parametrize("damage", [{"purpose": "clean"}, {"scale": 2}])
def test_a_faulty_twin_is_told_and_no_other_pair_taken(
    twins, photo, tmp_path, monkeypatch, scale, damage
):
    own = tmp_path / "own"
    shutil.copytree(twins / "esrn_x4_vivid", own / "esrn_x4_vivid")
    changed(own / "esrn_x4_vivid" / "card.json", **damage)
    folders = own, *os.environ["SR_APP_MODELS"].split(os.pathsep)
    monkeypatch.setenv("SR_APP_MODELS", os.pathsep.join(map(str, folders)))
    with pytest.raises(ValueError, match=r"own/esrn_x4_vivid to be of scale 4 for 'vivid'"):
        Enlarger(Goal(scale), Position(0.5)).enlarge(photo)
    assert Enlarger(Goal(scale), both_ends=True).enlarge(photo).preset  # the page goes on


def test_where_there_is_no_pair_both_ends_are_one(models, photo, monkeypatch):
    monkeypatch.setattr("sr_app.networks.presets.SHIPPED", models)
    results = Enlarger(Goal(3), both_ends=True).enlarge(photo)
    assert results.preset == "esrn_p_x3" and len(results.ends) == 1
    with pytest.raises(ValueError, match="no vivid twin"):
        Enlarger(Goal(3), Position(0.5)).enlarge(photo)


@pytest.mark.parametrize("scale", [2, 2.5, 3])
def test_a_file_is_what_upscale_writes(twins, photo, tmp_path, scale):
    write_photo(photo, tmp_path / "in.png")
    levels = read_photo(tmp_path / "in.png", as_floats=False)
    written = Enlarger(Goal(scale), Position(0.4)).write(levels, tmp_path / "deep" / "a.png")
    result = upscale(tmp_path / "in.png", scale=scale, blend=0.4, out=tmp_path / "b.png")
    assert written.size == result.rgb.shape[:2] and written.warnings == result.warnings == ()
    assert (tmp_path / "deep" / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_size_beyond_the_format_is_refused_before_the_work(models, tmp_path):
    thin = Photo(np.zeros((2, 2000, 3), np.uint8))
    with pytest.raises(PhotoError, match="32000x32 is too large for WebP.*16383"):
        Enlarger(Goal(16)).write(
            thin, tmp_path / "out" / "a.webp", progress=lambda *_: pytest.fail("it worked on it")
        )
    assert not (tmp_path / "out").exists()


def test_auto_takes_for_each_photo_what_is_proposed_for_it(real_pair, tmp_path):
    rng = np.random.default_rng(0)
    smooth = np.clip(imresize(rng.random((12, 12, 3)), 8), 0, 1).astype("float32")
    noisy = np.clip(smooth + rng.normal(0, 0.08, smooth.shape), 0, 1).astype("float32")
    enlarger = Enlarger(Goal(scale=4, purpose="auto"))
    for rgb, preset in ((smooth, "esrn_x4"), (noisy, "esrn_x4_real"), (smooth, "esrn_x4")):
        assert enlarger.enlarge(Photo(rgb)).preset == preset
        assert enlarger.write(Photo(rgb), tmp_path / "out.png").preset == preset
    assert Enlarger(Goal(preset="esrn_x2")).enlarge(Photo(noisy)).preset == "esrn_x2"


def test_large_results_take_smaller_tiles_at_every_door(twins, photo, tmp_path, monkeypatch):
    monkeypatch.setattr(enlargement, "LARGE", 80 * 70)
    monkeypatch.setattr(enlargement, "USUAL_MEMORY", (1, 106_000_000))
    small = Photo(photo.rgb.repeat(4, axis=0).repeat(4, axis=1))
    enlarger = Enlarger(Goal(4), Position(0.4))
    slider = enlarger.slider(84, 72)
    cut = enlarger._usual(slider, (84, 72), (336, 288), 8)
    assert cut.side < slider.ends[0].tile
    assert Enlarger(Goal(4), tile=64)._usual(slider, (84, 72), (336, 288), 8) is None
    assert enlarger._usual(slider, (8, 7), (32, 28), 8) is None
    enlarger.write(small, tmp_path / "a.png")
    write_photo(Enlarger(Goal(4), Position(0.4)).enlarge(small).photo, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("bits", [8, 16])
def test_transparency_is_the_same_in_bands_and_whole(models, tmp_path, bits):
    """Over several rows and columns of tiles, with nothing to be seen in the first of them."""
    rng, kind = np.random.default_rng(5), np.uint8 if bits == 8 else np.uint16
    top = np.iinfo(kind).max
    rgb = rng.integers(0, top, (150, 110, 3)).astype(kind)
    alpha = rng.integers(0, top, (150, 110)).astype(kind)
    alpha[:60, 20:] = 0
    photo = Photo(rgb, alpha=alpha, bits=bits)
    enlarger = Enlarger(Goal(preset="esrn_xs_x2"), tile=40)
    enlarger.write(photo, tmp_path / "a.png")
    written, held = read_photo(tmp_path / "a.png", as_floats=False), enlarger.enlarge(photo).photo
    rounded = to_uint8 if bits == 8 else to_uint16
    assert np.array_equal(written.rgb, rounded(held.rgb))
    assert np.array_equal(written.alpha, rounded(held.alpha))

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from sr_app.image import decoders, files
from sr_app.image.colour import to_float
from sr_app.image.encoders import CAPACITIES
from sr_app.image.files import (
    SUFFIXES,
    Photo,
    PhotoError,
    find_photos,
    read_photo,
    write_photo,
    writing_photo,
)

RNG = np.random.default_rng(0)
LOSSLESS = ["png", "tif", "webp", "jxl", "bmp"]


def as_floats(pixels: np.ndarray, bits: int = 8) -> np.ndarray:
    """Levels of 8 bits as float32 in [0, 1]; for 16 bits all levels in between are used too."""
    if bits == 8:
        return (pixels / 255).astype(np.float32)
    fine = pixels * 257.0 + RNG.integers(-120, 120, pixels.shape)
    return (fine.clip(0, 65535) / 65535).astype(np.float32)


@pytest.fixture
def photo(scene: np.ndarray, exif, srgb_profile: bytes) -> Photo:
    return Photo(as_floats(scene), profile=srgb_profile, exif=exif(), dpi=(300, 300))


@pytest.mark.parametrize(
    ("suffix", "bits", "grey", "transparent"),
    [
        case
        for case in product(LOSSLESS, (8, 16), (False, True), (False, True))
        if case[1] <= CAPACITIES[SUFFIXES["." + case[0]]].bits
        and (CAPACITIES[SUFFIXES["." + case[0]]].alpha or not case[3])
    ],
)
def test_what_is_written_is_read_again(
    tmp_path: Path, scene: np.ndarray, suffix: str, bits: int, grey: bool, transparent: bool
) -> None:
    rgb = as_floats(scene, bits)
    rgb = np.repeat(rgb[..., :1], 3, axis=2) if grey else rgb
    alpha = as_floats(scene[..., 1], bits) if transparent else None
    path = tmp_path / f"photo.{suffix}"
    assert write_photo(Photo(rgb, alpha, bits, grey), path) == ()
    found = read_photo(path)
    step = 1 / (2**bits - 1)
    assert found.rgb.dtype == np.float32
    assert found.rgb.flags.c_contiguous
    assert np.abs(found.rgb - rgb).max() < step / 2
    assert (found.alpha is None) == (alpha is None)
    if transparent:
        assert found.alpha.shape == scene.shape[:2]
        assert np.abs(found.alpha - alpha).max() < step / 2
    assert (found.bits, found.grey) == (bits, grey and suffix != "webp")
    assert found.format == SUFFIXES[path.suffix]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_profile_and_exif_are_kept(tmp_path: Path, photo: Photo, tags, suffix, bits) -> None:
    path = tmp_path / f"photo.{suffix}"
    write_photo(replace(photo, bits=bits), path)
    found = read_photo(path)
    assert found.profile == photo.profile
    kept = tags(found.exif)
    height, width = photo.rgb.shape[:2]
    for tag, value in tags(photo.exif).items():
        expected = {40962: width, 40963: height}.get(tag, value)
        if tag not in (34665, 34853, 274):  # places of directories; a TIFF file's own orientation
            assert kept[tag] == expected
    assert kept.get(274, 1) == 1
    if suffix in ("jpg", "png", "tif"):
        assert found.dpi == pytest.approx((300, 300), abs=0.02)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_metadata_can_be_left_out(tmp_path: Path, photo: Photo, suffix: str) -> None:
    """Camera, time and place go; the colours stay what they are."""
    path = tmp_path / f"photo.{suffix}"
    write_photo(photo, path, keep_metadata=False)
    found = read_photo(path)
    assert found.exif is None
    assert found.dpi is None
    assert found.profile == photo.profile
    assert b"Camera" not in path.read_bytes()


def test_a_rotated_photo_is_written_upright(tmp_path: Path, scene: np.ndarray, exif, tags) -> None:
    Image.fromarray(scene).save(tmp_path / "phone.png", exif=b"Exif\0\0" + exif(6))
    found = read_photo(tmp_path / "phone.png")
    write_photo(found, tmp_path / "again.png")
    again = Image.open(tmp_path / "again.png")
    assert np.array_equal(np.asarray(again), np.rot90(scene, -1))
    assert again.getexif()[274] == 1
    assert again.getexif()[271] == "Camera & Sons"


def test_a_dark_sixteen_bit_photo_is_not_taken_for_eight(tmp_path: Path) -> None:
    """A peer guesses the depth from the largest value: here 200 of 65535, a black picture."""
    dark = RNG.integers(0, 200, (12, 15, 3)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "dark.png"), dark)
    found = read_photo(tmp_path / "dark.png")
    assert found.bits == 16
    assert found.rgb.max() < 0.0031
    write_photo(found, tmp_path / "again.png")
    again = cv2.imread(str(tmp_path / "again.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(again, dark)


def test_an_opaque_sixteen_bit_alpha_is_exactly_one(tmp_path: Path) -> None:
    """A peer compares it with 65536, which it never is."""
    opaque = np.full((4, 4, 4), 65535, np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), opaque)
    assert np.all(read_photo(tmp_path / "a.png").alpha == 1)


def test_values_are_rounded_and_clipped(tmp_path: Path) -> None:
    """A peer truncates: a grey of 0.999 * 128 would come out as 127."""
    rgb = np.full((2, 2, 3), 127.6 / 255, np.float32)
    rgb[0, 0], rgb[1, 1] = -0.2, 1.7
    write_photo(Photo(rgb), tmp_path / "a.png")
    pixels = np.asarray(Image.open(tmp_path / "a.png"))
    assert pixels[..., 0].tolist() == [[0, 128], [128, 255]]


@pytest.mark.parametrize("name", ["Ünïcødé 写真 🌄.png", "with space.tif", "ярлык.jpg"])
def test_any_name_and_folder(tmp_path: Path, photo: Photo, name: str) -> None:
    folder = tmp_path / "ordner Ä 文件夹"
    folder.mkdir()
    for bits in (8, 16):
        write_photo(replace(photo, bits=bits), folder / name)
        assert read_photo(str(folder / name)).rgb.shape == photo.rgb.shape
    assert find_photos(folder) == [folder / name]


def test_the_limit_holds_before_decoding(tmp_path: Path, photo: Photo, monkeypatch) -> None:
    write_photo(photo, tmp_path / "a.png")
    monkeypatch.setattr(decoders, "_decoded", lambda *_: pytest.fail("decoded"))
    with pytest.raises(PhotoError, match=r"a\.png: 83x61 is .* limit"):
        read_photo(tmp_path / "a.png", max_pixels=83 * 61 - 1)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".webp", ".avif"])
def test_a_damaged_profile_is_named_and_left_out(tmp_path: Path, photo: Photo, suffix) -> None:
    damaged = replace(photo, profile=b"rubbish" * 99)
    path = tmp_path / f"a{suffix}"
    write_photo(damaged, path)
    found = read_photo(path)
    assert found.profile is None and "colour profile is damaged" in found.warnings[0]


def test_what_a_format_cannot_hold_is_said(tmp_path: Path, photo: Photo, grey_profile) -> None:
    full = replace(photo, bits=16, alpha=np.full(photo.rgb.shape[:2], 0.5, np.float32))
    jpeg = write_photo(full, tmp_path / "a.jpg")
    assert any("JPEG holds no alpha" in line for line in jpeg)
    assert any("JPEG holds 8 bits" in line for line in jpeg)
    bmp = write_photo(full, tmp_path / "a.bmp")
    assert any("BMP holds no profile and no EXIF" in line for line in bmp)
    assert write_photo(full, tmp_path / "a.webp") == (
        "WebP holds 8 bits: written with 8 instead of 16",
    )
    assert write_photo(full, tmp_path / "a.png") == write_photo(full, tmp_path / "a.tif") == ()
    grey = replace(photo, grey=True, profile=grey_profile)
    assert any("grey colour profile" in line for line in write_photo(grey, tmp_path / "b.webp"))
    assert read_photo(tmp_path / "b.webp").profile is None


def test_an_opaque_alpha_is_dropped_without_a_word(tmp_path: Path, photo: Photo) -> None:
    opaque = replace(photo, alpha=np.ones(photo.rgb.shape[:2], np.float32))
    assert write_photo(opaque, tmp_path / "a.jpg") == ()


def test_transparent_parts_become_white_in_jpeg(tmp_path: Path) -> None:
    red = np.zeros((16, 16, 3), np.float32)
    red[..., 0] = 1
    alpha = np.zeros((16, 16), np.float32)
    alpha[:, 8:] = 1
    write_photo(Photo(red, alpha), tmp_path / "a.jpg")
    pixels = np.asarray(Image.open(tmp_path / "a.jpg")).astype(int)
    assert np.abs(pixels[:, :7] - 255).max() < 8
    assert np.abs(pixels[:, 9:] - (255, 0, 0)).max() < 8


def test_of_exif_too_large_for_jpeg_the_camera_stays(
    tmp_path: Path, photo: Photo, exif, tags
) -> None:
    large = replace(photo, exif=exif(maker=bytes(70_000)))
    (warning,) = write_photo(large, tmp_path / "a.jpg")
    assert "too large for JPEG: its thumbnail and maker note left out" in warning
    assert write_photo(large, tmp_path / "a.png") == ()
    kept = tags(read_photo(tmp_path / "a.jpg").exif)
    assert kept[271] == "Camera & Sons" and 37500 not in kept
    assert len(read_photo(tmp_path / "a.png").exif) > 70_000


def test_webp_has_a_longest_side(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="16384x1 is too large for WebP.*16383.*PNG or TIFF"):
        write_photo(Photo(np.zeros((1, 16384, 3), np.float32)), tmp_path / "a.webp")
    write_photo(Photo(np.zeros((1, 16383, 3), np.float32)), tmp_path / "a.webp")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rgb": np.zeros((4, 4), np.float32)}, "expected rgb as .height, width, 3."),
        ({"rgb": np.zeros((0, 4, 3), np.float32)}, "rgb as"),
        ({"rgb": np.full((4, 4, 3), np.nan, np.float32)}, "NaN"),
        ({"alpha": np.zeros((3, 3), np.float32)}, "alpha"),
        ({"bits": 12}, "Received: 12"),
    ],
)
def test_a_faulty_photo_is_refused(tmp_path: Path, photo: Photo, changes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_photo(replace(photo, **changes), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "quality", "message"),
    [
        ("a.gif", 95, "expected a suffix among .jpg"),
        ("a", 95, "Received: none"),
        ("a.jpg", 0, "expected a quality of 1 to 100. Received: 0"),
        ("missing/a.png", 95, "missing does not exist"),
    ],
)
def test_a_faulty_target_is_refused(tmp_path, photo: Photo, name, quality, message) -> None:
    with pytest.raises(PhotoError, match=message):
        write_photo(photo, tmp_path / name, quality=quality)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    write_photo(photo, path)
    before = path.read_bytes()

    def full(stream, *_, **__) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "row_writer", full)
    with pytest.raises(PhotoError, match="disk is full"):
        write_photo(photo, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_others_may_read_the_file(tmp_path: Path, photo: Photo) -> None:
    """Temporary files are private by default; a photo is as readable as any new file."""
    (tmp_path / "plain").touch()
    write_photo(photo, tmp_path / "a.png")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a.png")]
    assert modes[0] == modes[1]


def test_find_photos(tmp_path: Path) -> None:
    names = ["b.JPG", "a.png", "c.txt", ".hidden.png", "._a.png", "Thumbs.db", "d.tiff", "e.gif"]
    nested = ["sub/f.webp", "sub/.cache/g.png", "__MACOSX/h.png", "@eaDir/i.jpg"]
    for name in [*names, *nested]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    flat = [path.name for path in find_photos(tmp_path)]
    assert flat == ["a.png", "b.JPG", "d.tiff"]
    deep = [path.relative_to(tmp_path).as_posix() for path in find_photos(tmp_path, recursive=True)]
    assert deep == ["a.png", "b.JPG", "d.tiff", "sub/f.webp"]
    with pytest.raises(PhotoError, match="not a folder"):
        find_photos(tmp_path / "a.png")


def test_photos_inside_a_hidden_folder_are_found_when_it_is_named(tmp_path: Path) -> None:
    (tmp_path / ".album").mkdir()
    (tmp_path / ".album" / "a.png").touch()
    assert len(find_photos(tmp_path / ".album")) == 1


def test_a_shallow_photo_loads_neither_opencv_nor_tifffile(tmp_path: Path, photo: Photo) -> None:
    """They cost a third of a second, and most photos have 8 bits."""
    write_photo(photo, tmp_path / "a.jpg")
    code = (
        "import sys; from sr_app.image.files import read_photo, write_photo; "
        "write_photo(read_photo(sys.argv[1]), sys.argv[2]); "
        "print(sorted({'cv2', 'tifffile', 'scipy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, tmp_path / "a.jpg", tmp_path / "b.png"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_file_s_own_integers_take_the_place_of_floats(tmp_path: Path, photo: Photo) -> None:
    grey = replace(photo, rgb=np.repeat(photo.rgb[..., :1], 3, axis=2), grey=True, profile=None)
    alpha = np.linspace(0, 1, photo.rgb[..., 0].size, dtype=np.float32).reshape(photo.rgb.shape[:2])
    for kept in (photo, grey, replace(photo, bits=16, alpha=alpha)):
        write_photo(kept, tmp_path / "a.png")
        floats = read_photo(tmp_path / "a.png")
        levels = read_photo(tmp_path / "a.png", as_floats=False)
        assert levels.rgb.dtype == (np.uint16 if kept.bits == 16 else np.uint8)
        assert np.array_equal(to_float(levels.rgb), floats.rgb)
        assert (levels.alpha is None) == (kept.alpha is None)
        write_photo(levels, tmp_path / "b.png")
        assert (tmp_path / "b.png").read_bytes() == (tmp_path / "a.png").read_bytes()


@pytest.mark.parametrize(
    "name", [f"a.{suffix}" for suffix in ("jpg", "png", "webp", "tif", "avif", "jxl", "bmp")]
)
def test_the_bytes_do_not_depend_on_how_the_rows_come(tmp_path: Path, photo: Photo, name) -> None:
    alpha = np.linspace(0, 1, photo.rgb[..., 0].size, dtype=np.float32).reshape(photo.rgb.shape[:2])
    full = replace(photo, alpha=alpha)
    warnings = write_photo(full, tmp_path / name)
    with writing_photo(full, tmp_path / f"rows_{name}", full.rgb.shape[:2]) as writer:
        for start, stop in ((0, 1), (1, 30), (30, 61)):
            rgb, part = full.rgb[start:stop], alpha[start:stop]
            columns = [writer.pixels(rgb[:, s], part[:, s]) for s in (slice(50), slice(50, None))]
            writer.write(np.concatenate(columns, axis=1))
    assert (tmp_path / f"rows_{name}").read_bytes() == (tmp_path / name).read_bytes()
    assert writer.warnings == warnings


LIMITED = """
import resource, signal, sys
import numpy as np
from sr_app.image.files import Photo, PhotoError, write_photo
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    write_photo(Photo(np.random.default_rng(0).random((300, 300, 3), np.float32)), sys.argv[1])
except PhotoError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
@pytest.mark.parametrize(
    "name", [f"a.{suffix}" for suffix in ("jpg", "png", "webp", "tif", "avif", "jxl", "bmp")]
)
def test_a_short_write_is_an_error_in_every_format(tmp_path: Path, name: str) -> None:
    """The system writes what still fits and says how much: once taken for success."""
    for limit in (100, 20_000, 36_000):
        command = [sys.executable, "-c", LIMITED, tmp_path / name, str(limit)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(str(tmp_path / name)), (limit, done.stdout)
        assert "cannot be written" in done.stdout and len(done.stdout.splitlines()) == 1
        assert list(tmp_path.iterdir()) == []

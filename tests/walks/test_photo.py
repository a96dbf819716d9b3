"""The walk of a photo: file -> photo -> tiles -> runtime -> photo -> file, nothing lost.

The files are made as a camera and an editor make them, by Pillow and OpenCV; what comes out is read
back by them too, so that the package's reader cannot hide a fault of its writer.
"""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app import Upscaler, read_photo, upscale, write_photo
from sr_app.image.resize import imresize
from sr_app.inference.result_rows import whole_photos
from tests.inference import random_presets


@pytest.fixture
def models(tmp_path_factory, monkeypatch) -> Path:
    """The presets esrn_x2, esrn_x3 and esrn_x4 with random weights, first on the search path."""
    folder = random_presets.models_folder(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SR_APP_MODELS", str(folder))
    return folder


def display_p3() -> bytes:
    """A Display-P3 profile: ICC version 4, matrix and curve (ICC.1:2022, sections 7.2 and 10)."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    text = "Display P3".encode("utf-16-be")
    words = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0)
    curve += fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {b"desc": words, b"cprt": words, b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)}
    columns = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
    for letter, column in zip(b"rgb", columns, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + fixed(*column)
        tags[bytes([letter]) + b"TRC"] = curve
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s12s4s", start + len(body), b"", 0x04000000, b"mntr", b"RGB ",
                       b"XYZ ", bytes(12), b"acsp")  # fmt: skip
    head += bytes(28) + fixed(0.9642, 1, 0.8249)
    return head + bytes(128 - len(head)) + table + body


def test_the_steps_one_by_one_give_what_upscale_gives(models, tmp_path):
    """photo -> plan -> run tile by tile -> put together, by hand."""
    Image.fromarray(skimage.data.chelsea()[:151, :203]).save(tmp_path / "cat.png")
    photo = read_photo(tmp_path / "cat.png")
    upscaler = Upscaler.from_preset("esrn_x2", tile=64)
    plan = upscaler.plan(151, 203)
    assert plan.count > 4 and plan.height == 152 and plan.width == 204  # half resolution: even
    even = np.pad(photo.rgb, ((0, 1), (0, 1), (0, 0)), mode="symmetric")
    by_hand = np.zeros((304, 408, 3), np.float32)
    for tile in (tile for band in plan.bands() for tile in band):
        sr = upscaler.runtime.run(even[None, tile.rows.read, tile.columns.read])[0]
        inner = (
            slice(2 * (span.keep_start - span.start), 2 * (span.keep_stop - span.start))
            for span in (tile.rows, tile.columns)
        )
        by_hand[tile.rows.kept(2), tile.columns.kept(2)] = sr[tuple(inner)]
    result = upscale(tmp_path / "cat.png", scale=2, tile=64, out=tmp_path / "large.png")
    assert np.array_equal(result.rgb, by_hand[:302, :406].clip(0, 1))
    written = np.asarray(Image.open(tmp_path / "large.png"))
    assert np.array_equal(written, np.floor(result.rgb * 255 + 0.5).astype(np.uint8))


def test_a_turned_jpeg_with_a_display_p3_profile(models, tmp_path):
    """As a phone writes it: sideways, with the orientation in EXIF and its own colours."""
    pixels, profile = skimage.data.coffee()[100:180, 200:320], display_p3()
    exif = Image.Exif()
    exif[274], exif[271], exif[306] = 6, "Camera", "2026:01:02 03:04:05"  # turned, make, time
    sideways = Image.fromarray(np.rot90(pixels))  # orientation 6: turn clockwise to see it
    sideways.save(tmp_path / "in.jpg", quality=95, exif=exif, icc_profile=profile)
    upscale(tmp_path / "in.jpg", scale=2, out=tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as out:
        assert out.size == (240, 160)
        assert out.info["icc_profile"] == profile
        kept = out.getexif()
        assert kept.get(274, 1) == 1  # upright now
        assert (kept[271], kept[306]) == ("Camera", "2026:01:02 03:04:05")


def test_a_16_bit_png_with_alpha(models, tmp_path):
    rgb = skimage.data.astronaut()[:90, 150:260].astype(np.uint16) * 257 + 113  # no 8-bit values
    alpha = np.zeros((90, 110), np.uint16)
    cv2.circle(alpha, (55, 45), 35, 65535, -1)
    cv2.imwrite(str(tmp_path / "in.png"), np.dstack([rgb[..., ::-1], alpha]))
    result = upscale(tmp_path / "in.png", scale=3, out=tmp_path / "out.png")
    written = cv2.imread(str(tmp_path / "out.png"), cv2.IMREAD_UNCHANGED)
    assert written.dtype == np.uint16 and written.shape == (270, 330, 4)
    assert np.abs(written[..., 2::-1] / 65535 - result.rgb).max() <= 0.5 / 65535 + 1e-7
    assert len(np.unique(written[..., :3] % 257)) > 200  # not 8 bits in disguise
    expected = np.clip(imresize(alpha / 65535, 3), 0, 1)
    assert np.abs(written[..., 3] / 65535 - expected).max() <= 1 / 65535


def test_a_grey_photo_stays_one_channel(models, tmp_path):
    Image.fromarray(skimage.data.camera()[:70, :81]).save(tmp_path / "in.png")
    upscale(tmp_path / "in.png", scale=4, out=tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as out:
        assert out.mode == "L" and out.size == (324, 280)


def test_every_format_comes_back_in_its_size(models, tmp_path):
    pixels = Image.fromarray(skimage.data.chelsea()[100:140, 100:150])
    for suffix in ("jpg", "png", "webp", "tiff", "avif", "bmp"):
        pixels.save(tmp_path / f"in.{suffix}")
        upscale(tmp_path / f"in.{suffix}", size=(123, 77), out=tmp_path / f"out.{suffix}")
        with Image.open(tmp_path / f"out.{suffix}") as out:
            assert out.size == (77, 123)


def test_a_result_on_disk_is_written_like_one_in_memory(models, tmp_path):
    """A result too large to hold is a mapped file; what is written must not tell."""
    Image.fromarray(skimage.data.coffee()[:120, :150]).save(tmp_path / "in.png")
    photo = read_photo(tmp_path / "in.png")
    plenty = Upscaler.from_preset("esrn_x4")
    tight = Upscaler(plenty.card, plenty.runtime, tile=64, memory=4 << 20)
    results = [whole_photos((upscaler,), photo)[0] for upscaler in (plenty, tight)]
    assert isinstance(results[1].rgb, np.memmap) and not isinstance(results[0].rgb, np.memmap)
    for number, result in enumerate(results):
        write_photo(result, tmp_path / f"{number}.png")
    pictures = [np.asarray(Image.open(tmp_path / f"{number}.png")).astype(int) for number in (0, 1)]
    # Tiles differ by 1e-5 of the range at most: a value on the edge of rounding may move by one.
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
    assert np.mean(pictures[0] != pictures[1]) < 1e-3

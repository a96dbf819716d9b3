"""What a photo will take: tiles that fit, refusals with a number, amounts in words."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.encoders import CAPACITIES
from sr_app.image.files import SUFFIXES, Photo, write_photo
from sr_app.inference import runtimes
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.memory import largest_tile
from sr_app.inference.planning import (
    OPAQUE,
    PhotoTask,
    largest_plan,
    parse_bytes,
    plan_with,
    seconds_per_pixel,
    writer_bytes,
)
from sr_app.inference.result_rows import Cut
from sr_app.inference.slider import Position
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.presets import SHIPPED, read_card

LARGE = PhotoTask((2500, 2500), (10_000, 10_000), kind="png")


def card():
    return read_card(SHIPPED / "esrn_x4")


def test_less_memory_means_smaller_tiles_until_it_is_refused():
    cards = (card(),)
    plenty = largest_plan(cards, LARGE, most=384, memory=None)
    assert plenty.cut == Cut(384) and max(plenty.tile) <= 384
    sides, memory = [], plenty.bytes
    with pytest.raises(ValueError, match=r"of \d+ MB or more for 10000x10000 by esrn_x4.*Received"):
        while True:
            made = largest_plan(cards, LARGE, most=384, memory=memory)
            assert made.bytes <= memory
            sides.append(max(made.tile))
            memory = made.bytes - 1
    assert sides == sorted(sides, reverse=True) and sides[-1] < 64


def test_the_number_of_the_refusal_is_enough():
    cards = (card(),)
    with pytest.raises(ValueError) as error:
        largest_plan(cards, LARGE, most=384, memory=10**6)
    enough = int(str(error.value).split(" of ")[1].split()[0]) * 10**6
    assert largest_plan(cards, LARGE, most=384, memory=enough).bytes <= enough


@pytest.mark.parametrize("memory", ["2GB", True, math.nan, math.inf, 0, -1])
def test_memory_that_is_no_number_above_0_is_refused(memory):
    with pytest.raises(ValueError, match="number of bytes above 0. Received: "):
        largest_plan((card(),), LARGE, most=384, memory=memory)


def test_the_work_is_that_of_the_tiles():
    made = plan_with((card(),) * 2, PhotoTask((300, 200), (1200, 800), kind="png"), Cut(96))
    height, width = made.tile
    assert made.tiles % 2 == 0 and made.pixels == made.tiles * height * width
    assert made.pixels >= 2 * 300 * 200


def test_borders_are_work_and_memory_too(models):
    task, seen = PhotoTask((150, 70), (300, 140)), []
    plain = read_card("esrn_x2")
    wide = replace(plain, border=6)
    end = Upscaler(wide, runtimes.choose(wide), tile=96)
    run = end.run
    end.run = lambda batch: seen.append(batch.shape) or run(batch)
    end(np.zeros((*task.before, 3), np.float32))
    made = plan_with((wide,), task, Cut(96))
    assert made.tiles > 1 and made.pixels == sum(n * h * w for n, h, w, _ in seen)
    assert max(h for _, h, _, _ in seen) > made.tile[0]
    assert made.bytes > plan_with((plain,), task, Cut(96)).bytes
    assert largest_tile(wide, 1 << 30) == largest_tile(plain, 1 << 30) - 12


def test_what_must_be_whole_takes_more():
    cards = (card(),)
    plain = plan_with(cards, LARGE, Cut(384)).bytes
    for changed in (
        PhotoTask((2500, 2500), (10_000, 10_000), kind="webp"),
        PhotoTask((2500, 2500), (10_000, 10_000), kind="png", held=1),
        PhotoTask((2500, 2500), (7500, 7500), kind="png"),
        PhotoTask((2500, 2500), (10_000, 10_000), bits=16, kind="png"),
    ):
        assert plan_with(cards, changed, Cut(384)).bytes > plain
    assert writer_bytes(PhotoTask((9, 9), (1000, 1000), kind="jpeg")) == 20_000_000
    assert writer_bytes(LARGE) < 10**8


@pytest.mark.parametrize("kind", sorted(set(SUFFIXES.values())))
def test_every_format_is_planned(kind):
    task = PhotoTask((500, 500), (2000, 2000), kind=kind)
    made = plan_with((card(),), task, Cut(384))
    assert made.bytes >= writer_bytes(task) > 0
    # What may be transparent is enlarged beside the colours, as floats, a band at a time.
    assert (kind in OPAQUE) == (not CAPACITIES[kind].alpha)


@pytest.mark.parametrize("position", [Position(), Position(0.5), Position(0.5, consistent=True)])
@pytest.mark.parametrize("scale", [4, 3])
def test_small_tiles_give_the_same_picture(twins, position, scale):
    photo = Photo(np.random.default_rng(2).integers(0, 256, (90, 70, 3)).astype(np.uint8))
    free = Enlarger(Goal(scale), position)
    least = free.plan(90, 70).bytes
    tight = Enlarger(Goal(scale), position, memory=least - 500_000)
    assert max(tight.plan(90, 70).tile) < max(free.plan(90, 70).tile)
    results = [each.enlarge(photo).photo.rgb for each in (free, tight)]
    assert np.abs(results[0] - results[1]).max() <= 1e-5


def test_a_tile_is_timed(models):
    started = time.perf_counter()
    seconds = seconds_per_pixel((Upscaler.from_preset("esrn_x2"),), side=64)
    assert 0 < seconds * 64**2 < time.perf_counter() - started


@pytest.mark.parametrize(
    ("text", "expected"),
    [("500MB", 500 * 10**6), ("1.5 GB", 1_500_000_000), ("512mib", 512 << 20), ("64KB", 64_000)],
)
def test_amounts_in_words(text, expected):
    assert parse_bytes(text) == expected


@pytest.mark.parametrize("text", ["500", "MB", "-1GB", "0MB", "1TB", "much", "9" * 400 + "MB"])
def test_other_words_are_refused(text):
    with pytest.raises(ValueError, match="such as 500MB"):
        parse_bytes(text)


PEAK = """
import sys, threading, time
from sr_app.inference.batch import Batch
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.job_list import Job
from pathlib import Path

def private():
    with open("/proc/self/smaps_rollup") as file:
        return 1024 * sum(int(x.split()[1]) for x in file if x.startswith("Private_"))

def watch():
    while True:
        peak[0] = max(peak[0], private())
        time.sleep(0.01)

peak = [0]
threading.Thread(target=watch, daemon=True).start()
batch = Batch(Enlarger(Goal(4), memory=int(sys.argv[3])))
job = Job(Path(sys.argv[1]), Path(sys.argv[2]))
made = batch.plan(job)
batch.run(job)
print(made.bytes, peak[0])
"""


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_plan_is_kept(models, tmp_path, name):
    """36 megapixels: as floats alone they would be 432 MB."""
    rgb = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3)).astype(np.uint8)
    write_photo(Photo(rgb), tmp_path / "in.png")
    command = [sys.executable, "-c", PEAK, tmp_path / "in.png", tmp_path / name, str(200_000_000)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    expected, peak = map(int, done.stdout.split())
    assert peak <= expected <= 200_000_000

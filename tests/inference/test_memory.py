"""Memory figures: sane, monotonic, and acted upon."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from sr_app.inference import memory
from sr_app.inference.memory import (
    bytes_per_pixel,
    empty_result,
    largest_tile,
)
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card

if sys.platform != "win32":
    import resource


def card(blocks: str, scale: int = 2, **options) -> Card:
    return Card("esrn_x2", "", "", scale, Genotype.parse(blocks, **options))


def test_wider_and_larger_networks_need_more():
    small = bytes_per_pixel(card("P_2_16_16", tail="anchor"))
    assert small < bytes_per_pixel(card("P_2_16_16,P_2_16_64,P_2_16_64", tail="anchor"))
    assert small < bytes_per_pixel(card("G_8_16_16", tail="anchor"))
    assert small < bytes_per_pixel(card("P_2_16_16", 4, tail="published"))


def test_the_tile_follows_the_memory():
    wide = card("P_2_32_32", tail="anchor")
    assert largest_tile(wide, 4 << 30) == pytest.approx(2 * largest_tile(wide, 1 << 30), abs=2)
    assert largest_tile(wide, 0) == 1


def test_a_small_result_is_held_a_large_one_is_mapped():
    assert not isinstance(empty_result((10, 10, 3), 1 << 20), np.memmap)
    mapped = empty_result((10, 10, 3), 100)
    assert isinstance(mapped, np.memmap) and mapped.dtype == np.float32
    mapped[:] = 0.5
    assert mapped.sum() == 150


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be unlinked there")
def test_a_mapped_result_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(memory.tempfile, "tempdir", str(tmp_path))
    mapped = empty_result((100, 100, 3), 100)
    mapped[:] = 1
    assert not list(tmp_path.iterdir())
    assert mapped.min() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_full_disk_is_said_before_the_work():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, before[1]))
    try:
        with pytest.raises(OSError, match=r"needs 0\.1 GB.*TMPDIR"):
            empty_result((3000, 3000, 3), 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

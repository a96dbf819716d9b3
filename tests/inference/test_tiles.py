"""Tile geometry on many random sizes: the laws that make tiled equal to whole."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.tiles import TilePlan, plan, round_up


def random_plans(number: int):
    """(arguments, plan) for sizes from 1 to 2000, tiles and overlaps that do not fit them."""
    rng = np.random.default_rng(20)
    for _ in range(number):
        multiple = int(rng.choice([1, 2, 4]))
        height, width = (round_up(int(2 ** rng.uniform(0, 11)), multiple) for _ in range(2))
        tile, overlap = int(2 ** rng.uniform(0, 9)), int(2 ** rng.uniform(0, 7)) - 1
        least_kept = float(rng.choice([0.0, 0.5, 0.8]))
        arguments = dict(tile=tile, overlap=overlap, multiple=multiple, least_kept=least_kept)
        yield arguments, plan(height, width, **arguments)


PLANS = list(random_plans(400))


def test_kept_parts_cover_every_pixel_exactly_once():
    for _, p in PLANS[:120]:
        covered = np.zeros((p.height, p.width), np.uint8)
        for band in p.bands():
            for tile in band:
                covered[tile.rows.kept(), tile.columns.kept()] += 1
        assert covered.min() == covered.max() == 1


def test_every_tile_has_the_one_shape_and_lies_inside():
    for _, p in PLANS:
        for length, spans, side in zip(
            (p.height, p.width), (p.rows, p.columns), p.tile, strict=True
        ):
            assert all(span.stop - span.start == side for span in spans)
            assert spans[0].start == 0 and spans[-1].stop == length


def test_kept_parts_stay_away_from_false_borders():
    for arguments, p in PLANS:
        for length, spans in ((p.height, p.rows), (p.width, p.columns)):
            for span in spans:
                assert span.start == 0 or span.keep_start - span.start >= arguments["overlap"]
                assert span.stop == length or span.stop - span.keep_stop >= arguments["overlap"]
                assert span.keep_stop > span.keep_start


def test_tiles_start_and_end_on_the_multiple():
    for arguments, p in PLANS:
        numbers = [n for s in (*p.rows, *p.columns) for n in (s.start, s.stop)]
        assert all(number % arguments["multiple"] == 0 for number in numbers)


def test_a_tile_is_never_larger_than_asked_for_unless_it_must_grow():
    for arguments, p in PLANS:
        overlap = round_up(arguments["overlap"], arguments["multiple"])
        least = max(
            2 * overlap + arguments["multiple"], 2 * overlap / (1 - arguments["least_kept"])
        )
        limit = round_up(int(max(arguments["tile"], least)), arguments["multiple"])
        assert max(p.tile) <= limit


def test_the_tile_grows_when_it_would_be_mostly_overlap():
    p = plan(5000, 5000, tile=64, overlap=100)
    kept = p.rows[1].keep_stop - p.rows[1].keep_start
    assert kept >= 0.45 * p.tile[0]  # evened out over the picture, so a little under one half
    shrunk = plan(5000, 5000, tile=64, overlap=100, least_kept=0)
    assert shrunk.tile[0] <= 201


def test_full_tiles_overlap_as_far_as_their_number_allows():
    p = plan(96, 136, tile=64, overlap=9, multiple=8, full=True)
    assert p.tile == (64, 64) and p.count == 2 * 4
    assert [(s.start, s.keep_start, s.keep_stop) for s in p.rows] == [(0, 0, 48), (32, 48, 96)]
    starts, edges = zip(*((s.start, s.keep_start) for s in p.columns), strict=True)
    assert starts == (0, 24, 48, 72) and edges == (0, 44, 68, 92), "halfway between two tiles' ends"
    assert plan(40, 50, tile=64, overlap=9, full=True).tile == (40, 50)


def test_fewest_tiles_and_nothing_computed_in_vain():
    p = plan(300, 256, tile=256, overlap=20)
    assert p.count == 2
    assert p.tile == (170, 256)  # 2*170 - 40 = 300: evened out instead of 256 + 84
    assert p.work == pytest.approx(340 / 300)


def test_smaller_than_a_tile_is_one_tile():
    p = plan(7, 1, tile=64, overlap=9)
    assert (p.count, p.tile, p.work) == (1, (7, 1), 1.0)


def test_bands_are_rows_of_tiles_in_order():
    p = plan(200, 300, tile=64, overlap=5)
    bands = list(p.bands())
    assert len(bands) == len(p.rows)
    assert [band[0].rows for band in bands] == list(p.rows)
    assert all(tuple(tile.columns for tile in band) == p.columns for band in bands)


def test_slices_of_a_span_scale():
    p = plan(100, 100, tile=64, overlap=8)
    span = p.rows[1]
    inner = slice(3 * (span.keep_start - span.start), 3 * (span.keep_stop - span.start))
    picture, result = np.arange(100), np.repeat(np.arange(100), 3)
    assert np.array_equal(np.repeat(picture[span.read], 3)[inner], result[span.kept(3)])


@pytest.mark.parametrize(
    "change", [dict(height=0), dict(width=0), dict(tile=0), dict(overlap=-1), dict(multiple=0)]
)
def test_numbers_out_of_range_are_named(change):
    arguments = dict(height=8, width=8, tile=8, overlap=1, multiple=1) | change
    height, width = arguments.pop("height"), arguments.pop("width")
    with pytest.raises(ValueError, match=next(iter(change))):
        plan(height, width, **arguments)


def test_a_picture_off_the_multiple_is_refused():
    with pytest.raises(ValueError, match="multiples of 2"):
        plan(8, 7, tile=8, overlap=1, multiple=2)


def test_plans_are_values():
    assert plan(50, 60, tile=32, overlap=3) == plan(50, 60, tile=32, overlap=3)
    assert isinstance(plan(5, 5, tile=3, overlap=0), TilePlan)

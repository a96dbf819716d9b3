"""The loop over bands, with stand-ins for the network that are exact and countable."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.bands import render, smaller
from sr_app.inference.tiles import plan

RADIUS = 3


def blur(batch: np.ndarray) -> np.ndarray:
    """A "network" of radius 3 with zero padding and factor 2; values tell where they come from."""
    padded = np.pad(batch, ((0, 0), (RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)))
    size = 2 * RADIUS + 1
    height, width = batch.shape[1:3]
    total = sum(
        padded[:, y : y + height, x : x + width] * np.float32(1 + y + size * x)
        for y in range(size)
        for x in range(size)
    )
    result = total.repeat(2, axis=1).repeat(2, axis=2) / np.float32(size**4)
    return result.astype(np.float32)


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * width).random((height, width, 3), np.float32)


def rendered(source: np.ndarray, run=blur, tile: int = 24, **options) -> np.ndarray:
    height, width = source.shape[:2]

    def plan_for(tile, least_kept):
        return plan(height, width, tile=tile, overlap=RADIUS, least_kept=least_kept)

    def read(tile):
        return tile, source[tile.rows.read, tile.columns.read]

    runs = run if isinstance(run, tuple) else (run,)
    bands = render(
        (read,) * len(runs),
        runs,
        options.pop("finish", lambda parts, rows, columns: parts[0]),
        size=options.pop("size", (2 * height, 2 * width)),
        plan_for=plan_for,
        tile=tile,
        scale=2,
        **options,
    )
    return np.concatenate(list(bands))


@pytest.mark.parametrize("size", [(1, 1), (1, 97), (53, 2), (23, 24), (61, 89)])
def test_tiled_equals_whole(size):
    source = picture(*size)
    whole = np.clip(blur(source[None])[0], 0, 1)
    assert np.abs(rendered(source) - whole).max() <= 1e-6  # the same sums in the same order


@pytest.mark.parametrize("failing_call", [0, 1, 3])
def test_out_of_memory_starts_the_band_again_with_smaller_tiles(failing_call):
    source = picture(150, 75)
    shapes, fail = [], [True]

    def run(batch):
        if len(shapes) == failing_call and fail:
            fail.clear()
            raise MemoryError
        shapes.append(batch.shape)
        return blur(batch)

    result = rendered(source, run, tile=48)
    assert np.array_equal(result, np.clip(blur(source[None])[0], 0, 1))
    assert not fail and max(shapes[-1][1:3]) <= 24 and len(shapes) > 4


def test_bands_that_were_finished_are_not_run_again():
    """A stale tile would show: the second half of the run returns other values."""
    source = picture(200, 20)
    calls = []

    def run(batch):
        calls.append(batch.shape)
        if len(calls) == 4:
            raise MemoryError
        return blur(batch) * 0 + (0.25 if len(calls) < 4 else 0.75)

    result = rendered(source, run, tile=48)
    first = plan(200, 20, tile=48, overlap=RADIUS)
    edge = 2 * first.rows[2].keep_stop
    assert len(first.columns) == 1
    assert (result[edge:] == 0.75).all()
    assert set(np.unique(result[:edge])) <= {0.25, 0.75} and (result[: edge - 48] == 0.25).all()


def test_without_any_memory_the_error_says_so():
    def run(batch):
        raise MemoryError

    with pytest.raises(MemoryError, match="smallest for this network"):
        rendered(picture(60, 60), run)


def test_halving_ends():
    tile, layouts = 512, []
    with pytest.raises(MemoryError):
        while True:
            layout = plan(4000, 4000, tile=tile, overlap=20, least_kept=0)
            layouts.append(layout.tile)
            tile = smaller(layout)
    assert layouts == sorted(layouts, reverse=True) and len(layouts) <= 6


def test_progress_counts_every_tile_once_and_ends_at_the_total():
    seen = []
    rendered(picture(80, 75), progress=lambda done, total: seen.append((done, total)))
    total = plan(80, 75, tile=24, overlap=RADIUS).count
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_progress_after_a_restart_ends_at_its_total():
    seen, fail = [], [True]

    def run(batch):
        if len(seen) == 2 and fail:
            raise fail.pop() and MemoryError
        return blur(batch)

    note = lambda done, total: seen.append((done, total))  # noqa: E731
    rendered(picture(150, 75), run, tile=48, progress=note)
    assert seen[-1][0] == seen[-1][1] and seen[-1][1] > seen[0][1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_raising_from_progress_cancels(error):
    calls = []

    def stop(done, total):
        raise error("stop")

    with pytest.raises(error, match="stop"):
        rendered(picture(80, 75), lambda batch: calls.append(1) or blur(batch), progress=stop)
    assert len(calls) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_an_error(value):
    def run(batch):
        result = blur(batch)
        result[-1, 4, 4, 1] = value
        return result

    with pytest.raises(ValueError, match="not finite"):
        rendered(picture(20, 20), run)


def test_values_are_clipped():
    result = rendered(picture(20, 20), lambda batch: 8 * blur(batch) - 1)
    assert result.min() == 0 and result.max() == 1


def test_small_tiles_run_together_and_large_ones_alone(monkeypatch):
    from sr_app.inference import bands

    sizes = []

    def run(batch):
        sizes.append(batch.shape[0] * batch.shape[1] * batch.shape[2])
        return blur(batch)

    expected = rendered(picture(30, 200))
    monkeypatch.setattr(bands, "BATCH_PIXELS", 3 * 24 * 24)
    assert np.array_equal(rendered(picture(30, 200), run), expected)
    limit, together = 3 * 24 * 24, len(sizes)
    assert limit / 2 < max(sizes) <= limit
    sizes.clear()
    monkeypatch.setattr(bands, "BATCH_PIXELS", 1)
    rendered(picture(30, 200), run)
    assert max(sizes) <= 24 * 24 and len(sizes) > 2 * together


def test_two_networks_are_run_in_step_on_the_same_tiles():
    source, order, seen = picture(61, 89), [], []

    def named(name, factor):
        return lambda batch: order.append((name, batch.shape)) or factor * blur(batch)

    def finish(parts, rows, columns):
        assert parts[0].shape == (rows.stop - rows.start, columns.stop - columns.start, 3)
        return np.concatenate(parts, axis=2)

    result = rendered(
        source,
        (named("a", 1), named("b", np.float32(0.5))),
        finish=finish,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert np.array_equal(result[..., :3], rendered(source))
    assert np.array_equal(result[..., 3:], rendered(source) * np.float32(0.5))
    assert [name for name, _ in order[:4]] == ["a", "b", "a", "b"]
    assert seen[-1][0] == seen[-1][1] and [done for done, _ in seen] == sorted({d for d, _ in seen})


def test_a_part_is_told_where_it_lies_and_may_have_another_type():
    def place(parts, rows, columns):
        y, x = np.mgrid[rows, columns]
        return np.stack([y, x], axis=2).astype(np.uint16)

    result = rendered(picture(61, 89), finish=place, size=(121, 177))
    assert result.shape == (121, 177, 2) and result.dtype == np.uint16
    assert np.array_equal(result[..., 0], np.mgrid[:121, :177][0])
    assert np.array_equal(result[..., 1], np.mgrid[:121, :177][1])


def test_bands_come_as_they_are_finished():
    source, calls = picture(200, 20), []
    layout = plan(200, 20, tile=24, overlap=RADIUS)

    def run(batch):
        calls.append(len(batch))
        return blur(batch)

    bands = render(
        (lambda tile: (tile, source[tile.rows.read, tile.columns.read]),),
        (run,),
        lambda parts, rows, columns: parts[0],
        size=(400, 40),
        plan_for=lambda tile, least_kept: layout,
        tile=24,
        scale=2,
    )
    assert len(next(bands)) == 2 * layout.rows[0].keep_stop
    assert sum(calls) == len(layout.columns)

"""Regrouping rows, and threads that keep the order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from sr_app.image import row_bands
from sr_app.image.row_bands import BandWriter, Regrouped, Window

PICTURE = np.arange(23 * 4 * 3).reshape(23, 4, 3)


def cut(heights: tuple[int, ...]) -> list[np.ndarray]:
    return np.split(PICTURE, np.cumsum(heights)[:-1])


@pytest.mark.parametrize("heights", [(23,), (1,) * 23, (5, 13, 5), (2, 21)])
def test_bands_of_one_height_come_out(heights) -> None:
    regrouped = Regrouped(5)
    given = [band for part in cut(heights) for band in regrouped.take(part)]
    given.append(regrouped.rest())
    assert [len(band) for band in given] == [5, 5, 5, 5, 3]
    assert np.array_equal(np.concatenate(given), PICTURE)
    assert regrouped.rest() is None


def test_a_picture_that_divides_leaves_no_rest() -> None:
    regrouped = Regrouped(23)
    assert len(list(regrouped.take(PICTURE))) == 1 and regrouped.rest() is None


@pytest.mark.parametrize("heights", [(23,), (1,) * 23, (5, 13, 5)])
def test_a_window_gives_the_rows_asked_for_also_twice_and_fewer(heights) -> None:
    window = Window(band for band in cut(heights))
    for start, stop in ((0, 9), (0, 4), (4, 4), (4, 12), (11, 12), (20, 23)):
        assert np.array_equal(window.rows(start, stop), PICTURE[start:stop])


class Recorder(BandWriter):
    """Writes nothing: what a thread has made of each row is kept."""

    def __init__(self, work: Callable[[int], int]):
        super().__init__(1)
        self.work, self.used = work, []

    def _begin(self, band: np.ndarray) -> Callable[[], int]:
        return partial(self.work, int(band[0, 0, 0]))

    def _append(self, result: int) -> None:
        self.used.append(result)

    def _end(self) -> None:
        self.used.append("end")


def test_results_keep_their_order_and_few_wait(monkeypatch) -> None:
    monkeypatch.setattr(row_bands, "usable_cores", lambda: 3)
    running, most, lock = set(), [0], threading.Lock()

    def work(number: int) -> int:
        with lock:
            running.add(number)
            most[0] = max(most[0], len(running - set(writer.used)))
        time.sleep(0.002 * (number % 3))
        return number

    writer = Recorder(work)
    writer.write(np.arange(20).reshape(20, 1, 1))
    writer.close()
    assert writer.used == [*range(20), "end"] and most[0] <= 5


def test_an_error_reaches_the_caller() -> None:
    def fail(number: int) -> int:
        raise OSError("full")

    writer = Recorder(fail)
    writer.write(np.zeros((1, 1, 1), int))
    with pytest.raises(OSError, match="full"):
        writer.close()
    writer.abandon()
    assert not writer.used

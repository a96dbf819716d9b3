"""Regrouping rows, and threads that keep the order."""

from __future__ import annotations

import threading
import time
from functools import partial

import numpy as np
import pytest

from sr_app.image.row_bands import Regrouped, SideBySide, Window

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


def test_results_keep_their_order_and_few_wait() -> None:
    used, running, most = [], set(), [0]
    lock = threading.Lock()

    def work(number: int) -> int:
        with lock:
            running.add(number)
        time.sleep(0.002 * (number % 3))
        return number

    def use(number: int) -> None:
        used.append(number)
        most[0] = max(most[0], len(running - set(used)))

    threads = SideBySide(use, 3)
    for number in range(20):
        threads.do(partial(work, number))
    threads.finish()
    assert used == list(range(20)) and most[0] <= 5


def test_an_error_reaches_the_caller() -> None:
    def fail() -> None:
        raise OSError("full")

    threads = SideBySide(lambda result: None, 2)
    threads.do(fail)
    with pytest.raises(OSError, match="full"):
        threads.finish()
    threads.abandon()

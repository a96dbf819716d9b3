import errno

import numpy as np
import pytest

from sr_app.training.memmap_cache import fill_rows


class Killed(Exception):
    pass


def fill(path, seen, *, key="a", count=10, killed_at=None):
    """Squares of the row numbers, three at a time; `seen` collects what was computed."""

    def compute(rows):
        if killed_at in rows:
            raise Killed
        seen.extend(rows)
        return np.stack([rows, rows**2], axis=1)

    return fill_rows(path, compute, count=count, shape=(2,), key=key, batch=3)


EXPECTED = np.stack([np.arange(10), np.arange(10) ** 2], axis=1)


def test_a_killed_file_goes_on_and_a_whole_one_is_only_read(tmp_path):
    path, first, second, third = tmp_path / "deep" / "rows.npy", [], [], []
    with pytest.raises(Killed):
        fill(path, first, killed_at=7)
    np.testing.assert_array_equal(fill(path, second), EXPECTED)
    assert (first, second) == (list(range(6)), list(range(6, 10)))
    np.testing.assert_array_equal(fill(path, third), EXPECTED)
    assert third == []


def test_another_key_or_count_begins_anew(tmp_path):
    path = tmp_path / "rows.npy"
    fill(path, [])
    for changed in ({"key": "b"}, {"count": 8}):
        seen = []
        rows = fill(path, seen, **changed)
        assert len(seen) == len(rows) == changed.get("count", 10)
    with pytest.raises(Killed):
        fill(path, [], killed_at=0)  # its zeros are not the rows of the key before
    np.testing.assert_array_equal(fill(path, [], key="b"), EXPECTED)
    (tmp_path / "rows.npy.json").write_text("{")  # cut off
    seen = []
    fill(path, seen)
    assert len(seen) == 10


def test_the_result_is_a_memory_map_that_cannot_be_written(tmp_path):
    rows = fill(tmp_path / "rows.npy", [])
    assert isinstance(rows, np.memmap) and rows.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        rows[0] = 1


def test_rows_take_their_room_before_any_is_computed(tmp_path, monkeypatch):
    def full(path, size):
        assert path.stat().st_size == size > 10 * 2 * 4
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("sr_app.files.room.take_room", full)
    seen = []
    with pytest.raises(OSError, match="No space left"):
        fill(tmp_path / "rows.npy", seen)
    assert seen == []

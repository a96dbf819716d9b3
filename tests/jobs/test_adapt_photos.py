from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.files import Photo, find_photos, read_photo, write_photo
from sr_app.image.statistics import noise_level
from sr_app.jobs.adapt_photos import choose_photos, write_sides
from sr_app.jobs.events import Note
from tests.jobs.own_photos import write_photos


def test_noisy_photos_are_measured_and_shrunk_until_they_are_clean(tmp_path):
    """Deviation 4 in each of three channels alike; less than half of it is left at half the size.

    A fine grain of at most one grey level is clean.
    """
    folder = write_photos(tmp_path / "mine", 20, noise=4.0, side=300)
    chosen = choose_photos(folder, 2, None)
    assert len(chosen.paths) == 20 and chosen.noisy
    assert np.median(chosen.series.noise()) == pytest.approx(4, rel=0.1)
    real, clean = write_sides(chosen, tmp_path / "run", None)
    first = read_photo(find_photos(clean)[0]).rgb
    assert first.shape == (300 // chosen.factor, 300 // chosen.factor, 3)
    assert noise_level(255 * first[..., 1]) < 1.3
    assert len(find_photos(real)) == len(find_photos(clean)) == 20
    stamps = [path.stat().st_mtime_ns for path in find_photos(clean)]
    assert write_sides(chosen, tmp_path / "run", None) == (real, clean)
    assert stamps == [path.stat().st_mtime_ns for path in find_photos(clean)]
    assert write_sides(chosen, tmp_path / "run", folder) == (real, folder)


def test_small_photos_are_left_out(tmp_path):
    folder = write_photos(tmp_path / "mine", 20, noise=4.0, side=255)
    with pytest.raises(ValueError, match="256 pixels or more a side are needed, found 0 among 20"):
        choose_photos(folder, 2, None)


def test_a_folder_of_clean_photos_must_hold_some(tmp_path):
    folder = write_photos(tmp_path / "mine", 20, noise=4.0, side=260)
    (tmp_path / "none").mkdir()
    with pytest.raises(ValueError, match="none: expected clean large photos"):
        choose_photos(folder, 2, tmp_path / "none")


def test_what_cannot_be_read_is_named_and_left_out(tmp_path):
    folder, told = write_photos(tmp_path / "mine", 21, noise=4.0, side=260), []
    whole = (folder / "000.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "none.png").write_bytes(b"no picture")
    invisible = Photo(read_photo(folder / "001.png").rgb, alpha=np.zeros((260, 260), "float32"))
    write_photo(invisible, folder / "invisible.png")
    chosen = choose_photos(folder, 2, None, told.append)
    assert len(chosen.paths) == len(chosen.series.noise()) == 21
    notes = " ".join(event.text for event in told if isinstance(event, Note))
    assert all(f"{folder / name}.png" in notes for name in ("cut", "none", "invisible"))
    for path in chosen.paths[:2]:
        path.unlink()
    with pytest.raises(ValueError, match="found 19 among 22"):
        choose_photos(folder, 2, None)

"""What is proposed for a photo, with the reason that is shown."""

from __future__ import annotations

import numpy as np
import skimage.data

from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.serving.proposal import propose


def test_a_clean_photo_and_a_bad_jpeg_of_it_are_told_apart_with_the_reason(tmp_path) -> None:
    photo = Photo(skimage.data.chelsea() / np.float32(255))
    sharp, bad = tmp_path / "sharp.png", tmp_path / "bad.jpg"
    write_photo(photo, sharp)
    write_photo(photo, bad, quality=25)
    clean = propose(read_photo(sharp), sharp)
    assert clean.purpose == "clean" and clean.reason.startswith("Looks clean")
    real = propose(read_photo(bad), bad)
    assert real.purpose == "real" and "JPEG" in real.reason


def test_a_file_says_its_own_quality_where_the_pixels_do_not(tmp_path) -> None:
    path = tmp_path / "grey.jpg"
    write_photo(Photo(np.full((64, 64, 3), 0.5, np.float32)), path, quality=70)
    assert "JPEG quality about 70" in propose(read_photo(path), path).reason

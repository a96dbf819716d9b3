from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from sr_app.image.errors import PhotoError
from sr_app.image.files import Photo, read_photo, write_photo
from sr_app.image.recompression import through_jpeg
from sr_app.image.reduction import pixel_digest, reduce_photo
from sr_app.image.resize import imresize


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a.png"
    write_photo(Photo(rgb=data.coffee() / np.float32(255)), path)
    return path


def test_it_is_the_picture_made_smaller(photo, tmp_path):
    reduce_photo(photo, tmp_path / "b.jpg", (200, 300))
    small = read_photo(tmp_path / "b.jpg").rgb
    # MATLAB's bicubic is another kernel, of the same sharpness.
    expected = imresize(data.coffee(), size=(200, 300)) / 255
    assert small.shape == (200, 300, 3)
    assert np.sqrt(np.mean((small - expected) ** 2)) < 4 / 255
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "b.jpg"}


def test_at_its_own_size_only_the_compression_is_new(photo, tmp_path):
    reduce_photo(photo, tmp_path / "b.jpg", (400, 600))
    expected = through_jpeg(data.coffee(), 95, subsampling="4:4:4")
    assert np.array_equal(np.round(read_photo(tmp_path / "b.jpg").rgb * 255), expected)


def test_the_digest_is_of_pixels_and_not_of_the_file(photo, tmp_path):
    write_photo(read_photo(photo), tmp_path / "b.tif")
    assert pixel_digest(photo) == pixel_digest(tmp_path / "b.tif")
    changed = read_photo(photo)
    changed.rgb[0, 0, 0] += 1 / 255
    write_photo(changed, tmp_path / "c.png")
    assert pixel_digest(photo) != pixel_digest(tmp_path / "c.png")


def test_what_cannot_be_reduced_is_refused_and_nothing_written(photo, tmp_path):
    with pytest.raises(PhotoError, match="expected at least 601x10. Received: 600x400"):
        reduce_photo(photo, tmp_path / "b.jpg", (10, 601))
    (tmp_path / "page.jpg").write_text("<html>Not here</html>")
    with pytest.raises(PhotoError, match="cannot be read as a picture"):
        reduce_photo(tmp_path / "page.jpg", tmp_path / "b.jpg", (10, 10))
    assert not (tmp_path / "b.jpg").exists()

from __future__ import annotations

import pytest
from PIL import Image
from skimage import data

from sr_app.image.jpeg import file_quality, standard_steps


@pytest.mark.parametrize("quality", [5, 49, 50, 77, 95, 100])
def test_the_quality_of_a_file_is_found_in_its_tables(tmp_path, quality: int) -> None:
    Image.fromarray(data.astronaut()[:64, :64]).save(tmp_path / "a.jpg", quality=quality)
    assert file_quality(tmp_path / "a.jpg") == quality
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.quantization[0][:3] == standard_steps(quality)[0, :3].tolist()


def test_what_is_no_jpeg_has_none(tmp_path) -> None:
    Image.fromarray(data.astronaut()[:64, :64]).save(tmp_path / "a.png")
    (tmp_path / "b.jpg").write_bytes(b"junk")
    assert file_quality(tmp_path / "a.png") is file_quality(tmp_path / "b.jpg") is None

import numpy as np

from sr_app.datasets.graphics import prepare
from sr_app.image.colour import to_uint8
from sr_app.image.files import read_photo
from sr_app.image.graphics import draw_graphic


def test_only_what_is_missing_is_drawn(tmp_path):
    done = []
    assert prepare(tmp_path / "a", count=2, progress=lambda *at: done.append(at)) == 2
    assert done == [(1, 2), (2, 2)]
    first = tmp_path / "a" / "graphic_000.png"
    np.testing.assert_array_equal(to_uint8(read_photo(first).rgb), draw_graphic(0))
    first.unlink()
    assert prepare(tmp_path / "a", count=2) == 1

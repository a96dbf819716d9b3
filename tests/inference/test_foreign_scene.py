from __future__ import annotations

import numpy as np

from sr_app.inference.foreign_scene import scene


def test_the_scene_has_the_colours_and_edges_that_tell_networks_apart() -> None:
    picture = scene(49, 53)
    assert picture.shape == (49, 53, 3) and picture.dtype == np.float32
    np.testing.assert_array_equal(picture, scene(49, 53))
    assert picture.min() < 0.05 and picture.max() > 0.95
    redness = picture[..., 0] - picture[..., 2]
    assert redness.max() > 0.6 and -0.55 < redness.min() < -0.3  # reds are pure, violets are not
    assert scene(2, 2).shape == (2, 2, 3)

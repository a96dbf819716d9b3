from __future__ import annotations

import numpy as np
import onnx
import pytest

from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_wrapping import Manner, wrap
from sr_app.inference.runtime_onnx import open_session
from sr_app.networks.imported import BYTES
from tests.inference.foreign_graphs import Foreign


@pytest.mark.parametrize("single", [False, True])
def test_the_wrapped_graph_is_one_of_ours(single: bool) -> None:
    foreign = Foreign(last=True, takes=255, gives=255, bgr_in=True, bgr_out=True)
    ways = {"last_in": True, "last_out": True, "takes": BYTES, "gives": BYTES}
    graph = wrap(foreign.graph(), Manner(2, **ways, bgr_in=True, bgr_out=True, single=single))
    onnx.checker.check_model(onnx.load_model_from_string(graph), full_check=True)
    pictures = np.stack([scene(20, 24), scene(20, 24)[::-1]])
    (sr,) = open_session(graph).run(None, {"lr": pictures.transpose(0, 3, 1, 2)})
    for picture, large in zip(pictures, sr.transpose(0, 2, 3, 1), strict=True):
        np.testing.assert_allclose(large, foreign.answer(picture), atol=1e-5)


def test_smaller_pictures_are_enlarged_to_the_only_size_and_cut_again() -> None:
    foreign = Foreign(side=(40, 48), multiple=8)
    session = open_session(wrap(foreign.graph(), Manner(2, side=(40, 48))))
    picture = scene(17, 23)
    (sr,) = session.run(None, {"lr": picture.transpose(2, 0, 1)[None]})
    assert sr.shape == (1, 3, 34, 46)
    answer = foreign.answer(picture)[:-2, :-2]  # the last row and column have other neighbours
    np.testing.assert_allclose(sr[0].transpose(1, 2, 0)[:-2, :-2], answer, atol=1e-5)

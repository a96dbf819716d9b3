import numpy as np
import pytest
from keras import ops

from sr_app.training.picture_buffer import PictureBuffer


def numbered(*values):
    return np.broadcast_to(np.reshape(values, (-1, 1, 1, 1)), (len(values), 2, 2, 3)).astype("f4")


def shown(buffer, values, draws):
    out = ops.convert_to_numpy(buffer(numbered(*values), np.array(draws, "int32")))
    assert out.shape == (len(values), 2, 2, 3)
    return out[:, 0, 0, 0].tolist()


def held_pictures(buffer):
    return ops.convert_to_numpy(buffer.pictures)[:, 0, 0, 0].tolist()


def test_it_fills_with_the_first_pictures_and_then_changes_places():
    buffer = PictureBuffer(5, 2)
    assert shown(buffer, [1, 2], [0, 4]) == [1, 2]
    assert shown(buffer, [3, 4], [0, 4]) == [3, 4]
    assert shown(buffer, [5, 6], [1, 2]) == [5, 6]  # the sixth finds the first place again
    assert held_pictures(buffer) == [6, 2, 3, 4, 5]
    # Place 3 is changed, place 1 passes: the new picture comes out, the stored one stays.
    assert shown(buffer, [7, 8], [3, -1 - 1]) == [4, 8]
    assert held_pictures(buffer) == [6, 2, 3, 7, 5]
    assert shown(buffer, [9, 10], [-1, 0]) == [9, 6]
    assert held_pictures(buffer) == [10, 2, 3, 7, 5]


def test_it_is_state_and_nothing_to_learn():
    buffer = PictureBuffer(4, 2)
    assert not buffer.trainable_variables and len(buffer.non_trainable_variables) == 2
    assert int(buffer.count) == 0
    shown(buffer, [1, 2, 3], [0, 1, 2])
    assert int(buffer.count) == 3


@pytest.mark.parametrize("half", ["float16", "bfloat16"])
def test_pictures_of_half_precision_are_kept_in_full(half):
    buffer = PictureBuffer(2, 2)
    out = buffer(ops.cast(numbered(1, 2), half), np.array([0, 1], "int32"))
    assert str(ops.convert_to_numpy(out).dtype) == "float32"

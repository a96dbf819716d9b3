from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.patch_critic import FIELDS, build_patch_critic, receptive_field


@pytest.mark.parametrize("field", FIELDS)
def test_strides_give_the_field_they_stand_for(field):
    assert receptive_field(FIELDS[field]) == field


@pytest.mark.parametrize("field", [16, 22, 34])
def test_a_verdict_sees_its_field_and_nothing_beyond(field):
    keras.utils.set_random_seed(0)
    critic = build_patch_critic(field=field, width=4, normalise=False)
    picture = np.random.default_rng(0).random((1, field + 8, field + 8, 3)).astype("float32")
    before = ops.convert_to_numpy(critic(picture))[0, 0, 0, 0]
    beyond, edge = picture.copy(), picture.copy()
    beyond[:, field:], beyond[:, :, field:] = 0, 0
    edge[:, field - 1, field - 1] += 100
    assert ops.convert_to_numpy(critic(beyond))[0, 0, 0, 0] == pytest.approx(before, abs=1e-7)
    assert abs(ops.convert_to_numpy(critic(edge))[0, 0, 0, 0] - before) > 1e-7


def test_the_published_critic():
    """Isola et al.: 70 pixels, 64 to 512 channels; 2.76 M weights in every public port."""
    critic = build_patch_critic(field=70)
    widths = [3, 64, 128, 256, 512, 1]
    sizes = [16 * a * b + b for a, b in pairwise(widths)]
    assert critic.count_params() == sum(sizes) == 2_764_737
    assert critic.output_shape[-1] == 1


def test_an_unknown_field_is_named():
    with pytest.raises(ValueError, match="16, 22, 34, 70.*Received: 48"):
        build_patch_critic(field=48)

import keras
import numpy as np

from sr_app.layers.reflect_pad import ReflectPad


def test_it_mirrors_as_numpy_does():
    x = np.random.default_rng(0).random((2, 5, 7, 3)).astype("float32")
    expected = np.pad(x, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(ReflectPad(3)(x)), expected)


def test_shape_and_settings_are_known():
    layer = ReflectPad(2)
    assert layer.compute_output_shape((None, 4, None, 3)) == (None, 8, None, 3)
    assert ReflectPad.from_config(layer.get_config()).margin == 2

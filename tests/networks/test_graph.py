import keras
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.graph import walk


def test_every_step_follows_its_inputs():
    steps = walk(build_esrn(Genotype.parse("S_4_8_8,C_4_8_16,G_4_8_8"), 4))
    known = set()
    for step in steps:
        assert known.issuperset(step.inputs)
        known.add(step.output)
    assert isinstance(steps[0].layer, keras.layers.InputLayer)
    assert steps[-1].channels == 3


def test_other_models_are_refused():
    with pytest.raises(ValueError, match="functional"):
        walk(keras.Sequential())
    a, b = keras.Input((None, None, 3)), keras.Input((None, None, 3))
    with pytest.raises(ValueError, match="one input"):
        walk(keras.Model([a, b], keras.layers.Add()([a, b])))

from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.genotype import Genotype
from sr_app.search.proxy import Proxy, name_of
from sr_app.training.checkpoints import BEST
from sr_app.training.schedule import Batches, Schedule

SMALL = Genotype.parse("P_2_8_8", width=8, tail="anchor")
TINY = Batches(batch=2, patch=12)
SHORT = Schedule(8, epoch=4, learning_rate=2e-3, warmup=2, average=0.99)
LARGER = Genotype.parse("P_2_8_8,P_2_8_8", width=8, tail="anchor")


@pytest.fixture
def proxy(tmp_path, pictures) -> Proxy:
    return Proxy(folder=tmp_path / "candidates", schedule=SHORT, batches=TINY, **pictures)


def test_a_candidate_is_trained_alike_and_heirs_begin_with_their_parents_weights(proxy) -> None:
    (first,), (second,) = proxy([SMALL]), proxy([LARGER], [SMALL])
    assert 10 < -first[0] < 40 and 10 < -second[0] < 40  # dB
    weights = proxy.folder / name_of(SMALL)
    assert [path.name for path in weights.glob("*.h5")] == [BEST]

    heir, stranger = (proxy.initial_network(LARGER, parent) for parent in (SMALL, None))
    parent = proxy.initial_network(SMALL, None)
    parent.load_weights(weights / BEST)
    kernel = "features0"
    inherited = heir.get_layer(kernel).kernel
    assert np.array_equal(inherited, parent.get_layer(kernel).kernel)
    assert not np.array_equal(inherited, stranger.get_layer(kernel).kernel)
    again = proxy.initial_network(LARGER, None)
    assert np.array_equal(again.get_layer(kernel).kernel, stranger.get_layer(kernel).kernel)


def test_everything_that_makes_the_network_makes_its_name() -> None:
    wider = Genotype.parse("P_2_8_8", width=12, tail="anchor")
    assert len({name_of(SMALL), name_of(LARGER), name_of(wider)}) == 3

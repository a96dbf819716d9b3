from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sr_app.networks.genotype import Genotype
from sr_app.search import proxy as proxy_module
from sr_app.search.proxy import EarlyStop, Proxy, name_of
from sr_app.training.curve import BEST, BEST_SCORES, CURVE, LAST
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


def curve(folder, *scores: float) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{4 * step},1,0.1,{score},0.5\n" for step, score in enumerate(scores, 1)]
    (folder / CURVE).write_text("step,seconds,loss,val_psnr,val_ssim\n" + "".join(rows))


def test_a_training_that_had_ended_when_it_was_killed_is_not_begun_again(
    proxy, monkeypatch
) -> None:
    folder = proxy.folder / name_of(SMALL)
    curve(folder, 20.0, 21.0)  # all steps
    (folder / LAST).touch()
    monkeypatch.setattr(proxy_module, "train_on_pairs", None)
    with pytest.raises(ValueError, match="expected weights and their scores. Received: none"):
        proxy([SMALL])
    (folder / LAST).touch()
    (folder / BEST).touch()
    (folder / BEST_SCORES).write_text('{"step": 8, "psnr": 21.0}')
    assert proxy([SMALL]) == -21.0
    assert not (folder / LAST).exists()


def test_epochs_without_a_new_best_are_counted_across_a_kill(proxy) -> None:
    long = replace(proxy, schedule=replace(SHORT, steps=80), patience=2)
    folder = proxy.folder / "a"
    assert not long.has_ended(folder)
    stops = {}
    for scores in [(20.0,), (20.0, 19.0), (20.0, 19.0, 20.0), (20.0, 19.0, 20.5), (3.0, 2.0, 1.0)]:
        curve(folder, *scores)
        stops[scores] = long.has_ended(folder)
        curve(folder, *scores[:-1])
        callback = EarlyStop(long.waiting(folder))
        callback.set_model(SimpleNamespace(stop_training=False))
        callback.on_epoch_end(len(scores) - 1, {"val_psnr": scores[-1]})
        assert callback.model.stop_training == stops[scores]
    assert list(stops.values()) == [False, False, True, False, True]

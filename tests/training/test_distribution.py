from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

from sr_app.training.distribution import Distribution, find_distribution, state_shares


def test_one_device_changes_nothing() -> None:
    one = find_distribution()
    assert one == Distribution() and one.replicas == 1
    one.check_batch(7)
    with one.scope():
        pass


@pytest.mark.parametrize(("strategy", "expected"), [(None, 8.0), (4, 2.0)])
def test_replicas_whose_gradients_are_added_state_their_share(strategy, expected) -> None:
    made = strategy and SimpleNamespace(num_replicas_in_sync=strategy)
    stage = SimpleNamespace(distribute_strategy=made, compute_loss=lambda x, *, y: x + y)
    state_shares(stage)
    assert stage.compute_loss(3.0, y=5.0) == expected


def test_a_batch_that_cannot_be_shared_names_one_that_can() -> None:
    with pytest.raises(ValueError, match=r"4 devices can share evenly, such as 16.*batch=15"):
        Distribution(replicas=4).check_batch(15)
    with pytest.raises(ValueError, match="such as 4.*batch=1"):
        Distribution(replicas=4).check_batch(1)
    Distribution(replicas=4).check_batch(8)


def test_other_words_are_refused() -> None:
    with pytest.raises(ValueError, match="among one, all. Received: 'two'"):
        find_distribution("two")


@pytest.fixture(scope="module")
def found(tmp_path_factory, repository: Path) -> dict:
    """What `two_devices.py` prints on this backend."""
    environment = {
        **os.environ,
        "KERAS_BACKEND": keras.backend.backend(),
        # Compiling takes most of the time, and is not what is tested.
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2 --xla_backend_optimization_level=0 "
        "--xla_llvm_disable_expensive_passes=true",
        "PYTHONPATH": str(repository),
    }
    command = [sys.executable, "-m", "tests.training.two_devices"]
    command.append(str(tmp_path_factory.mktemp("two_devices")))
    done = subprocess.run(command, env=environment, cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_two_devices_train_as_one_does(found: dict) -> None:
    assert found["replicas"] == 2
    one, both = found["losses"]
    # The same sums in another order: float32 agrees to some 1e-7 of the value.
    assert both == pytest.approx(one, rel=1e-5)
    # Adam's first steps are learning_rate * g / |g|, so a rounding error in a gradient near zero
    # is magnified: a hundredth of one step of 1e-3 is allowed.
    assert found["one against all"] < 1e-5


@pytest.mark.slow
def test_two_devices_train_a_second_network_of_other_shapes(found: dict) -> None:
    """As of a later stage: its sums are not taken for those of the first."""
    assert found["one against all of another network"] < 1e-5


@pytest.mark.slow
def test_two_devices_resume(found: dict) -> None:
    assert found["steps of the resumed run"] == [3, 6, 9]
    assert found["resumed against whole"] < 1e-6


@pytest.mark.slow
def test_two_devices_average_the_weights(found: dict) -> None:
    assert found["raw against averaged"] > 1e-4

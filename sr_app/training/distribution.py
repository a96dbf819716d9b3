"""One training on all devices of a machine: the same weights on each, a part of every batch.

The global batch, its mean loss and therefore the training stay what they are on one device, up to
the order of summation. On JAX ``keras.distribution`` does it; on TensorFlow that is a prototype
whose own header forbids its use, and ``tf.distribute.MirroredStrategy`` does it instead.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache

import keras

ONE, ALL = "one", "all"
DEVICES = (ONE, ALL)
STRATEGY = "distribute_strategy"
"""What a model has only where TensorFlow trains: the strategy that it was made under, or None."""


@dataclass(frozen=True)
class Distribution:
    """How a training is spread.

    Args:
        replicas: devices that share a batch.
        scope: opens the context in which networks are built and stages compiled and fitted.
    """

    replicas: int = 1
    scope: Callable[[], AbstractContextManager] = nullcontext

    def check_batch(self, batch: int) -> None:
        """ValueError unless every device gets the same number of samples."""
        if batch % self.replicas:
            raise ValueError(
                f"Expected a batch that {self.replicas} devices can share evenly, such as "
                f"{self.replicas * max(1, round(batch / self.replicas))}. Received: batch={batch}"
            )


def has_training() -> bool:
    """Whether the backend trains: some have a ``fit`` that only says no."""
    return hasattr(keras.Model, "train_step")


def find_distribution(devices: str = ONE) -> Distribution:
    """The distribution over ``one`` device or over ``all`` that this process sees.

    Raises:
        ValueError: for another word.
    """
    if devices not in DEVICES:
        raise ValueError(f"Expected devices among {', '.join(DEVICES)}. Received: {devices!r}")
    if devices == ONE:
        return Distribution()
    return mirrored() if hasattr(keras.Model, STRATEGY) else data_parallel()


def data_parallel() -> Distribution:
    """Over all devices of ``keras.distribution``; a single one is left alone."""
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        return Distribution()
    parallel = keras.distribution.DataParallel(devices=devices)
    return Distribution(len(devices), parallel.scope)


@cache
def mirrored() -> Distribution:
    """Over all GPUs of TensorFlow, or where there are none over its logical CPUs.

    One strategy for the process: each counts its sums from the same number on, so that those of a
    second one, as of another stage's network, would be taken for the first one's.

    ``global_clipnorm`` bounds every replica's gradient before they are added, not their sum.
    """
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(devices) < 2:
        return Distribution()
    strategy = tf.distribute.MirroredStrategy([device.name for device in devices])
    return Distribution(len(devices), strategy.scope)


def state_shares(stage: keras.Model) -> None:
    """Have each replica of a stage state its share of the mean loss, all terms of it: a
    ``MirroredStrategy`` adds the replicas' gradients."""
    strategy = getattr(stage, STRATEGY, None)
    replicas = strategy.num_replicas_in_sync if strategy else 1
    if replicas > 1:
        whole = stage.compute_loss
        stage.compute_loss = lambda *given, **named: whole(*given, **named) / replicas

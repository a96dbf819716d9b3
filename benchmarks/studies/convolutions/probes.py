"""What `study.py probe` checks: gradients, the identity, files. Alone it does nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np


def probes(network) -> Iterator[tuple[str, float | list[float]]]:
    """(what, value) of each probe; ``network`` is one of adders."""
    yield "gradient norms", gradient_norms(network)
    for kind, shortcut in (("with", True), ("without", False)):
        yield f"identity {kind} shortcut", identity_error(shortcut)
    for sharing in (2, 4, 8, 16):
        yield f"file ratio of {sharing}", file_ratio(sharing)


def gradient_norms(network) -> list[float]:
    """``|gradient| / (0.2 sqrt(k))`` of every adder's kernel of k elements, after one step."""
    import keras

    from sr_app.layers.adder import AdderConv2D

    kernels = [one.kernel for one in network.layers if isinstance(one, AdderConv2D)]
    before = [keras.ops.convert_to_numpy(kernel) for kernel in kernels]
    network.compile(keras.optimizers.SGD(1.0), "mae")
    x = np.random.default_rng(0).random((4, 24, 24, 3)).astype("float32")
    network.train_on_batch(x, x.repeat(2, 1).repeat(2, 2) ** 2)
    steps = [
        keras.ops.convert_to_numpy(kernel) - old
        for kernel, old in zip(kernels, before, strict=True)
    ]
    return [float(np.linalg.norm(step) / 0.2 / np.sqrt(step.size)) for step in steps]


def identity_error(shortcut: bool) -> float:
    """Mean absolute error of one adder unit taught to give its input, uniform in [0, 1], back."""
    import keras

    from sr_app.layers.adder import AdderConv2D

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((8, 12, 12, 8)).astype("float32")
    inputs = keras.Input((None, None, 8))
    model = keras.Model(inputs, AdderConv2D(8, 3, shortcut=shortcut)(inputs))
    model.compile(keras.optimizers.Adam(0.05), "mae")
    model.fit(x, x, batch_size=8, epochs=100, verbose=0)
    return float(model.evaluate(x, x, verbose=0))


def file_ratio(sharing: int) -> float:
    """Bytes of a 64 -> 64 convolution's file over those of a full-stack one's."""
    import keras

    from sr_app.layers.full_stack import FullStackConv2D
    from sr_app.networks.packing import write_packed

    kinds = (
        keras.layers.Conv2D(64, 3, padding="same"),
        FullStackConv2D(64, 3, sharing=sharing),
    )
    with tempfile.TemporaryDirectory() as folder:
        path, sizes = Path(folder) / "layer.npz", []
        for layer in kinds:
            inputs = keras.Input((None, None, 64))
            write_packed(keras.Model(inputs, layer(inputs)), path)
            sizes.append(path.stat().st_size)
    return sizes[0] / sizes[1]

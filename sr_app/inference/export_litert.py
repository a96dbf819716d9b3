"""LiteRT, once TensorFlow Lite: for phones and small computers. Float32, of any size.

TensorFlow's converter makes it of the Keras network. The variables are frozen first: the converter
reads those that Keras 3 holds as not yet set. The interpreter that checks it is TensorFlow's own,
which is the same code as that of the package `ai-edge-litert`.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from sr_app.files.extras import naming_extras
from sr_app.files.quiet import quiet_start
from sr_app.inference.export_comparison import KERAS, Run, compare, run_keras, share_of
from sr_app.inference.export_format import Conversion, ExportFormat
from sr_app.inference.export_onnx import graph_of
from sr_app.networks.card import Card
from sr_app.networks.presets import load_preset

if TYPE_CHECKING:
    import keras

BACKEND = "tensorflow"
NOTE = (
    "signature serving_default, lr to output_0: float32 (n, height, width, 3), RGB in [0, 1], "
    "any size (resize_tensor_input before allocate_tensors); not clipped"
)


def make(card: Card) -> Conversion:
    """Compared with Keras; of networks with Keras weights."""
    if card.weights is None:
        raise ValueError(
            f"Preset {card.name} has no Keras weights, of which alone LiteRT's files are made"
        )
    with naming_extras(), quiet_start():
        import keras

    if (backend := keras.backend.backend()) != BACKEND:
        raise ValueError(
            f"Expected Keras on TensorFlow, whose converter makes LiteRT's files. Received: "
            f"{backend}; set KERAS_BACKEND={BACKEND} for this command"
        )
    model = load_preset(card.folder)
    data = converted(model)
    share = 1.0 if card.graph is None else share_of(graph_of(card))
    with quiet_start():
        found = compare(card, run_keras(model), run_lite(data), share=share)
    return Conversion({".tflite": data}, found, KERAS, (NOTE,))


def converted(model: keras.Model) -> bytes:
    """A network as a LiteRT file.

    ValueError, naming what TensorFlow's converter cannot turn into its operators.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    taken = tf.TensorSpec((None, None, None, 3), tf.float32, name="lr")
    traced = tf.function(lambda lr: model(lr, training=False))
    frozen = convert_variables_to_constants_v2(traced.get_concrete_function(taken))
    try:
        # An empty module: of none the converter says that this road is to go.
        converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], tf.Module())
        with quiet_start(shown_on_failure=False):  # it repeats the place of what it cannot
            return converter.convert()
    except Exception as error:  # the converter's errors have no common class but this
        first = str(error).partition("\n")[0]  # then this program's own lines
        reason = re.sub(r"/\S+?:\d+:\d+: error: ", " ", first)
        raise ValueError(f"TensorFlow's converter has no LiteRT form of this: {reason}") from error


def run_lite(data: bytes) -> Run:
    """A LiteRT file in TensorFlow's interpreter."""
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the interpreter has a package of its own by now
        interpreter = tf.lite.Interpreter(model_content=data)
    taken, given = (
        details()[0]["index"]
        for details in (interpreter.get_input_details, interpreter.get_output_details)
    )

    def run(batch: np.ndarray) -> np.ndarray:
        interpreter.resize_tensor_input(taken, batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(taken, batch)
        interpreter.invoke()
        return interpreter.get_tensor(given)

    return run


LITERT = ExportFormat(".tflite", 1e-4, make)

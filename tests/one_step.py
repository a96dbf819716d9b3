"""How a test compiles a stage that it takes a single step with."""

from __future__ import annotations

import keras

ONE_STEP = {"run_eagerly": keras.backend.backend() == "tensorflow"}
"""Keywords of ``compile``. One step is seven times faster uncompiled on TensorFlow, whose graph
would go through XLA; on JAX that takes minutes. That stages can be compiled is shown by the tests
that take many steps."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.runtime import raise_if_memory

BATCH = np.zeros((1, 2, 3, 3), np.float32)


@pytest.mark.parametrize("words", ["std::bad_alloc", "Out of memory", "Failed to allocate memory"])
def test_words_of_engines_that_mean_memory(words):
    with pytest.raises(MemoryError, match=r"\(1, 2, 3, 3\)"):
        raise_if_memory(RuntimeError(words), BATCH)


def test_other_words_pass():
    raise_if_memory(RuntimeError("INVALID_ARGUMENT: memory layout"), BATCH)

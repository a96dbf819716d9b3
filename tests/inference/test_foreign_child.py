"""A graph that ends its process ends another one."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.foreign_child import ENDED, Child, run_apart
from sr_app.inference.foreign_onnx import find_sizes
from tests.inference.foreign_graphs import Foreign


@pytest.fixture
def child():
    made = Child()
    yield made
    made.close()


def test_it_is_started_anew_after_it_ended(child):
    graph, picture = Foreign().graph().SerializeToString(), np.ones((1, 3, 8, 8), np.float32)
    before = child.run(graph, picture)
    child.process.kill()
    with pytest.raises(RuntimeError, match=ENDED):
        child.run(graph, picture)
    assert np.array_equal(child.run(graph, picture), before)


def test_what_does_not_load_or_run_is_told_in_onnx_runtime_s_words(child):
    with pytest.raises(ValueError, match="can load"):
        child.load(b"no graph")
    with pytest.raises(RuntimeError, match="rank|dimensions"):
        child.run(Foreign().graph().SerializeToString(), np.ones((3, 8), np.float32))


def test_a_size_that_ends_the_process_is_one_that_does_not_run(child, monkeypatch):
    """As ONNX Runtime's divides by zero for one pixel of a network with windows."""
    from sr_app.inference import foreign_onnx

    usual = child.ask

    def fragile(what, array):
        if child.process is not None and array.shape[-1] < 16 and array.ndim == 4:
            child.process.kill()
        return usual(what, array)

    monkeypatch.setattr(child, "ask", fragile)
    monkeypatch.setattr(foreign_onnx, "CHILD", child)
    model = Foreign().graph()
    sizes, _ = find_sizes(model, foreign_onnx.engine_of(model), last=False, channels=3)
    assert sizes.manner.least == 16 and sizes.multiple == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit(sys.argv[1:] != ['a', 'b'])", None),
        ("import os; os.abort()", "it ended by signal 6"),
        ("raise SystemExit('first\\nwhy not \u00e9\\n')", r"why not \xe9"),
        ("raise SystemExit(3)", "it ended the run"),
        ("import time; time.sleep(60)", "nothing within 0.5 seconds"),
    ],
)
def test_what_runs_apart_may_end_its_own_process(code, told):
    assert run_apart(code, "a", "b", patience=0.5 if "sleep" in code else 60) == told

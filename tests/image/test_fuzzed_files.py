"""What chance makes of valid files is a photo or one line, soon."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tests.image.fuzzed_files import fuzzed, mutated, read, seeds


def test_every_seed_is_read(tmp_path: Path) -> None:
    for name, data in seeds().items():
        (tmp_path / name).write_bytes(data)
        assert read(tmp_path / name) == "read", name


def test_two_hundred_files(tmp_path: Path) -> None:
    """Processor time, which does not depend on what else the machine does."""
    outcomes = []
    for name, data in fuzzed(200, seed=0):
        (tmp_path / name).write_bytes(data)
        start = time.process_time()
        outcomes.append(read(tmp_path / name))
        assert time.process_time() - start < 2, name
    assert 10 < outcomes.count("read") < 180  # neither all nor none are damaged


def test_the_same_seed_makes_the_same_files() -> None:
    first, again = list(fuzzed(40, seed=3)), list(fuzzed(40, seed=3))
    assert first == again
    valid = seeds()
    assert sum(data != valid[name] for name, data in first) > 35
    assert mutated(b"tiny", np.random.default_rng(0)) == b"tiny"

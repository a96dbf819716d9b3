from __future__ import annotations

import numpy as np
import pytest

from sr_app.search.genome import Genome, make_genome, read_genome, write_genome


def test_only_active_positions_are_expressed() -> None:
    assert Genome((True, False, True), (4, 5, 6)).expressed == (4, 6)


def test_a_changed_copy_leaves_the_genome_alone() -> None:
    genome = Genome((True, True), (0, 1))
    assert genome.changed(1, active=False, kind=3) == Genome((True, False), (0, 3))
    assert genome == Genome((True, True), (0, 1))


def test_written_and_read_back() -> None:
    genome = make_genome(np.array([1, 0, 1]), np.array([2, 0, 1]))
    text = write_genome(genome, ["a", "b", "c"])
    assert text == "c (a) b"
    assert read_genome(text, ["a", "b", "c"]) == genome


def test_faults_are_named() -> None:
    with pytest.raises(ValueError, match="as many flags as types. Received: 1 and 2"):
        Genome((True,), (0, 1))
    with pytest.raises(ValueError, match="space of 2. Received: z"):
        read_genome("a (z)", ["a", "b"])

from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.counting import count
from sr_app.networks.genotype import Genotype
from sr_app.search.objectives import Objectives

NETWORKS = [Genotype.parse("P_2_8_8"), Genotype.parse("S_4_8_16")]


def length(genotypes) -> np.ndarray:
    return np.array([[len(str(genotype))] for genotype in genotypes], float)


def heirs(genotypes, parents=()) -> np.ndarray:
    return np.array([[-30.0 - (parent is not None)] for parent in parents or [None, None]])


def test_columns_stand_in_the_order_asked_for() -> None:
    score = Objectives(("quality", "latency", "parameters"), 2, heirs, length)
    expected = [[-30, len(str(g)), count(g, 2)[0]] for g in NETWORKS]
    assert score(NETWORKS).tolist() == expected
    assert Objectives(("multiply_adds",), 4)(NETWORKS)[:, 0].tolist() == [
        count(g, 4)[1] for g in NETWORKS
    ]


def test_parents_reach_the_quality_alone() -> None:
    score = Objectives(("latency", "quality"), 2, heirs, length)
    assert score(NETWORKS, [NETWORKS[1], None])[:, 1].tolist() == [-31, -30]


@pytest.mark.parametrize(
    "names, fault",
    [
        (("speed",), "among quality, parameters.*Received: speed"),
        ((), "Received: none"),
        (("parameters", "parameters"), "Expected different objectives"),
        (("quality",), "a score for the objective quality"),
    ],
)
def test_faults_are_named(names: tuple[str, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Objectives(names, 2)

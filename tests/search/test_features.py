from __future__ import annotations

import numpy as np
import pytest

from sr_app.networks.counting import count
from sr_app.networks.genotype import Genotype
from sr_app.search.features import encode, graph_tensor

NETWORKS = [Genotype.parse("S_4_8_16,P_2_16_16"), Genotype.parse("G_4_8_8")]


def test_values_of_the_node_that_an_edge_leads_to() -> None:
    chain = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    tensor = graph_tensor(chain, [np.array([5, 6, 7]), np.array([1, 1, 1])])
    assert tensor[..., 0].tolist() == [[0, 6, 0], [0, 0, 7], [0, 0, 0]]
    assert tensor[..., 1].tolist() == chain.tolist()


@pytest.mark.parametrize("encoding, types", [("paper", 1), ("onehot", 5)])
def test_shape_and_joints(encoding: str, types: int) -> None:
    tensor = encode(NETWORKS, positions=3, scale=2, encoding=encoding)
    assert tensor.shape == (2, 5, 5, types + 5) and tensor.dtype == np.float32
    joined = tensor.any(-1)
    # features -> block 1 -> block 2, both -> fusion, which is last whatever the length
    assert np.argwhere(joined[0]).tolist() == [[0, 1], [1, 2], [1, 4], [2, 4]]
    assert np.argwhere(joined[1]).tolist() == [[0, 1], [1, 4]]


def test_costs_of_the_nodes_add_up_to_the_networks() -> None:
    """A network's parameters are its blocks' and the skeleton's, which both networks share."""
    nodes = encode(NETWORKS, positions=3, scale=2)[..., -2].max(1).sum(1) * 1e3
    totals = [count(genotype, 2)[0] for genotype in NETWORKS]
    assert nodes[0] - nodes[1] == pytest.approx(totals[0] - totals[1])


def test_one_hot_kinds_differ_where_numbers_are_ordered() -> None:
    paper, onehot = (
        encode(NETWORKS, positions=3, scale=2, encoding=e) for e in ("paper", "onehot")
    )
    assert paper[0, 0, 1, 0] == 1 and paper[0, 1, 2, 0] == 4 and paper[1, 0, 1, 0] == 2
    assert onehot[0, 1, 2, :4].tolist() == [0, 0, 0, 1]


def test_faults_are_named() -> None:
    with pytest.raises(ValueError, match="at most 1 blocks. Received: 2"):
        encode(NETWORKS, positions=1, scale=2)
    with pytest.raises(ValueError, match="paper, onehot. Received: 'x'"):
        encode(NETWORKS, positions=3, scale=2, encoding="x")

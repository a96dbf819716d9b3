"""Networks as tensors for a predictor: who is joined to whom, times what each node is.

Xu et al., "ReNAS: Relativistic Evaluation of Neural Architecture Search", CVPR 2021, section 3.1:
an adjacency matrix multiplied by every node's type, multiply-adds and parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sr_app.networks.counting import add_up, block_convolutions
from sr_app.networks.genotype import Genotype

ENCODINGS = ("paper", "onehot")
KINDS = "SGCP"
"""Kinds of blocks that a search draws; their order is that of the one-hot channels."""


def graph_tensor(adjacency: np.ndarray, channels: Sequence[np.ndarray]) -> np.ndarray:
    """(nodes, nodes, c): each channel's value of the node that an edge leads to.

    Args:
        adjacency: (nodes, nodes) of 0 and 1, row to column.
        channels: c vectors (nodes,).
    """
    return np.stack([adjacency * channel for channel in channels], -1).astype("float32")


def encode(
    genotypes: Sequence[Genotype], *, positions: int, scale: int, encoding: str = "onehot"
) -> np.ndarray:
    """(n, positions + 2, positions + 2, c): networks of at most ``positions`` blocks.

    Nodes are the features, the blocks and the fusion, which every block is joined to; absent
    blocks are empty rows before the fusion. ``paper``: the kind as one number; ``onehot``: one
    channel for each kind (this project's variant: the order of kinds means nothing).

    Raises:
        ValueError: for another encoding, or a network with more blocks.
    """
    if encoding not in ENCODINGS:
        raise ValueError(
            f"Expected an encoding among {', '.join(ENCODINGS)}. Received: {encoding!r}"
        )
    return np.stack([_encoded(g, positions, scale, encoding) for g in genotypes])


def _encoded(genotype: Genotype, positions: int, scale: int, encoding: str) -> np.ndarray:
    count = len(genotype.blocks)
    if count > positions:
        raise ValueError(f"Expected at most {positions} blocks. Received: {count}")
    nodes = positions + 2
    adjacency = np.zeros((nodes, nodes))
    adjacency[np.arange(count), np.arange(1, count + 1)] = 1  # each block behind the one before
    adjacency[1 : count + 1, -1] = 1  # the fusion reads all of them
    facts = np.zeros((nodes, 5))
    channels = genotype.width
    for node, block in enumerate(genotype.blocks, 1):
        facts[node] = _facts(channels, block, genotype.width, scale)
        channels = block.out
    kinds = np.array([0, *(KINDS.index(b.kind) + 1 for b in genotype.blocks)])
    kinds = np.concatenate([kinds, np.zeros(nodes - len(kinds), int)])
    kinds[-1] = len(KINDS) + 1
    types = [kinds] if encoding == "paper" else [kinds == k for k in range(1, len(KINDS) + 2)]
    return graph_tensor(adjacency, [*types, *facts.T])


def _facts(channels: int, block, width: int, scale: int) -> tuple[float, ...]:
    """Numbers of one block: what it is made of, and what it costs behind ``channels``."""
    parameters, multiply_adds = add_up(block_convolutions(channels, block, width), scale)
    return block.convolutions, block.growth, block.out, parameters / 1e3, multiply_adds / 1e9

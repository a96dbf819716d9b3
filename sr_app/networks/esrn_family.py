"""The family ``esrn``: genotypes of efficient residual dense blocks, and their networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from sr_app.networks.family import Family, Taps
from sr_app.networks.genotype import SCALES, Genotype

if TYPE_CHECKING:
    import keras


LARGEST = 200_000_000
"""Weights of a network that is read or built at all; the largest published ones have a fifth."""


class EsrnFamily(Family[Genotype]):
    """Song et al., AAAI 2020, and what this project adds to it: see ``networks.esrn``."""

    DESCRIPTION, SCALES = Genotype, SCALES
    EXAMPLE: ClassVar[dict] = {
        "blocks": ["P_2_8_8", "S_1_8_12"],
        "width": 8,
        "conv": "rep",
        "tail": "anchor",
    }

    def describe(self, network: Genotype) -> dict:
        return network.to_json()

    def read(self, data: Mapping) -> Genotype:
        network = Genotype.from_json(data)
        check_size(network)
        return network

    def build(self, network: Genotype, scale: int) -> keras.Model:
        from sr_app.networks.esrn import build_esrn

        check_size(network)
        return build_esrn(network, scale)

    def check_parts(self, network: Genotype) -> None:
        from sr_app.networks.counting import COUNTED

        if network.conv not in COUNTED:
            from sr_app.layers.convolution import maker

            maker(network.conv)

    def cost(self, network: Genotype, scale: int) -> tuple[int, int] | None:
        """In closed form; None for kinds of convolution that cost something else."""
        from sr_app.networks.counting import COUNTED, count

        return count(network, scale) if network.conv in COUNTED else None

    def least(self, network: Genotype, scale: int) -> tuple[int, int]:
        from sr_app.networks.counting import least_radius

        return least_radius(network), 2 if network.halves else 1

    def held_channels(self, network: Genotype, scale: int) -> float:
        """Either one block's concatenation and its copy beside all finished blocks, or the fusion's
        concatenation and its sources, or the enlargement's tensors."""
        outs = sum(block.out for block in network.blocks)
        inner = max(2 * (block.convolutions + 1) * block.growth for block in network.blocks)
        area = scale**2
        tail = 9 * area if network.tail == "anchor" else (2 * network.width + 6) * area
        body = 2 * network.width + max(outs + inner, 2 * outs)
        if network.front == "unshuffled":  # a quarter of the places; the residual is shuffled twice
            return body / 4 + tail
        return max(body, 2 * network.width + tail)

    def folded(self, network: Genotype) -> Genotype:
        return replace(network, conv="conv") if network.conv == "rep" else network

    def taps(self, model: keras.Model) -> Taps | None:
        from sr_app.networks.esrn import taps

        return taps(model)


def check_size(network: Genotype) -> None:
    """ValueError for a network that would fill the memory; counted with plain convolutions."""
    from sr_app.networks.counting import count

    weights, _ = count(replace(network, conv="conv"), 2)
    if weights > LARGEST:
        raise ValueError(
            f"Expected a network of at most {LARGEST:,} weights. Received: one of {weights:,}"
        )

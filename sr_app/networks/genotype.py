"""What a network is, in words: block strings and the genotype that lists them. No Keras here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sr_app.networks.family import check_integer, check_keys

KINDS = {"S": "shrink", "G": "group", "C": "contextual", "P": "plain", "A": "attentive"}
"""Letters of blocks; the first three are those of Song et al., AAAI 2020, figure 2."""
ACTIVATIONS = ("relu", "silu", "prelu")
SKELETONS = ("dense", "plain")
TAILS = ("published", "anchor")
MOST_BLOCKS = 256
RECURSIONS = 3  # times that each contextual convolution is applied, with shared weights
SCALES = (2, 3, 4, 8)
FRONTS = ("plain", "unshuffled")
CHOICES = {"tail": TAILS, "front": FRONTS, "activation": ACTIVATIONS, "skeleton": SKELETONS}
"""Of a genotype's words, what each may be."""
LEFT_OUT = {"front": "plain", "activation": "relu", "skeleton": "dense"}
"""Words that came later, and the value that a description without them has."""
EXAMPLE = (
    "G_8_16_24,C_8_16_16,G_4_16_24,G_8_16_16,S_4_24_32,C_8_16_48,S_4_16_24,G_6_16_24,G_8_16_16,"
    "C_8_16_24,S_8_16_16,S_8_16_24,S_8_16_32,S_6_16_16,G_6_16_64,G_8_16_16,S_8_16_32"
)
"""The one block list published with ESRN's code (Song et al., AAAI 2020): 516.5K weights at x2."""


@dataclass(frozen=True)
class Block:
    """One efficient residual dense block, written ``KIND_CONVOLUTIONS_GROWTH_OUT``.

    Args:
        kind: ``S`` (shrink), ``G`` (group) or ``C`` (contextual) of Song et al., AAAI 2020,
            ``P`` (plain residual: this project's addition) or ``A`` (a plain body that weights
            itself, as SPAN's).
        convolutions: number of 3x3 convolutions, 1 to 32.
        growth: channels inside the block, 4 or more; a multiple of 4 (groups and half-resolution
            shuffles need it), but for plain blocks of binary convolutions.
        out: channels of the block's output, a multiple of 4.

    Raises:
        ValueError: naming the part that is out of range.
    """

    kind: str
    convolutions: int
    growth: int
    out: int

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(
                f"Expected a block kind among {', '.join(KINDS)}. Received: {self.kind!r}"
            )
        if not 1 <= self.convolutions <= 32:
            raise ValueError(
                f"Expected 1 to 32 convolutions. Received: {self.convolutions} in {self}"
            )
        for name in ("growth", "out"):
            value, free = getattr(self, name), name == "growth" and self.kind == "P"
            if not 4 <= value <= 1024 or (value % 4 and not free):
                raise ValueError(
                    f"Expected {name} to be a multiple of 4 from 4 to 1024. "
                    f"Received: {value} in {self}"
                )

    def __str__(self) -> str:
        return f"{self.kind}_{self.convolutions}_{self.growth}_{self.out}"

    @classmethod
    def parse(cls, text: str) -> Block:
        """``"S_4_24_32"`` -> shrink block, 4 convolutions, growth 24, 32 channels out."""
        kind, *numbers = text.strip().split("_")
        if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
            raise ValueError(
                "Expected a block such as S_4_24_32 (kind_convolutions_growth_out). "
                f"Received: {text.strip()!r}"
            )
        return cls(kind, *map(int, numbers))


@dataclass(frozen=True)
class Genotype:
    """A network of the ESRN family.

    Args:
        blocks: the blocks in order, at least one.
        width: channels of the first features and of the fusion (``G0`` in the paper, 32 there).
        conv: convolution kind of the blocks, a key of ``layers.convolution.CONVOLUTIONS``.
        tail: ``published`` (3x3, shuffle, 3x3 at high resolution) or ``anchor`` (one 3x3 at low
            resolution whose result is added to the repeated input, then one shuffle: faster).
        front: ``plain`` (features at the picture's resolution) or ``unshuffled`` (2x2 pixels become
            channels first, and all blocks work at half the resolution: twice the radius and four
            times the weights at equal operations; needs the anchor tail, and no contextual block).
        activation: in the blocks, ``relu``, ``silu`` or ``prelu`` (a slope for each channel); only
            ``relu`` for convolution kinds that have one of their own.
        skeleton: ``dense`` (two 3x3 convolutions before the blocks; behind them a 1x1 over all
            blocks' outputs and a 3x3) or ``plain`` (one before, and a 1x1 over the last block's
            output: SRResNet's).
    """

    blocks: tuple[Block, ...]
    width: int = 32
    conv: str = "conv"
    tail: str = "published"
    front: str = "plain"
    activation: str = "relu"
    skeleton: str = "dense"

    def __post_init__(self):
        if not self.blocks:
            raise ValueError("Expected at least one block. Received: an empty genotype")
        if len(self.blocks) > MOST_BLOCKS:
            raise ValueError(f"Expected at most {MOST_BLOCKS} blocks. Received: {len(self.blocks)}")
        if not 4 <= self.width <= 1024 or self.width % 4:
            raise ValueError(
                f"Expected width to be a multiple of 4 from 4 to 1024. Received: {self.width}"
            )
        if self.conv != "binary" and (odd := [b for b in self.blocks if b.growth % 4]):
            raise ValueError(
                "Expected growth to be a multiple of 4 where convolutions are not binary. "
                f"Received: {odd[0].growth} in {odd[0]}"
            )
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                raise ValueError(
                    f"Expected {name} to be one of {', '.join(choices)}. Received: {value!r}"
                )
        if self.front == "unshuffled" and (self.tail != "anchor" or self.halves_inside):
            raise ValueError(
                "Expected the anchor tail and no contextual block behind an unshuffled front. "
                f"Received: tail={self.tail!r}, blocks={self}"
            )

    def __str__(self) -> str:
        return ",".join(map(str, self.blocks))

    @property
    def halves(self) -> bool:
        """Whether something works at half resolution, so that heights and widths must be even."""
        return self.halves_inside or self.front == "unshuffled"

    @property
    def halves_inside(self) -> bool:
        """Whether a block works at half the resolution of the others."""
        return any(block.kind == "C" for block in self.blocks)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        width: int = 32,
        conv: str = "conv",
        tail: str = "published",
        front: str = "plain",
        activation: str = "relu",
        skeleton: str = "dense",
    ) -> Genotype:
        """Comma-separated block strings -> genotype."""
        blocks = tuple(Block.parse(part) for part in text.split(",") if part.strip())
        return cls(blocks, width, conv, tail, front, activation, skeleton)

    def to_json(self) -> dict:
        """A dictionary of JSON types; blocks as strings, `LEFT_OUT` values left out."""
        data = {**asdict(self), "blocks": [str(block) for block in self.blocks]}
        return {name: data[name] for name in data if LEFT_OUT.get(name) != data[name]}

    @classmethod
    def from_json(cls, data: Mapping) -> Genotype:
        """The inverse of `to_json`. Unknown keys and other types are an error."""
        check_keys(data, tuple(field.name for field in fields(cls)), "a genotype")
        blocks = data.get("blocks")
        if not isinstance(blocks, (list, tuple)) or not all(isinstance(b, str) for b in blocks):
            raise ValueError(f"Expected blocks as a list of words. Received: {blocks!r}")
        for name in ("conv", *CHOICES):
            if not isinstance(data.get(name, ""), str):
                raise ValueError(f"Expected {name} as a word. Received: {data[name]!r}")
        check_integer(data.get("width", 32), "width", 4, 1024)
        return cls(**{**data, "blocks": tuple(map(Block.parse, blocks))})


def groups_of(chunks: int) -> int:
    """Groups of a group block's convolution over so many chunks of channels: 1, 2, 2, 4, 4, ..."""
    return min(4, 1 << (chunks.bit_length() - 1))


def check_plain_binary(genotype: Genotype) -> None:
    """ValueError for blocks other than plain ones of binary convolutions."""
    if genotype.conv != "binary" or {block.kind for block in genotype.blocks} != {"P"}:
        raise ValueError(
            f"Expected plain blocks (P) of binary convolutions. Received: {genotype}, "
            f"{genotype.conv}"
        )

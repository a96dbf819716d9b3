import pytest

from sr_app.networks.genotype import EXAMPLE, Block, Genotype


def test_text_and_json_round_trip():
    genotype = Genotype.parse(EXAMPLE, width=48, conv="rep", tail="anchor")
    assert len(genotype.blocks) == 17
    assert str(genotype) == EXAMPLE
    assert Genotype.from_json(genotype.to_json()) == genotype


@pytest.mark.parametrize(
    "text, fault",
    [
        ("X_4_16_16", "'X'"),
        ("S_4_16", "'S_4_16'"),
        ("S_4_16_q", "'S_4_16_q'"),
        ("S_0_16_16", "1 to 32 convolutions"),
        ("S_4_15_16", "growth to be a multiple of 4"),
        ("S_4_16_18", "out to be a multiple of 4"),
        ("P_2_16_18", "out to be a multiple of 4"),
        ("S_4_-8_16", "'S_4_-8_16'"),
    ],
)
def test_faulty_blocks_are_named(text, fault):
    with pytest.raises(ValueError, match=fault):
        Block.parse(text)


def test_faulty_genotypes_are_named():
    with pytest.raises(ValueError, match="at least one block"):
        Genotype.parse(" , ")
    with pytest.raises(ValueError, match="tail to be one of"):
        Genotype.parse("S_4_16_16", tail="bushy")
    with pytest.raises(ValueError, match="front to be one of"):
        Genotype.parse("S_4_16_16", front="folded")
    with pytest.raises(ValueError, match="unshuffled front"):
        Genotype.parse("C_4_16_16", tail="anchor", front="unshuffled")
    with pytest.raises(ValueError, match="unshuffled front"):
        Genotype.parse("P_2_16_16", front="unshuffled")
    with pytest.raises(ValueError, match="where convolutions are not binary. Received: 15 in P_2"):
        Genotype.parse("P_2_15_16", conv="ghost")
    with pytest.raises(ValueError, match="blokcs"):
        Genotype.from_json({"blokcs": ["S_4_16_16"]})


def test_plain_blocks_of_binary_convolutions_may_have_any_growth():
    genotype = Genotype.parse("P_2_15_16", conv="binary")
    assert Genotype.from_json(genotype.to_json()) == genotype
    assert genotype.blocks[0].growth == 15


def test_only_contextual_blocks_halve():
    assert Genotype.parse("S_4_16_16,C_4_16_16").halves
    assert not Genotype.parse("S_4_16_16,G_4_16_16,P_2_16_16").halves


@pytest.mark.parametrize(
    "words", [{"front": "unshuffled"}, {"activation": "silu"}, {"skeleton": "plain"}]
)
def test_later_words_are_written_only_where_they_say_something(words):
    (name,) = words
    assert name not in Genotype.parse("P_2_16_16", tail="anchor").to_json()
    genotype = Genotype.parse("P_2_16_16", tail="anchor", **words)
    assert Genotype.from_json(genotype.to_json()) == genotype
    assert genotype.halves == (name == "front")

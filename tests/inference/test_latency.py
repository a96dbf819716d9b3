import pytest

from sr_app.inference import latency
from sr_app.networks.genotype import Genotype


def test_a_network_with_more_to_do_takes_longer(random_network, monkeypatch):
    """Forty times the multiply-adds: no load on the machine turns that round."""
    monkeypatch.setattr(latency, "SIDE", 64)
    times = []
    for blocks in ("P_1_8_8", "P_4_96_96"):
        genotype = Genotype.parse(blocks, width=8, conv="conv", tail="anchor")
        model = random_network(blocks, 2, conv="conv")
        times.append(latency.graph_milliseconds(model, genotype, 2, rounds=3))
    assert 0 < times[0] < times[1]


def test_no_graph_no_latency(random_network):
    genotype = Genotype.parse("P_2_8_8", width=8, conv="adder", tail="anchor")
    with pytest.raises(ValueError, match="runtime keras"):
        latency.graph_milliseconds(random_network("P_2_8_8", 2, conv="adder"), genotype, 2)

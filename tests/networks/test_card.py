"""Cards from strangers: one line for whatever is wrong, and no file outside their folder."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.networks.card import RULES, Card, depth, parse_card, shown
from sr_app.networks.genotype import Genotype
from sr_app.networks.imported import ImportedGraph
from sr_app.networks.presets import digest, list_presets, read_card, search_path

STRANGE = [None, True, False, 0, -1, 2, 1e9, 1e400, float("nan"), 10**40, "", "2", "../../x"]
STRANGE += ["/etc/shadow", "a\x1b[31mb", "x" * 20_000, [], [1], ["a"], {}, {"a": 1}, {"": [{}]}]
MUTATIONS = 300
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shipped() -> list[dict]:
    cards = [path for root in search_path() for path in sorted(root.glob("*/card.json"))]
    return [json.loads(path.read_text(encoding="utf-8")) for path in cards]


def mutated(data: dict, rng: random.Random) -> dict:
    """A copy with one to three places changed, removed, added or renamed, at any depth."""
    data = copy.deepcopy(data)
    for _ in range(rng.randint(1, 3)):
        place = data
        while True:
            key = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if isinstance(place[key], (dict, list)) and place[key] and rng.random() < 0.6:
                place = place[key]
            else:
                break
        way = rng.random()
        if way < 0.7:
            place[key] = copy.deepcopy(rng.choice(STRANGE))
        elif way < 0.85 and len(place) > 1:
            del place[key]
        elif isinstance(place, dict):
            name = rng.choice(["colour", "genotype", "network", "\x1b]0;x\x07", ""])
            place[name] = copy.deepcopy(rng.choice(STRANGE))
    return data


def test_a_mutated_card_is_read_or_refused_in_one_line(shipped, tmp_path):
    """300 seeded mutations; whatever is read can be shown and written again."""
    from sr_app.cli.preset_list import as_table

    rng, refused = random.Random(0), 0
    for _ in range(MUTATIONS):
        text = json.dumps(mutated(rng.choice(shipped), rng))
        try:
            card = parse_card(text, tmp_path)
        except ValueError as error:
            refused += 1
            assert "\n" not in str(error) and str(error).isprintable(), repr(str(error))
            continue
        assert parse_card(json.dumps(card.to_json()), tmp_path) == card or "NaN" in text
        as_table([card])
    assert MUTATIONS / 3 < refused < MUTATIONS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scale": "2"}, "Expected scale as an integer from 1 to 16. Received: '2'"),
        ({"scale": 5}, "Expected a scale among 2, 3, 4, 8. Received: 5"),
        ({"sha256": 5}, "Expected sha256 as a table of file names"),
        ({"sha256": {"model.onnx": "12"}}, "64 hexadecimal digits"),
        ({"multiple_of": 0}, "Expected multiple_of as an integer from 1 to 256. Received: 0"),
        ({"border": -8}, "Expected border as an integer from 0 to 256. Received: -8"),
        ({"receptive_radius": 1e9}, "Expected receptive_radius as an integer from 0 to 1024"),
        ({"receptive_radius": True}, "Received: True"),
        ({"receptive_radius": -1}, "from 0 to 1024, or null. Received: -1"),
        ({"receptive_radius": 3}, "or more: so far do the convolutions of its network reach"),
        (
            {"network": {"blocks": ["C_1_8_8"]}, "receptive_radius": 99, "multiple_of": 1},
            "multiple_of as a multiple of 2",
        ),
        ({"graph": "/etc/shadow"}, "Expected graph as a file's name in the card's own folder"),
        ({"graph": "../x.onnx"}, "own folder, or null. Received: '../x.onnx'"),
        ({"weights": "a\\b"}, "Expected weights as a file's name"),
        ({"name": "../../x"}, "Expected name as a name without slashes"),
        ({"name": "a\x1b[2J"}, r"control characters. Received: 'a\\x1b\[2J'"),
        ({"results": {"Set5": 5}}, "Expected results as a table"),
        ({"results": {"Set5": {"psnr": "38"}}}, "Expected results as a table"),
        ({"training": []}, "Expected training as a table"),
        ({"title": None}, "Expected title as text"),
        ({"purposes": "fast"}, "keys of a card. Received: 'purposes'. Did you mean purpose?"),
        ({"network": {"family": "esrm"}}, "family among esrn, graph"),
        ({"network": {"blocks": "P_2_8_8"}}, "blocks as a list of words"),
        ({"network": {"blocks": ["P_2_8_8"], "conv": {}}}, "conv as a word"),
        ({"network": {"blocks": ["P_2_8_8"], "width": "8"}}, "width as an integer"),
        ({"network": {"blocks": ["P_2_8_8"] * 300}}, "at most 256 blocks"),
    ],
)
def test_a_faulty_value_is_named(shipped, change, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        parse_card(json.dumps({**shipped[0], **change}), tmp_path)


def test_what_is_no_card_is_said_in_a_line(shipped, tmp_path):
    deep = "[" * 100_000 + "]" * 100_000
    nested = json.dumps(shipped[0])[:-1] + ', "training": ' + "[" * 40 + "]" * 40 + "}"
    for text in ("", "[]", "null", "{", deep, nested, '{"name": "a"}'):
        with pytest.raises(ValueError) as caught:
            parse_card(text, tmp_path)
        assert len(str(caught.value)) < 300
    assert depth(json.loads(nested.replace("[" * 40 + "]" * 40, "{}"))) < 10


@pytest.mark.parametrize(
    ("border", "multiple", "radius", "expected"),
    [(0, 1, None, 0), (8, 1, 14, 8), (8, 1, 5, 5), (8, 2, 5, 4), (7, 4, 50, 4), (3, 4, 50, 0)],
)
def test_surroundings_are_as_far_as_the_network_sees(border, multiple, radius, expected):
    network = Genotype.parse("P_2_8_8", tail="anchor")
    options = {"border": border, "multiple_of": multiple, "receptive_radius": radius}
    card = Card("a_x2", "", "", 2, network, **options)
    assert card.surroundings() == expected
    assert card.to_json().get("border", 0) == border
    assert replace(card, network=ImportedGraph(8, side=64)).surroundings() == 0


def test_an_old_card_is_of_the_family_esrn(shipped, tmp_path):
    data = copy.deepcopy(shipped[0])
    network = data.pop("network")
    del network["family"]
    old = parse_card(json.dumps({**data, "genotype": network}), tmp_path)
    assert old == parse_card(json.dumps({**data, "network": network}), tmp_path)
    assert isinstance(old.genotype, Genotype)
    assert old.to_json()["network"]["family"] == "esrn"


def test_every_shipped_card_is_written_as_it_is_read(shipped, tmp_path):
    assert len(shipped) > 10
    for data in shipped:
        assert data.items() <= parse_card(json.dumps(data), tmp_path).to_json().items()
        assert set(data) <= {*RULES, "network"}


def test_every_shipped_card_is_complete(shipped):
    """A figure is measured or null; nothing is left out."""
    for card in shipped:
        training, name = card["training"], card["name"]
        sources = [entry["set"] for entry in training["attribution"]]
        assert sources and len(sources) == len(set(sources)), name
        assert training["data"] and training["data_description"] and training["hardware"], name
        assert {"Set5", "Set14", "Kodak24"} <= set(card["results"]), name
        for data in ("Set5", "Set14", "Kodak24"):
            keys = {"protocol", *("psnr", "ssim"), *("psnr_unrounded", "ssim_unrounded")}
            assert keys <= set(card["results"][data]), f"{name}: {data}"
        assert set(card["timing"]) == {"milliseconds", "hardware"}, name
        assert (card["timing"]["milliseconds"] is None) == (card["timing"]["hardware"] is None)
        assert card["licence"] and "not evidence" in card["limits"], name
        assert set(card["sha256"]) == {card["weights"], card["graph"]}, name
        folder = REPOSITORY / "models" / name
        assert all(digest(folder / file) == sha for file, sha in card["sha256"].items()), name


def test_a_card_in_memory_opens_no_file_outside_its_folder(tmp_path):
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "a_x2"
    folder.mkdir()
    card = Card("a_x2", "", "", 2, Genotype.parse("P_1_8_8"), folder=folder)
    for name in ("../secret", str(tmp_path / "secret"), "..", None):
        with pytest.raises(ValueError, match="has no file"):
            replace(card, graph=name).file(name)


def test_a_bad_card_does_not_hide_the_others(tmp_path, monkeypatch, shipped):
    monkeypatch.setenv("SR_APP_MODELS", str(tmp_path))
    for name, text in (("bad_x2", '{"name": "\x1b[2J"'), ("worse_x2", "5")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.json").write_text(text)
    with pytest.warns(UserWarning, match="bad_x2.*left out") as warned:
        cards = list_presets()
    said = [str(one.message) for one in warned if "left out" in str(one.message)]
    assert len(cards) == len(shipped) and len(said) == 2  # others may be of what ran before
    with pytest.raises(ValueError, match="Cannot read the card .*worse_x2"):
        read_card("worse_x2")


def test_a_huge_card_is_not_read(tmp_path):
    path = tmp_path / "card.json"
    with path.open("wb") as file:
        file.truncate(1 << 33)
    with pytest.raises(ValueError, match="at most 4194304 bytes. Received: 8589934592"):
        read_card(tmp_path)


def test_values_in_messages_are_short_and_harmless():
    assert shown("\x1b[2J\n") == "'\\x1b[2J\\n'"
    assert len(shown("x" * 1000)) == 60 and shown(float("nan")) == "nan"

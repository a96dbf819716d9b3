"""A preset's web folder: what lies in it, and the scripts of its page."""

from __future__ import annotations

import hashlib
import json
import random
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.inference import tiles
from sr_app.networks.presets import read_card
from sr_app.serving import web_folder, web_runtime
from sr_app.serving.web_folder import HERE, describe, element, modules, page, write_web_folder
from tests.inference import random_presets
from tests.serving.test_page_scripts import node

SCRIPTS = sorted((HERE / "web").glob("*.js"))


@pytest.fixture
def ort(tmp_path, monkeypatch) -> Path:
    """Files that stand for the runtime's."""
    folder = tmp_path / "ort"
    folder.mkdir()
    digests = {}
    for name in web_runtime.SHA256:
        (folder / name).write_text(name)
        digests[name] = hashlib.sha256(name.encode()).hexdigest()
    monkeypatch.setattr(web_runtime, "SHA256", digests)
    return folder


@pytest.fixture
def twin(tmp_path_factory, monkeypatch):
    """The card of a preset with random weights that has a vivid twin."""
    base = tmp_path_factory.getbasetemp()
    folders = random_presets.vivid_folder(base), random_presets.models_folder(base)
    monkeypatch.setenv("SR_APP_MODELS", ":".join(map(str, folders)))
    return read_card("esrn_x2")


def test_the_folder_has_both_ends_and_everything_that_it_names(twin, ort, tmp_path) -> None:
    target = tmp_path / "new" / "site"
    cards = write_web_folder(twin, target, ort=ort)
    assert [card.name for card in cards] == ["esrn_x2", "esrn_x2_vivid"]
    network = json.loads((target / "network.json").read_text())
    for card, end in zip(cards, network["ends"], strict=True):
        assert (target / end["graph"]).read_bytes() == (card.folder / card.graph).read_bytes()
    html = (target / "index.html").read_text()
    for name in re.findall(r'(?:href|src)="([\w./]+)"', html):
        assert (target / name).is_file(), name
    for path in target.rglob("*.js"):
        for name in re.findall(r"from '(\.[\w./]+)'", path.read_text("utf-8")):
            assert (path.parent / name).is_file(), f"{path.name}: {name}"
    trial = network["trial"]
    assert trial["side"] == 32 and [len(levels) for levels in trial["levels"]] == [64, 64]
    assert trial["levels"][0] != trial["levels"][1] and len(set(trial["levels"][0])) > 8
    assert {path.name for path in (target / "runtime").iterdir()} == set(web_runtime.SHA256)
    licences = (target / "LICENCES.txt").read_text()
    assert "Microsoft" in licences and "esrn_x2_vivid: Apache-2.0" in licences


def test_an_earlier_folder_is_replaced_and_another_one_refused(twin, ort, tmp_path) -> None:
    target = tmp_path / "site"
    write_web_folder(twin, target, ort=ort)
    (target / "left.txt").write_text("of an earlier version")
    write_web_folder(twin, target, ort=ort)
    assert not (target / "left.txt").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "network.json").write_text("{}")
    with pytest.raises(ValueError, match="which holds files"):
        write_web_folder(twin, mine, ort=ort)
    with pytest.raises(ValueError, match="Received: a file"):
        write_web_folder(twin, mine / "network.json", ort=ort)
    assert [path.name for path in mine.iterdir()] == ["network.json"]


def test_a_failure_leaves_nothing_and_the_earlier_folder(twin, ort, tmp_path, monkeypatch) -> None:
    target = tmp_path / "sites" / "site"
    with pytest.raises(ValueError, match="is missing"):
        write_web_folder(twin, target, ort=tmp_path)
    assert not target.parent.exists()
    write_web_folder(twin, target, ort=ort)
    monkeypatch.setattr(web_folder, "fill", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_web_folder(twin, target, ort=ort)
    assert list(target.parent.iterdir()) == [target] and (target / "index.html").is_file()


def test_a_preset_that_has_no_onnx_graph_is_refused(twin, ort, tmp_path) -> None:
    with pytest.raises(ValueError, match="Expected a preset with an ONNX graph"):
        write_web_folder(replace(twin, graph=None), tmp_path / "site", ort=ort)
    assert not (tmp_path / "site").exists()


def test_networks_are_cut_alike_by_what_both_need() -> None:
    cards = tuple(map(read_card, ("esrn_x4", "esrn_x4_vivid")))
    told = describe(cards, ("a", "b"))
    assert told["overlap"] == max(card.receptive_radius for card in cards)
    assert [end["name"] for end in told["ends"]] == ["esrn_x4", "esrn_x4_vivid"]
    assert "most" not in told
    fussy = replace(cards[1], multiple_of=2, border=7)
    told = describe((cards[0], fussy), ("a", "b"))
    assert [end["border"] for end in told["ends"]] == [0, 6]
    assert [told["multiple"], *(end["multiple"] for end in told["ends"])] == [2, 1, 2]


def test_the_page_has_the_application_s_viewer_and_names_no_other_place() -> None:
    html = page()
    for part in ('class="divider"', 'class="blend"', 'class="brush"', 'class="heat"'):
        assert html.count(part) == 1
    assert web_folder.VIEWER not in html
    assert html.count("<div") == html.count("</div>")
    assert "http:" not in re.sub(r"http://localhost:8000/", "", html) and "https:" not in html


def test_an_element_ends_where_it_is_closed() -> None:
    assert element('<p><div id="a"><div>x</div></div><div>y</div>', '<div id="a"') == (
        '<div id="a"><div>x</div></div>'
    )
    with pytest.raises(ValueError, match="no end"):
        element("<div><div></div>", "<div")


def test_every_script_is_taken_and_none_asks_for_parts_that_the_page_lacks() -> None:
    taken = modules()
    assert {f"web/{path.name}" for path in SCRIPTS} <= set(taken)
    assert "page/main.js" not in taken
    text = "".join((HERE / name).read_text("utf-8") for name in taken)
    html = page()
    ids = set(re.findall(r'id="([\w-]+)"', html))
    asked = set(re.findall(r"(?:find|querySelector|say|on)\('#([\w-]+)", text))
    assert len(asked) > 12 and asked <= ids
    acts = set(re.findall(r"\[data-act=(\w+)\]", text))
    assert acts and acts <= set(re.findall(r'data-act="(\w+)"', html))


def test_the_browser_cuts_a_picture_as_the_command_line_does() -> None:
    rng = random.Random(5)
    cases = []
    for _ in range(300):
        multiple, overlap = rng.choice((1, 2, 3)), rng.randrange(40)
        height, width = (rng.randrange(1, 700) for _ in range(2))
        cases.append((height, width, rng.randrange(16, 300), overlap, multiple, None))
        side = 6 * rng.randrange(4, 50)  # of a graph of one size, its tiles'
        cases.append((height, width, side, rng.randrange(side // 4 - 3), multiple, side))
    cut = [
        tiles.plan(
            tiles.round_up(height, multiple),
            tiles.round_up(width, multiple),
            tile=tile,
            overlap=overlap,
            multiple=multiple,
            full=bool(most),
        )
        for height, width, tile, overlap, multiple, most in cases
    ]
    spans = [
        [[s.start, s.stop, s.keep_start, s.keep_stop] for t in band for s in (t.rows, t.columns)]
        for band in (sum(layout.bands(), ()) for layout in cut)
    ]
    script = f"""
        import {{ plan }} from '{(HERE / "web" / "tiles.js").as_uri()}';
        const spans = {json.dumps(cases)}.map(([height, width, tile, overlap, multiple, most]) =>
          plan(height, width, {{ tile, overlap, multiple, most: most ?? Infinity }})
          .flatMap(({{ rows, columns }}) => [rows, columns].map(
            (s) => [s.start, s.stop, s.from, s.to])));
        console.log(JSON.stringify(spans));
    """
    assert told_by_node(script) == spans


def test_the_browser_shows_a_network_of_a_tile_what_the_command_line_does() -> None:
    rng, cases, expected = random.Random(6), [], []
    for _ in range(100):
        size = tuple(rng.randrange(1, 300) for _ in range(2))
        multiple, border = rng.choice((1, 2, 3)), 6 * rng.randrange(3)
        height, width = (tiles.round_up(side, 6) for side in size)
        layout = tiles.plan(height, width, tile=60, overlap=20, multiple=6)
        cases.append((*size, multiple, border))
        seen = [tile.seen(size, multiple, border) for tile in sum(layout.bands(), ())]
        expected.append([[s.start, s.stop] for t in seen for s in (t.rows, t.columns)])
    script = f"""
        import {{ plan, within }} from '{(HERE / "web" / "tiles.js").as_uri()}';
        const spans = {json.dumps(cases)}.map(([height, width, multiple, border]) =>
          plan(height, width, {{ tile: 60, overlap: 20, multiple: 6 }})
          .map((tile) => within(tile, {{ height, width }}, {{ multiple, border }}))
          .flatMap(({{ rows, columns }}) => [rows, columns].map((s) => [s.start, s.stop])));
        console.log(JSON.stringify(spans));
    """
    assert told_by_node(script) == expected


def told_by_node(script: str) -> object:
    command = [node(), "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)

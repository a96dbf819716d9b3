"""A preset of which there is a graph alone is as good as any to whoever enlarges photos."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from sr_app.networks.families import describe
from sr_app.networks.imported import ImportedFamily, ImportedGraph
from sr_app.networks.presets import find_folder, list_presets, load_preset, read_card


@pytest.fixture
def imported(tmp_path, monkeypatch):
    """A graph of this project's with a card that knows nothing of its inside."""
    folder = shutil.copytree(find_folder("esrn_x2"), tmp_path / "presets" / "other_x2")
    data = json.loads((folder / "card.json").read_text())
    (folder / data["weights"]).unlink()
    data.update(name="other_x2", network={"family": "graph"}, weights=None)
    (folder / "card.json").write_text(json.dumps(data))
    monkeypatch.setenv("SR_APP_MODELS", str(folder.parent))
    return folder


def test_it_enlarges_and_is_listed(imported):
    from sr_app.inference.upscaler import Upscaler

    assert "other_x2" in [card.name for card in list_presets()]
    picture = np.random.default_rng(0).random((40, 31, 3), np.float32)
    expected = Upscaler.from_preset("esrn_x2")(picture)
    np.testing.assert_array_equal(Upscaler.from_preset("other_x2")(picture), expected)


def test_it_has_no_keras_weights_and_no_genotype(imported):
    with pytest.raises(ValueError, match="other_x2 has no Keras weights: its network was made"):
        load_preset("other_x2")
    with pytest.raises(ValueError, match="of the family esrn. Received: other_x2.*graph"):
        _ = read_card("other_x2").genotype


def test_weights_beside_a_graph_alone_are_refused(imported):
    data = json.loads((imported / "card.json").read_text())
    (imported / "card.json").write_text(json.dumps({**data, "weights": "model.weights.h5"}))
    with pytest.raises(ValueError, match="Expected no weights beside a graph alone"):
        read_card("other_x2")


def test_memory_grows_with_its_channels():
    family = ImportedFamily()
    narrow, wide = ImportedGraph(32), ImportedGraph(64)
    assert family.held_channels(wide, 4) > 1.9 * family.held_channels(narrow, 4)
    assert describe(wide) == {"family": "graph", "channels": 64}
    with pytest.raises(ValueError, match="channels as an integer from 1 to 4096. Received: 0"):
        ImportedGraph(0)


def test_the_verbs_work_with_it(imported, tmp_path):
    """Listed, counted as far as its card knows, checked, measured and enlarged with."""
    import skimage.data
    from typer.testing import CliRunner

    from sr_app.cli.main import app
    from sr_app.image.files import Photo, write_photo
    from sr_app.jobs.doctor import preset_states

    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    photos = tmp_path / "photos"
    photos.mkdir()
    cat = (skimage.data.chelsea()[:64, :80] / 255).astype("float32")
    write_photo(Photo(rgb=cat), photos / "cat.png")
    assert "other_x2" in run("presets", "--json")
    report = json.loads(run("inspect", "other_x2", "--latency", "--json"))
    assert report["family"] == "graph" and report["multiple_of"] == 1 and report["latency_ms"] > 0
    assert "family graph" in run("inspect", "other_x2")
    assert preset_states()["other_x2"] == "ok"
    assert "cat" in run("evaluate", photos, "--preset", "other_x2", "--scale", "2")
    run("upscale", photos / "cat.png", tmp_path / "large.png", "--preset", "other_x2")
    assert (tmp_path / "large.png").is_file()

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.files.replacement import machine_mark
from sr_app.jobs.run_folder import begun, keep_recipe
from sr_app.recipes.schema import read_recipe

TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    return read_recipe(str(tmp_path / "tiny.toml"))


def test_a_run_of_another_recipe_is_refused(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    keep_recipe(recipe, tmp_path / "run")
    other = recipe.model_copy(update={"title": "Other"})
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(other, tmp_path / "run")
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["title"] == "Tiny"


def test_a_run_from_before_a_key_was_known_goes_on(recipe, tmp_path):
    keep_recipe(recipe, tmp_path / "run")
    path = tmp_path / "run" / "recipe.json"
    older = json.loads(path.read_text())
    del older["stages"][0]["training"]["devices"]
    path.write_text(json.dumps(older))
    keep_recipe(recipe, tmp_path / "run")
    path.write_text("{}")
    with pytest.raises(ValueError, match="another recipe"):
        keep_recipe(recipe, tmp_path / "run")


def test_what_is_refused_leaves_nothing_behind(recipe, tmp_path):
    folder = tmp_path / "runs" / "tiny"
    with pytest.raises(ValueError, match="no pictures"), begun(recipe, folder):
        assert (folder / "recipe.json").is_file()
        (folder / "first").mkdir()
        (folder / "first" / "curve.csv").write_text("step,loss")
        raise ValueError("no pictures")
    assert not (tmp_path / "runs").exists()


def test_what_has_state_stays(recipe, tmp_path):
    folder = tmp_path / "runs" / "tiny"
    with pytest.raises(FloatingPointError), begun(recipe, folder):
        (folder / "last.weights.h5").write_text("state")
        raise FloatingPointError("diverged")
    assert (folder / "recipe.json").is_file()
    (folder / "last.weights.h5").unlink()
    with pytest.raises(ValueError), begun(recipe, folder):
        raise ValueError("an error of a run that was there before")
    assert (folder / "recipe.json").is_file()


def test_one_process_at_a_time_has_a_run(recipe, tmp_path):
    folder = tmp_path / "runs" / "one"
    code = (
        "import sys; from pathlib import Path; from sr_app.files.lock import appending_alone\n"
        f"with appending_alone(Path({str(folder / '.running')!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    folder.mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(ValueError, match="another process"), begun(recipe, folder):
            pass
        assert not (folder / "recipe.json").exists()
        other.stdin.close()
    half = folder / "first" / f".writing.{machine_mark()}.{2**22 + 1}.01234567.final.weights.h5"
    half.parent.mkdir()
    half.touch()  # of a killed process, where the next one may write nothing
    with begun(recipe, folder):
        assert (folder / "recipe.json").is_file()
    assert {path.name for path in folder.rglob("*")} == {"recipe.json", "first"}

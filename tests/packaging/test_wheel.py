"""The built wheel in an empty environment, used from another folder as a stranger would."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from itertools import takewhile
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

from sr_app.cli.main import VERBS
from sr_app.image.files import Photo, read_header, write_photo

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = ("sr_app", "models", "pyproject.toml", "README.md", "LICENSE")
PIP = ("-m", "pip", "--disable-pip-version-check")
BIN = "Scripts" if os.name == "nt" else "bin"
NEEDS_PAGE = 'this needs the page extra (gradio is not installed): pip install "sr-app[page]"'
NEEDS_TRAIN = 'this needs the train extra (keras is not installed): pip install "sr-app[train]"'


def clean_environment() -> dict[str, str]:
    """This process' variables without those by which Python would find the checkout."""
    unwanted = ("PYTHONPATH", "SR_APP_MODELS", "KERAS_BACKEND", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if key not in unwanted}


def call(*command: object, cwd: Path | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, so that nothing of a build is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for source in (REPOSITORY / name for name in SOURCES):
        if source.is_dir():
            shutil.copytree(source, folder / "src" / source.name, ignore=ignored)
        else:
            shutil.copy(source, folder / "src")
    command = (sys.executable, *PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", folder)
    built = call(*command, folder / "src")
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    return install(str(wheel), tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def installed_page(wheel, tmp_path_factory) -> Path:
    return install(f"{wheel}[page]", tmp_path_factory.mktemp("page"))


def install(wanted: str, folder: Path) -> Path:
    """The scripts' folder of a fresh environment with the wheel and what it asks for."""
    venv.create(folder, with_pip=True)
    command = (folder / BIN / "python", *PIP, "install", "--quiet", "--no-compile", wanted)
    done = call(*command)
    if done.returncode and any(words in done.stderr for words in UNREACHABLE):
        pytest.skip(f"no package registry answers: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return folder / BIN


# A registry that answers has NumPy: of another package, that nothing matches is a fault of ours.
UNREACHABLE = ("No matching distribution found for numpy", "connection", "Connection", "timed out")


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A folder of two small pictures, far from the checkout."""
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        write_photo(Photo(rgb=rng.random((48, 60, 3)).astype(np.float32)), tmp_path / f"{name}.png")
    return tmp_path


def test_the_wheel_holds_what_people_need(wheel) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {path.parent.name for path in (REPOSITORY / "models").glob("*/card.json")}
    for preset in shipped:
        files = {name.rpartition("/")[2] for name in names if f"sr_app/models/{preset}/" in name}
        assert {"card.json", "model.onnx"} < files
    for name in ("py.typed", "serving/page/style.css", "recipes/esrn_x2.toml"):
        assert f"sr_app/{name}" in names
    assert not any(name.startswith(("tests/", "benchmarks/", "build/")) for name in names)


def test_nothing_is_broken_and_nothing_heavy_is_there(installed) -> None:
    assert call(installed / "python", *PIP, "check").returncode == 0
    listed = json.loads(call(installed / "python", *PIP, "list", "--format=json").stdout)
    names = {package["name"].lower() for package in listed}
    assert "onnxruntime" in names
    assert not names & {
        "tensorflow",
        "keras",
        "gradio",
        "matplotlib",
        "tensorboard",
        "scikit-image",
    }


def test_a_photo_is_enlarged_and_a_folder_is_scored(installed, elsewhere) -> None:
    app = installed / "sr-app"
    done = call(app, "upscale", "a.png", "a_x4.png", "--scale", "4", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    header = read_header(elsewhere / "a_x4.png")
    assert (header.height, header.width) == (192, 240)
    (elsewhere / "a_x4.png").unlink()
    command = ("evaluate", ".", "--preset", "esrn_x2", "--scale", "2", "--json", "scores.json")
    assert call(app, *command, cwd=elsewhere).returncode == 0
    assert 5 < json.loads((elsewhere / "scores.json").read_text())["mean"]["psnr"] < 50


def test_presets_are_those_of_the_wheel(installed, elsewhere) -> None:
    done = call(installed / "sr-app", "presets", "--json", cwd=elsewhere)
    cards = json.loads(done.stdout)
    home = Path(sysconfig.get_path("purelib", vars={"base": str(installed.parent)}))
    assert {card["name"] for card in cards} >= {"esrn_x2", "esrn_x3", "esrn_x4"}
    assert all(Path(card["folder"]).is_relative_to(home.resolve()) for card in cards)
    assert call(installed / "sr-app", "doctor", cwd=elsewhere).returncode == 0


def test_python_has_its_names_and_says_which_extra_others_need(installed, elsewhere) -> None:
    code = (
        "from sr_app import imresize, read_photo, upscale\n"
        "photo = upscale('a.png', scale=2)\n"
        "print(photo.rgb.shape)\n"
        "from sr_app import load_preset\n"
        "load_preset('esrn_x2')\n"
    )
    done = call(installed / "python", "-c", code, cwd=elsewhere)
    assert done.stdout == "(96, 120, 3)\n"
    assert done.stderr.splitlines()[-1].endswith(NEEDS_TRAIN)


def test_the_page_is_served_from_another_folder(installed_page, elsewhere) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = (installed_page / "sr-app", "demo", "--port", str(port))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    page = subprocess.Popen(app, cwd=elsewhere, env=clean_environment(), **pipes)
    try:
        said = list(takewhile(lambda line: not line.startswith("Ready: "), page.stdout))
        assert page.poll() is None, "".join(said)
        with urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            assert answer.status == 200 and b"sr_app" in answer.read()
    finally:
        page.terminate()
        page.communicate(timeout=60)
    assert page.returncode == 0


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_tells_its_help_without_its_extra(installed, elsewhere, verb) -> None:
    done = call(installed / "sr-app", verb, "--help", cwd=elsewhere)
    assert (done.returncode, done.stderr) == (0, "") and f"sr-app {verb}" in done.stdout


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("demo", "--port", "7999"), NEEDS_PAGE),
        (("train", "esrn_x2"), NEEDS_TRAIN),
        (("compress", "esrn_x2", "--conv", "ghost", "--out", "small"), NEEDS_TRAIN),
    ],
)
def test_a_verb_says_in_one_line_which_extra_it_needs(installed, elsewhere, command, line) -> None:
    before = set(elsewhere.iterdir())
    done = call(installed / "sr-app", *command, cwd=elsewhere)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"sr-app: {line}\n")
    assert set(elsewhere.iterdir()) == before

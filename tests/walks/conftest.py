"""The page, served by the command line, and a browser that uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.inference import random_presets
from tests.walks import browser
from tests.walks.browser import Page


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """Small presets with random weights: the walk is about the way, not about the picture."""
    models = random_presets.models_folder(tmp_path_factory.getbasetemp())
    repository = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "SR_APP_MODELS": str(models), "PYTHONPATH": repository}


@pytest.fixture(scope="module")
def with_twins(tmp_path_factory) -> dict[str, str]:
    """The same; those of 2x and 4x have vivid twins."""
    base = tmp_path_factory.getbasetemp()
    folders = random_presets.vivid_folder(base), random_presets.models_folder(base)
    repository = str(Path(__file__).resolve().parents[2])
    models = os.pathsep.join(map(str, folders))
    return {**os.environ, "SR_APP_MODELS": models, "PYTHONPATH": repository}


@pytest.fixture(scope="module")
def program() -> list[str]:
    """How Python is told to be the command line."""
    return browser.PROGRAM


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    """Where the page's server has its folder."""
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="module")
def site(environment, program, private, tmp_path_factory) -> Iterator[str]:
    """The page's address, served by the command line; at the end nothing may be left."""
    environment, elsewhere = (
        {**environment, "TMPDIR": str(private)},
        tmp_path_factory.mktemp("else"),
    )
    with browser.served(environment, elsewhere, program) as address:
        yield address
    assert not list(private.glob("sr-app-page-*")), "photos were left behind"


@pytest.fixture(scope="module")
def driver(tmp_path_factory) -> Iterator:
    """A headless Chromium that downloads into a folder of its own; skip where there is none."""
    if not browser.is_installed():
        pytest.skip("no chromium with chromedriver on this machine")
    driver = browser.start(tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("downloads"))
    yield driver
    driver.quit()


@pytest.fixture
def page(driver, site, repository) -> Iterator[Page]:
    shots = repository / "artifacts" / "page"
    shots.mkdir(parents=True, exist_ok=True)
    page = Page(driver, site, shots)
    page.width(1280, height=860)
    yield page
    page.shoot("last")


@pytest.fixture
def by_command(environment, tmp_path) -> Callable[..., Path]:
    """Function (photo, suffix, scale, *options) -> the file that the command line writes."""

    def upscale(photo: Path, suffix: str, scale: int, *options: str) -> Path:
        out = tmp_path / f"by_command{suffix}"
        command = [sys.executable, "-m", "sr_app", "upscale", photo, out, "--scale", str(scale)]
        command += options
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return out

    return upscale

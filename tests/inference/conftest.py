"""Small networks with random weights, and presets made of them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from tests.inference import random_presets


@pytest.fixture(scope="session")
def random_network():
    """Function (blocks, scale, ...) -> network; the same one for the same arguments."""
    return cache(random_presets.build)


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory) -> Path:
    """A folder with the presets esrn_x2, esrn_x3 and esrn_x4."""
    return random_presets.models_folder(tmp_path_factory.getbasetemp())


@pytest.fixture
def models(models_folder, monkeypatch) -> Path:
    """The same folder, first on the search path."""
    monkeypatch.setenv("SR_APP_MODELS", str(models_folder))
    return models_folder


@pytest.fixture
def twins(tmp_path_factory, models, monkeypatch) -> Path:
    """The same presets, and vivid twins of esrn_x2 and esrn_x4; the folder of the twins."""
    folder = random_presets.vivid_folder(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SR_APP_MODELS", os.pathsep.join(map(str, (folder, models))))
    return folder

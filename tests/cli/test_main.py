from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from sr_app import __version__
from sr_app.cli import main
from sr_app.cli.main import VERBS, app

if TYPE_CHECKING:
    from tests.cli.conftest import Run

VERB_NAMES = [name for name, *_ in VERBS]
EXAMPLES = [example for _, _, *examples in VERBS for example in examples]
ENDLESS = {"demo", "train", "adapt", "search", "compress"}  # driven by their own tests instead
HEAVY = {"numpy", "cv2", "PIL", "keras", "tensorflow", "jax", "onnxruntime", "gradio"}


def test_help_lists_every_verb(run: Run) -> None:
    lines = [line.strip("│ ").split() for line in run("--help").stdout.splitlines()]
    listed = [words[0] for words in lines if words]
    assert [name for name in listed if name in VERB_NAMES] == VERB_NAMES


@pytest.mark.parametrize("name", VERB_NAMES)
def test_every_help_ends_with_two_commands_of_that_verb(name: str, run: Run) -> None:
    lines = [line.strip() for line in run(name, "--help").stdout.splitlines() if line.strip()]
    assert [line.split()[:2] for line in lines[-2:]] == [["sr-app", name]] * 2
    assert not lines[-3].startswith("sr-app")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(example: str, inputs: Path) -> None:
    program, name, *arguments = shlex.split(example)
    command = typer.main.get_command(app).commands[name]
    command.make_context(name, arguments)  # an unknown option or a bad value raises
    assert program == "sr-app"


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.split()[1] not in ENDLESS])
def test_every_example_runs(example: str, inputs: Path, run: Run) -> None:
    assert run(*shlex.split(example)[1:]).output.strip()


def test_no_verb_is_listed_twice() -> None:
    assert len(set(VERB_NAMES)) == len(VERB_NAMES)


def test_without_a_verb_the_help_is_shown(run: Run) -> None:
    assert "Usage: sr-app" in run(code=2).output


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"sr-app {__version__}\n"


def test_an_unknown_option_is_bad_input(run: Run) -> None:
    assert "--scales" in run("presets", "--scales", "2", code=2).stderr


def test_the_installed_command_is_the_entry_point() -> None:
    (script,) = entry_points(group="console_scripts", name="sr-app")
    assert script.load() is main.run


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sr_app", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"sr-app {__version__}\n"


@pytest.mark.parametrize("name", ["", *VERB_NAMES])
def test_help_loads_no_heavy_library(name: str) -> None:
    """What keeps the start short; its time is measured in benchmarks/."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sr_app", *([name] if name else []), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not HEAVY & loaded

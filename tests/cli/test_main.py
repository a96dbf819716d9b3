from __future__ import annotations

import shlex
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sr_app import __version__
from sr_app.cli import main
from sr_app.cli.main import VERBS, load_verb

if TYPE_CHECKING:
    from tests.cli.conftest import Run

VERB_NAMES = list(VERBS)
EXAMPLES = [example for verb in VERBS.values() for example in verb.examples]
ENDLESS = {"demo", "train", "adapt", "search", "compress"}  # driven by their own tests instead
LIBRARIES = {"numpy", "cv2", "PIL", "pydantic"}
HEAVY = {"keras", "tensorflow", "jax", "onnxruntime", "onnx", "gradio", "matplotlib"}


def test_help_lists_every_verb(run: Run) -> None:
    lines = [line.strip("│ ").split() for line in run("--help").stdout.splitlines()]
    listed = [words[0] for words in lines if words]
    assert [name for name in listed if name in VERB_NAMES] == VERB_NAMES


@pytest.mark.parametrize("name", VERB_NAMES)
def test_every_help_ends_with_two_commands_of_that_verb(name: str, run: Run) -> None:
    lines = [line.strip() for line in run(name, "--help").stdout.splitlines() if line.strip()]
    assert [line.split()[:2] for line in lines[-2:]] == [["sr-app", name]] * 2
    assert not lines[-3].startswith("sr-app")


@pytest.mark.parametrize("name", VERB_NAMES)
def test_no_help_loses_a_word_in_brackets(name: str) -> None:
    """Brackets are markup to what draws the help: a default is told by `show_default`."""
    verb = load_verb(name)
    for command in (verb, *getattr(verb, "commands", {}).values()):
        helps = [parameter.help or "" for parameter in command.params]
        assert not [text for text in (*helps, command.help) if "[" in text]


@pytest.mark.parametrize("name", VERB_NAMES)
def test_paragraphs_of_help_fill_the_width(name: str) -> None:
    command = load_verb(name)
    for each in (command, *getattr(command, "commands", {}).values()):
        assert "\n" not in (each.help or "").replace("\n\n", "")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(example: str, inputs: Path) -> None:
    program, name, *arguments = shlex.split(example)
    command = load_verb(name)
    command.make_context(name, arguments)  # an unknown option or a bad value raises
    assert program == "sr-app"


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.split()[1] not in ENDLESS])
def test_every_example_runs(example: str, inputs: Path, run: Run) -> None:
    assert run(*shlex.split(example)[1:]).output.strip()


@pytest.mark.parametrize("name", VERB_NAMES)
def test_a_line_of_the_table_is_the_first_line_of_the_verb_s_help(name: str) -> None:
    assert load_verb(name).help.split("\n\n")[0].replace("\n", " ") == VERBS[name].help


def test_a_mistyped_verb_is_bad_input_that_names_the_nearest(run: Run) -> None:
    assert "Did you mean 'evaluate'?" in run("evaluat", code=2).stderr


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


def loaded_by(*arguments: str) -> set[str]:
    """Modules that a fresh interpreter has imported after a command."""
    code = "import atexit, sys\nfrom sr_app.cli.main import run\n"
    code += "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\nrun()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_the_table_imports_no_verb_and_no_library() -> None:
    """What keeps the start short; its time is measured in benchmarks/."""
    loaded = loaded_by("--help")
    assert "typer" in loaded and not (LIBRARIES | HEAVY) & loaded
    assert not {f"sr_app.cli.{verb}" for verb in VERBS} & loaded


@pytest.mark.parametrize("name", VERB_NAMES)
def test_help_imports_its_verb_alone_and_no_heavy_library(name: str) -> None:
    loaded = loaded_by(name, "--help")
    homes = {f"sr_app.cli.{verb}" for verb in VERBS}
    assert homes & loaded == {f"sr_app.cli.{name}"}
    assert not HEAVY & loaded


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [["--help"], ["upscale", "--help"], ["presets"]])
def test_what_standard_output_does_not_take_is_one_line(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "sr_app", *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "sr-app: No space left on device\n")

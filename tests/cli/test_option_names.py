"""The command line and Python have the same words for the same things."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import get_type_hints

import pytest

import sr_app

PYTHON_ALONE = {"reporter", "progress", "observe", "limit", "strict"}
"""What a function is called back by, and what only a program would ask for."""

OTHERWISE = {"source": "sources", "out": "target", "settings": "--set"}
"""Of `upscale` what it takes one of, and the usual name of an option that is given many times."""


@pytest.mark.parametrize("verb", ["upscale", "train", "adapt", "compress", "search", "evaluate"])
def test_an_argument_has_the_name_of_its_option(verb) -> None:
    command = getattr(import_module(f"sr_app.cli.{verb}"), verb)
    options = get_type_hints(command, include_extras=True)
    missing = []
    for name in set(inspect.signature(getattr(sr_app, verb)).parameters) - PYTHON_ALONE:
        hint = options.get(name) or options.get(OTHERWISE.get(name, ""))
        written = {f"--{name.replace('_', '-')}", OTHERWISE.get(name)}
        declared = {
            part.strip()
            for known in getattr(hint, "__metadata__", ())
            for text in (known.default, *(known.param_decls or ()))  # typer's first is the default
            if isinstance(text, str)
            for part in text.split("/")
        }
        if hint is None or (declared and not declared & written):
            missing.append(name)
    assert not missing

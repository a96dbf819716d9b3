from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sr_app.cli.device_option import using_device
from sr_app.inference.device import VARIABLE

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_variable_stands_meanwhile_only(monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with using_device("cpu"):
        assert os.environ[VARIABLE] == "cpu"
        with using_device("auto"):
            assert os.environ[VARIABLE] == "cpu"
    assert VARIABLE not in os.environ


@pytest.mark.parametrize("command", ["demo", "evaluate"])
def test_an_unknown_device_is_one_line_with_those_available(run: Run, command: str) -> None:
    result = run(command, "--device", "tpu", code=2)
    assert "Expected a device among auto, cpu" in result.stderr and "'tpu'" in result.stderr
    assert len(result.stderr.splitlines()) == 1

from __future__ import annotations

import os

import pytest

from sr_app.files.quiet import quiet_start, silent_output


def test_native_notices_are_held_back(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_start():
        os.write(2, b"notice\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_notices_are_shown_when_the_start_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError), quiet_start():
        os.write(2, b"no such library\n")
        raise ImportError
    assert capfd.readouterr().err == "no such library\n"
    with pytest.raises(ImportError), quiet_start(shown_on_failure=False):
        os.write(2, b"no news\n")
        raise ImportError
    assert not capfd.readouterr().err


def test_what_native_code_prints_is_dropped_even_on_failure(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError, match="after it"), silent_output():
        os.write(1, b"notice\n")
        raise ValueError("after it")
    os.write(1, b"after\n")
    assert capfd.readouterr().out == "after\n"

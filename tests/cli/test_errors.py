from __future__ import annotations

import errno
import sys
import warnings

import pytest
import typer

from sr_app.cli.errors import BAD_INPUT, TRACEBACK, clear_errors, escaped, one_line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("Expected 2.\n  Received: 3"), "Expected 2. Received: 3"),
        (FileNotFoundError(errno.ENOENT, "No such file", "a b.png"), "a b.png: No such file"),
        (OSError("disk gone"), "disk gone"),
        (
            PermissionError(errno.EACCES, "Denied", "o/.writing.0a1b2c3d.77.4e5f6a7b.mine_x2/a.h5"),
            "o/mine_x2/a.h5: Denied",
        ),
        (ValueError("out/.writing.0a1b2c3d.77.4e5f6a7b.a.png is no file"), "out/a.png is no file"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (
            OSError(errno.ENAMETOOLONG, "File name too long", f"out/{'ä' * 130}.png"),
            f"Expected a shorter name. Received: one of 264 bytes, out/{'ä' * 36}...",
        ),
        (ValueError(), "ValueError"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as exit_info, clear_errors():
        raise error
    assert exit_info.value.exit_code == BAD_INPUT == 2
    assert capsys.readouterr() == ("", f"sr-app: {line}\n")
    assert one_line(error) == line


def test_a_training_that_diverged_is_one_line_and_exit_code_1(capsys) -> None:
    with pytest.raises(typer.Exit) as exit_info, clear_errors():
        raise FloatingPointError("The loss is nan at step 5")
    assert exit_info.value.exit_code == 1
    assert capsys.readouterr() == ("", "sr-app: The loss is nan at step 5\n")


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    with pytest.raises(KeyError), clear_errors():
        raise KeyError("tile")


def test_an_exit_code_chosen_by_the_verb_passes_through() -> None:
    with pytest.raises(typer.Exit) as exit_info, clear_errors():
        raise typer.Exit(3)
    assert exit_info.value.exit_code == 3


def test_a_closed_pipe_is_not_reported_as_bad_input() -> None:
    with pytest.raises(BrokenPipeError), clear_errors():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    with pytest.raises(ValueError, match="deep"), clear_errors():
        raise ValueError("deep")


def test_warnings_of_the_program_are_a_line_and_others_go_their_way(capsys) -> None:
    from sr_app.networks.presets import PresetWarning

    with pytest.warns(UserWarning) as others, clear_errors():
        warnings.warn("a\x1b[31m.json:\n left out", PresetWarning, stacklevel=1)
        warnings.warn("from a library", UserWarning, stacklevel=1)
    assert capsys.readouterr().err == "sr-app: warning: a\\x1b[31m.json: left out\n"
    assert [str(one.message) for one in others] == ["from a library"]


def test_a_line_without_end_is_cut() -> None:
    line = one_line(ValueError("begin " + "x" * 100_000 + " end"))
    assert len(line) < 900 and line.startswith("begin x") and line.endswith("x end")


def test_what_a_terminal_would_act_upon_is_spelled_out() -> None:
    assert escaped("é 猫 a.png\n") == "é 猫 a.png\n"
    assert escaped("\x1b[2J\x9b\u202e") == r"\x1b[2J\x9b\u202e"
    assert (
        one_line(OSError(2, "No such file", "\x1b]0;x\x07.png"))
        == r"\x1b]0;x\x07.png: No such file"
    )


def test_a_missing_extra_is_one_line_and_exit_code_2(capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(typer.Exit) as exit_info, clear_errors():
        import keras.ops  # noqa: F401
    assert exit_info.value.exit_code == BAD_INPUT
    line = (
        'sr-app: this needs the train extra (keras is not installed): pip install "sr-app[train]"'
    )
    assert capsys.readouterr() == ("", f"{line}\n")

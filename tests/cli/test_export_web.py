"""`sr-app export --format web`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sr_app.serving import web_folder

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_what_was_written_is_said_and_how_to_see_it(run: Run, twins, tmp_path, monkeypatch) -> None:
    def write(card, target, *, ort):
        target.mkdir()
        (target / "index.html").write_bytes(bytes(2_000_000))
        assert ort == tmp_path
        return (card, card)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(web_folder, "write_web_folder", write)
    result = run("export", "esrn_x4", "--format", "web", "--ort", tmp_path)
    assert result.stdout == (
        "esrn_x4 and esrn_x4 -> esrn_x4_web (2 MB). See it: python -m http.server --directory "
        "esrn_x4_web 8000, then http://localhost:8000/\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["esrn_x9", "--out", "x"], "Did you mean"),
        (["esrn_x4", "--out", "x", "--ort", "nowhere"], "Expected onnxruntime-web"),
        (["esrn_x4", "x", "--out", "y"], "Expected one target"),
    ],
)
def test_bad_input_is_exit_code_2(run: Run, models, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert message in run("export", "--format", "web", *arguments, code=2).stderr
    assert not list(tmp_path.iterdir())

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What the jobs were asked for; they answer as they do."""
    from sr_app.jobs import hub
    from sr_app.networks.presets import read_card

    asked: list[tuple] = []

    def push(name: str, repository: hub.Hub, *, private: bool) -> str:
        asked.append((name, repository, private))
        return "https://hub.example/commit/1"

    def pull(repository: hub.Hub, *, name: str | None):
        asked.append((repository, name))
        return read_card("tiny_x2")

    monkeypatch.setattr(hub, "push_preset", push)
    monkeypatch.setattr(hub, "pull_preset", pull)
    return asked


def test_what_is_said_reaches_the_job(run: Run, cards: Path, hub: list[tuple]) -> None:
    from sr_app.jobs.hub import Hub

    sent = run("presets", "push", "tiny_x2", "me/tiny", "--private", "--revision", "next")
    assert sent.stdout == "https://hub.example/commit/1\n"
    fetched = run("presets", "pull", "me/tiny", "--name", "other_x2").stdout.splitlines()
    assert fetched[0] == f"tiny_x2: {cards / 'tiny_x2'}" and fetched[1:3] == [
        "  factor 2",
        "  licence: Apache-2.0",
    ]
    assert hub == [("tiny_x2", Hub("me/tiny", "next"), True), (Hub("me/tiny"), "other_x2")]


def test_a_repository_that_is_none_is_one_line(run: Run, cards: Path) -> None:
    refused = run("presets", "pull", "no_owner", code=2).stderr
    assert "Expected owner/name" in refused and len(refused.splitlines()) == 1

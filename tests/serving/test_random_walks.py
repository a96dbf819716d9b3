"""The page as a state machine: random presses in two tabs, after each of which the page is right.

What is asked after every press is what a person would find wrong: two jobs at once, a result under
another photo's name, a press that vanished, words about waiting for nobody.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sr_app.serving.controller import Controller
from sr_app.serving.limits import Limits
from tests.serving.conftest import Tab, until, write_noise

pytestmark = pytest.mark.usefixtures("stand_in")

ACTIONS = (
    "choose", "choose", "broken", "example", "go", "go", "go", "cancel", "scale", "scale", "kind",
    "consistent", "show", "drop", "reload", "other", "wait", "poll", "shut", "open",
)  # fmt: skip


class Walk:
    """Two tabs of one page, pressed at random."""

    def __init__(self, seed: int, folder: Path, gate) -> None:
        self.random, self.gate = random.Random(seed), gate
        self.photos = [
            write_noise(folder / str(side) / f"photo{side}.png", height=side) for side in (8, 9, 12)
        ]
        self.broken = folder / "broken.png"
        self.broken.write_text("no picture")
        self.controller = Controller(
            folder, Limits(output_pixels=5000), lambda path: path.name, examples=self.photos[:1]
        )
        self.tabs = [Tab(self.controller), Tab(self.controller)]
        self.now = 0

    @property
    def tab(self) -> Tab:
        return self.tabs[self.now]

    def step(self) -> str:
        """Press something, and see that the page is right."""
        action = self.random.choice(ACTIONS)
        before = self.tab.view
        self.press(action)
        self.check(action, before)
        return action

    def press(self, action: str) -> None:
        tab, any_result = self.tab, self.random.choice([*self.tab.view["results"], None])
        match action:
            case "choose":
                photo = self.random.choice(self.photos)
                tab.open(photo, photo.name)
            case "broken":
                tab.open(self.broken, "broken.png")
            case "example":
                tab.act("example", 0)
            case "go" | "cancel":
                tab.act(action)
            case "scale":
                tab.act("set", ["scale", self.random.choice([2, 3, 4])])
            case "kind":
                tab.act("set", ["purpose", self.random.choice(["clean", "real"])])
            case "consistent":
                tab.act("set", ["consistent", self.random.random() < 0.5])
            case "show" | "drop":
                tab.act(action, any_result["token"] if any_result else "photo-of-nobody")
            case "reload":
                self.tabs[self.now] = Tab(self.controller, tab.view["session"])
            case "other":
                self.now = 1 - self.now
                self.tab.act("poll", 0)
            case "wait":
                self.gate.set()
                tab.wait()
            case "poll":
                tab.act("poll", tab.view["serial"])
            case "shut":
                self.gate.clear()
            case "open":
                self.gate.set()

    def check(self, action: str, before: dict) -> None:
        view, session = self.tab.view, self.controller._sessions[self.tab.view["session"]]
        assert self.controller._maker._jobs.length <= len(self.tabs), "a session has one job"
        tokens = [one["token"] for one in view["results"]]
        assert len(set(tokens)) == len(tokens)
        assert view["shown"] is None or view["shown"] in tokens
        for entry in session.entries:
            height, width = entry.chosen.size
            scale = entry.settings.scale
            assert entry.result.facts.after == (height * scale, width * scale), "of its own photo"
            assert entry.result.source == entry.chosen.path
        wanted = [(entry.chosen.path, entry.settings) for entry in session.entries]
        assert len(set(wanted)) == len(wanted), "nothing is made twice"
        if action in ("choose", "example"):
            assert view["photo"]["name"] == session.chosen.name and view["shown"] is None
            assert view["work"] is None, "a new choice ends the old job"
        if action == "broken":
            assert view["alert"]["number"] == before["alert"]["number"] + 1
            assert view["shown"] in (before["shown"], *tokens[-1:])
        if action == "go":
            began = (
                view["work"]
                or view["shown"] != before["shown"]
                or len(tokens) != len(before["results"])
            )
            told = view["status"]["text"] or view["alert"]["number"] > before["alert"]["number"]
            assert began or told, "a press is done or visibly refused"
        if action == "cancel":
            assert view["work"] is None and view["status"]["text"]
        if action == "reload":
            assert tokens[: len(before["results"])] == [one["token"] for one in before["results"]]
        until(lambda: not self.waits_for_nobody())

    def waits_for_nobody(self) -> bool:
        """The tab is told to wait although no other one has a job."""
        work = self.tab.act("poll", self.tab.view["serial"])["work"]
        others = [
            self.controller._sessions[t.view["session"]] for t in self.tabs if t is not self.tab
        ]
        busy = any(session.job for session in others)
        return bool(work) and "before yours" in work["text"] and not busy

    def end(self) -> None:
        """Let everything come to rest: no job is left, and every tab can make a photo."""
        self.gate.set()
        for tab in self.tabs:
            tab.wait()
            tab.open(self.photos[1], "last.png")
            tab.act("set", ["scale", 2])
            tab.act("set", ["consistent", False])
            tab.act("go")
            view = tab.wait()
            shown = next(one for one in view["results"] if one["token"] == view["shown"])
            assert (shown["height"], shown["width"]) == (18, 80)
        until(lambda: self.controller._maker._jobs.length == 0)


@pytest.mark.parametrize("seed", range(12))
def test_a_hundred_presses_end_in_a_consistent_page(seed, tmp_path, gate) -> None:
    walk = Walk(seed, tmp_path, gate)
    done = []
    try:
        for _ in range(100):
            done.append(walk.step())
        walk.end()
    except Exception as error:
        error.add_note(f"after: {' '.join(done)}")
        raise
    finally:
        gate.set()
        walk.controller.close()

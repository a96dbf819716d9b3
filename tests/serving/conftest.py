"""Results on disk, as the page's service makes them, and stand-ins for the networks."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sr_app.image.files import Photo, write_photo
from sr_app.serving import choices, maker, preview, service, trials
from sr_app.serving.blend_endpoints import save_ends
from sr_app.serving.controller import Controller
from sr_app.serving.limits import Limits
from sr_app.serving.preview import write_layer, write_thumbnail
from sr_app.serving.proposal import Proposal
from sr_app.serving.sample import cut_out
from sr_app.serving.service import Facts, Files, Result

FAULTS = {
    "broken": ValueError("Expected a preset"),
    "huge": MemoryError(),
    "fault": RuntimeError("a fault"),
}
"""What the stand-in for the networks does for presets of these names."""


@pytest.fixture
def result(tmp_path, monkeypatch) -> Result:
    """A picture of 120 x 80, enlarged twice, shown by overviews of at most 5000 pixels."""
    monkeypatch.setattr(preview, "OVERVIEW_PIXELS", 5000)
    folder = tmp_path / "photo-secret"
    folder.mkdir()
    source = tmp_path / "x.png"
    before = Photo(rgb=np.zeros((80, 120, 3), np.float32))
    write_photo(before, source)
    after = Photo(rgb=np.ones((160, 240, 3), np.float32))
    layers = (
        write_layer("Before", before, folder, side=50),
        write_layer("After", after, folder, side=100),
    )
    ends = save_ends((after,), folder / "x_x2.png", (1e-4, 1e-4, 1e-4))
    facts = Facts((80, 120), (160, 240), "p", "p_vivid", 1.0, "png", 8, ())
    return Result(source, Files(layers, ends, write_thumbnail(after, folder)), facts)


@pytest.fixture
def blended(result) -> Result:
    """The same with a vivid end that is darker by a quarter."""
    folder = result.files.folder
    after = Photo(rgb=np.ones((160, 240, 3), np.float32))
    vivid = replace(after, rgb=np.float32(0.75) * after.rgb)
    ends = save_ends((after, vivid), folder / "x_x2.png", (0.0, 0.0, 1e-4))
    before, faithful = result.files.layers
    layers = (before, replace(faithful, name="Faithful"), write_layer("Vivid", vivid, folder))
    return replace(result, files=Files(layers, ends, result.files.thumbnail))


@pytest.fixture
def gate() -> threading.Event:
    """Open, unless a test shuts it: the third part of a picture waits for it."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def stand_in(monkeypatch, gate) -> Callable:
    """Instead of networks: three parts, then blocks of pixels, and darker ones as the vivid end.

    The networks of 3x have no vivid twin; the preset ``broken`` and ``huge`` fail, ``fault`` has a
    fault.
    """

    def larger(photo, goal, *, consistent, progress, expect=None):
        for done in range(3):
            progress(done, 3)
        while not gate.wait(0.002):
            progress(2, 3)
        if goal.preset in FAULTS:
            raise FAULTS[goal.preset]
        progress(3, 3)
        height, width = photo.rgb.shape[:2]
        size = goal.size or (goal.scale * height, goal.scale * width)
        rows, columns = (np.arange(a) * b // a for a, b in zip(size, (height, width), strict=True))
        result = replace(photo, rgb=photo.rgb[rows][:, columns])
        yield result
        if goal.scale != 3:
            yield replace(result, rgb=result.rgb * 0.5)

    def region(self, photo, box, goal, *, consistent, progress):
        part = cut_out(photo, box)
        progress(0, 1)
        end = replace(part, rgb=part.rgb.repeat(2, 0).repeat(2, 1))
        return (end, replace(end, rgb=end.rgb * 0.5))

    names = [(scale, f"esrn_x{scale}") for scale in (2, 3, 4)]
    monkeypatch.setattr(service, "enlarge", larger)
    for module in (trials, maker):
        monkeypatch.setattr(
            module, "propose", lambda photo, path: Proposal("clean", "Looks clean.")
        )
    monkeypatch.setattr(trials.Sampler, "ends", region)
    for module in (service, maker, choices):
        monkeypatch.setattr(module, "preset_for", lambda scale, purpose, twin: f"esrn_x{scale}")
    monkeypatch.setattr(choices, "default_presets", lambda purpose: names)
    monkeypatch.setattr(maker, "has_twin", lambda card: card != "esrn_x3")
    monkeypatch.setattr(maker, "read_card", lambda name: name)
    card = SimpleNamespace(name="faithful", vivid=None)
    monkeypatch.setattr(service, "read_card", lambda name: card)
    cards = [
        SimpleNamespace(
            name=name, title=f"The {name}", purpose=purpose, licence="Apache-2.0", vivid=None
        )
        for name, purpose in [("esrn_x2", "clean"), *((fault, "clean") for fault in FAULTS)]
    ]
    cards.append(
        SimpleNamespace(
            **{
                **vars(cards[0]),
                "name": "odd",
                "title": "Odd",
                "purpose": "study",
                "licence": "CC-BY-4.0",
            }
        )
    )
    monkeypatch.setattr(choices, "list_presets", lambda: cards)
    return larger


def until(truth: Callable[[], object], seconds: float = 20.0) -> object:
    """The first true value of ``truth``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := truth():
            return value
        time.sleep(0.002)
    raise TimeoutError("waited in vain")


def write_noise(path: Path, *, height: int = 30, width: int = 40) -> Path:
    """A small picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rgb = np.random.default_rng(len(path.name)).random((height, width, 3), np.float32)
    write_photo(Photo(rgb=rgb), path)
    return path


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def uploads(tmp_path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def cat(uploads) -> Path:
    return write_noise(uploads / "one" / "cat.png")


@pytest.fixture
def dog(uploads) -> Path:
    return write_noise(uploads / "two" / "a dog.png", height=20)


@pytest.fixture
def controller(uploads, cat, clock) -> Iterator[Controller]:
    limits = Limits(output_pixels=15_000)
    controller = Controller(
        uploads, limits, lambda path: f"files/{path.name}", examples=[cat], clock=clock
    )
    yield controller
    controller.close()


class Tab:
    """A browser's tab: it keeps its name and the newest view."""

    def __init__(self, controller: Controller, token: str | None = None) -> None:
        self.controller, self.view = controller, controller.hello(token)

    def act(self, action: str, value: object = None) -> dict:
        answer = self.controller.act(self.view["session"], action, value)
        json.dumps(answer)  # it is sent as JSON
        self.view = answer if "results" in answer else {**self.view, "work": answer["work"]}
        return self.view

    def open(self, path: Path, name: str = "cat.png") -> dict:
        return self.act("open", [str(path), name])

    def wait(self) -> dict:
        """Poll until nothing is being made."""
        until(lambda: not self.act("poll", self.view["serial"])["work"])
        return self.view


@pytest.fixture
def tab(controller) -> Tab:
    return Tab(controller)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A page that serves in a thread of the test."""

    def __init__(self, **options) -> None:
        from sr_app.serving.app import serve

        self.port, self._until, begun = free_port(), threading.Event(), threading.Event()
        self._thread = threading.Thread(
            target=serve,
            kwargs={
                "host": "127.0.0.1",
                "port": self.port,
                "ready": lambda url: begun.set(),
                "until": self._until,
                **options,
            },
        )
        self._thread.start()
        assert begun.wait(60), "the page did not start"
        self.folder = Path(os.environ["GRADIO_TEMP_DIR"])

    def get(self, path: str, **headers: str) -> tuple[int, dict, bytes]:
        return self.ask("GET", path, **headers)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def post(self, path: str, value: object) -> tuple[int, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("POST", path, json.dumps(value), {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def stop(self) -> None:
        self._until.set()
        self._thread.join(30)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    before = os.environ.get("GRADIO_TEMP_DIR")
    site = Site()
    yield site
    site.stop()
    os.environ.pop("GRADIO_TEMP_DIR")
    if before:
        os.environ["GRADIO_TEMP_DIR"] = before

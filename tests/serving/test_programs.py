"""A program is a visitor with one photo: what it may wish, what it gets, how it is refused."""

from __future__ import annotations

import asyncio
import json

import pytest

from sr_app.image.files import read_header
from sr_app.serving import messages, programs
from sr_app.serving.limits import Limits
from sr_app.serving.programs import Programs, Refused, Wish, check
from sr_app.serving.proposal import Proposal

pytestmark = pytest.mark.usefixtures("stand_in")
CLEAN = Wish(kind="clean")


@pytest.fixture
def asked(controller, monkeypatch) -> Programs:
    monkeypatch.setattr(programs, "PAUSE", 0.01)
    monkeypatch.setattr(programs, "propose", lambda photo, path: Proposal("real", "Noisy."))
    return Programs(controller, Limits(output_pixels=15_000))


def upload(path) -> dict:
    return {"path": str(path), "orig_name": path.name}


def enlarge(asked, path, wish, client="me"):
    return asyncio.run(asked.upscale(upload(path), wish, client))


@pytest.mark.parametrize(
    "wish, size, suffix, blend",
    [
        (CLEAN, (60, 80), ".png", 50),
        (Wish(factor=3, kind="clean", format="jpeg", quality=80), (90, 120), ".jpg", None),
        (Wish(size="wide 60", kind="clean", blend=0, format="webp"), (45, 60), ".webp", 0),
        (Wish(size="times 1.5", blend=100), (45, 60), ".png", 100),
    ],
)
def test_from_the_wish_to_the_file(asked, cat, wish, size, suffix, blend) -> None:
    path, facts = enlarge(asked, cat, wish)
    header = read_header(path)
    assert (header.height, header.width) == size == (facts["height"], facts["width"])
    assert path.suffix == suffix and facts["name"] == path.name
    assert facts["bytes"] == path.stat().st_size and facts["blend"] == blend
    assert facts["kind"] == ("real" if wish.kind == "auto" else "clean")
    json.dumps(facts)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(factor=5), Wish(factor=True), Wish(factor="2"), Wish(size="wide"),
        Wish(size="wide nan"), Wish(size="wide 1e9"), Wish(size="tall 100"), Wish(size=7),
        Wish(kind="study"), Wish(kind=None), Wish(blend=101), Wish(blend=0.5), Wish(format="gif"),
        Wish(format=["png"]), Wish(quality=0), Wish(quality=None),
    ],
)  # fmt: skip
def test_what_cannot_be_wished_is_one_line_and_no_session(asked, controller, cat, wish) -> None:
    with pytest.raises(Refused, match=r"^Expected a .* Received: .*$"):
        enlarge(asked, cat, wish)
    assert not controller._sessions


def test_the_limits_are_those_of_the_page(asked, cat, controller) -> None:
    with pytest.raises(Refused, match="too large"):
        enlarge(asked, cat, Wish(factor=4, kind="clean"))
    with pytest.raises(Refused, match=messages.LOST_UPLOAD):
        asyncio.run(asked.upscale({"path": "/etc/hostname"}, CLEAN, "me"))
    for photo in (None, "cat.png", {"url": "http://example.org/cat.png"}, {"path": 3}):
        with pytest.raises(Refused, match="uploaded"):
            asyncio.run(asked.upscale(photo, CLEAN, "me"))
    with pytest.raises(Refused, match="Expected a blend of 0. Received: 50"):
        enlarge(asked, cat, Wish(factor=3, kind="clean", blend=50))
    assert all(session.left is not None for session in controller._sessions.values())


def test_a_photo_that_is_none_is_refused_without_folders(asked, uploads) -> None:
    broken = uploads / "note.png"
    broken.write_text("no picture")
    with pytest.raises(Refused) as refusal:
        enlarge(asked, broken, CLEAN)
    assert "note.png" in str(refusal.value) and str(uploads) not in str(refusal.value)


def test_it_waits_in_the_line_of_the_page_by_its_client(asked, cat, controller, gate, tab) -> None:
    gate.clear()
    tab.open(cat)
    tab.act("go")

    async def both() -> tuple:
        mine = asyncio.create_task(asked.upscale(upload(cat), CLEAN, "me"))
        while controller.lanes.networks.length < 2:
            await asyncio.sleep(0.01)
        waits = {client for client, _ in (s.who for s in controller._sessions.values() if s.job)}
        gate.set()
        return waits, await mine

    waits, (path, _) = asyncio.run(both())
    assert waits == {"", "me"} and path.exists()


def test_whoever_gives_up_leaves_no_work(asked, cat, controller, gate) -> None:
    gate.clear()

    async def leave() -> None:
        mine = asyncio.create_task(asked.upscale(upload(cat), CLEAN, "me"))
        while not controller.lanes.networks.length:
            await asyncio.sleep(0.01)
        mine.cancel()
        with pytest.raises(asyncio.CancelledError):
            await mine

    asyncio.run(leave())
    assert controller.lanes.networks.length == 0
    gate.set()


def test_a_photo_is_inspected(asked, cat, controller) -> None:
    found = asyncio.run(asked.inspect(upload(cat), "me"))
    assert found == {
        "width": 40, "height": 30, "notes": [], "kind": "real", "reason": "Noisy.",
        "already_enlarged": 1.0, "factors": [2, 3],
    }  # fmt: skip
    (session,) = controller._sessions.values()
    assert session.left is not None, "nothing of it is kept"


def test_a_wish_is_a_setting_of_the_page() -> None:
    assert check(Wish(factor=4)) == ("scale", 4)
    assert check(Wish(factor=9, size="a4 300")) == ("size", ["a4", 300.0])

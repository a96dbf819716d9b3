"""Results by their secret names: files, tiles and maps of those, and of nothing else."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sr_app.image.files import read_header, read_photo
from sr_app.serving import result_store
from sr_app.serving.jobs import Cancelled
from sr_app.serving.result_store import ResultStore
from sr_app.serving.room import Room, occupied
from sr_app.serving.service import Result


def address(path: Path) -> str:
    return f"files/{path.name}"


@pytest.fixture
def empty(tmp_path) -> ResultStore:
    return ResultStore(address, Room(tmp_path))


@pytest.fixture
def store(empty, blended) -> ResultStore:
    empty.put(blended)
    return empty


def ask(place, kind="png", quality=95, token="photo-secret") -> list:
    return [token, place, kind, quality]


def bundled(store, request) -> dict | None:
    """What the last step of a bundle answers."""
    return [None, *store.bundling(request)][-1]


def test_a_position_becomes_a_file_by_token(store, tmp_path) -> None:
    assert ResultStore(address, Room(tmp_path)).finish(ask(30)) is None
    made = store.finish(ask(30))
    assert made["url"] == "files/x_x2_vivid30.png" and made["name"] == "x_x2_vivid30.png"
    assert made["bytes"] > 100 and made["notes"] == []
    assert store.finish(ask(30, "jpeg", 80))["name"] == "x_x2_vivid30.jpg"


def test_a_painted_map_becomes_a_file_by_token(store, blended) -> None:
    made = store.finish(ask([1, 3, "AAD/"]))
    assert made["name"].startswith("x_x2_vivid_painted_") and made["url"] == f"files/{made['name']}"
    (path,) = blended.files.folder.glob(f"made/*/{made['name']}")
    middle = read_photo(path).rgb[0, :, 0]
    assert middle[0] == 1 and middle[-1] == pytest.approx(0.75, abs=0.002)
    # Between the centres of the last two cells of 80 pixels the share rises from 0 to 1.
    assert middle[159] == pytest.approx(1 - 0.25 * 0.494, abs=0.003)


def test_a_result_without_a_slider_has_its_file_too(empty, result) -> None:
    store = empty
    store.put(result)
    assert store.finish(ask(0))["name"] == "x_x2.png"
    assert store.invention(["photo-secret", False]) is None


def test_what_a_format_cannot_hold_is_said_without_a_path(store, blended, monkeypatch) -> None:
    def full(self, place, kind, quality):
        raise ValueError(f"{self.picture.parent / 'made' / '95' / 'x.webp'}: too large for WebP")

    monkeypatch.setattr(type(blended.files.ends), "write", full)
    assert store.finish(ask(3)) == {"refused": "x.webp: too large for WebP"}


def test_several_results_come_in_one_file(store, blended, result) -> None:
    other = result.files.folder.with_name("photo-other")
    shutil.copytree(result.files.folder, other)
    ends = replace(
        result.files.ends, faithful=other / "faithful_end.npy", picture=other / "x_x2.png"
    )
    store.put(replace(result, files=replace(result.files, ends=ends)))
    chosen = [["photo-secret", 30], ["photo-gone", 0], ["photo-other", 0], ["photo-secret", 30]]
    made = bundled(store, [chosen, "png", 95])
    assert made["tokens"] == ["photo-secret", "photo-other"] and made["refused"] == []
    (path,) = other.glob("made/*/*.zip")
    with zipfile.ZipFile(path) as found:
        assert found.namelist() == ["x_x2_vivid30.png", "x_x2.png"] and found.testzip() is None
    assert made["bytes"] == path.stat().st_size and made["name"] == path.name
    with_refused = bundled(store, [[["photo-secret", 30], ["photo-other", 70]], "png", 95])
    assert with_refused["tokens"] == ["photo-secret"] and "0 to 100" in with_refused["refused"][0]
    for nonsense in ([[], "png", 95], [[["photo-gone", 0]], "png", 95], [1, "png", 95], None):
        assert bundled(store, nonsense) is None


def test_the_map_comes_with_its_numbers(store) -> None:
    assert store.invention(["photo-secret", True]) is None, "too large for eight more runs"
    made = store.invention(["photo-secret", False])
    assert made["url"] == "files/invention.png" and made["share"] == 1
    assert made["mean"] == pytest.approx(0.25 * 255, abs=0.01)


def test_naturalness_is_a_sentence_for_those_who_ask(store, monkeypatch) -> None:
    monkeypatch.setattr(result_store, "measure_naturalness", lambda result: None)
    assert "too small" in store.naturalness(["photo-secret"])
    assert store.naturalness(["other"]) is None and store.naturalness(None) is None


@pytest.mark.parametrize(
    "request_",
    [
        None, [], "photo-secret", ["photo-secret"], ["photo-secret", 30], ask(0.5), ask("30"),
        ask(None), ask(30, token="other"), ask(30, token="../photo-secret"), ask(30, 1),
        ask(30, "png", "95"), ask(30, token=["photo-secret"]), [*ask(30), 1], [{}, {}, {}, {}],
    ],
)  # fmt: skip
def test_no_other_request_gives_a_file(store, request_) -> None:
    assert store.finish(request_) is None
    assert store.invention(request_) is None


@pytest.mark.parametrize(
    "request_",
    [
        ask(101), ask(-1), ask(30, "exe"), ask(30, "jpeg", 0), ask(30, "jpeg", 101),
        ask([1, 3, "AA"]), ask([4, 4]), ask([1, 400, "A" * 534 + "=="]), ask([]),
    ],
)  # fmt: skip
def test_no_other_position_gives_a_file(store, blended, request_) -> None:
    answer = store.finish(request_)
    assert set(answer) == {"refused"} and str(blended.files.folder) not in answer["refused"]


def test_after_its_hour_no_file_is_made(store, blended) -> None:
    blended.files.ends.vivid.unlink()
    assert store.finish(ask(30)) is None
    assert store.invention(["photo-secret", False]) is None
    blended.files.ends.faithful.unlink()
    assert store.get("photo-secret") is None


def test_turns_can_be_stopped_between_two_runs(empty, blended) -> None:
    ends = blended.files.ends
    image = ends.results()[0].rgb
    ends = replace(ends, turned=lambda: iter([image] * 8))
    empty.put(replace(blended, files=replace(blended.files, ends=ends)))
    seen = []
    assert empty.invention(["photo-secret", True], lambda *step: seen.append(step))["share"] == 1
    assert seen == [(done, 8) for done in range(1, 9)]

    def stop(done: int, total: int) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        empty.invention(["photo-secret", True], stop)


def test_tiles_are_found_by_token(empty, result) -> None:
    store = empty
    assert store.tile(["photo-secret", 1, 0, 0]) is None
    store.put(result)
    assert store.tile(["photo-secret", 1, 2, 1]) == "files/after_2_1.png"
    header = read_header(result.files.folder / "after_2_1.png")
    assert (header.width, header.height) == (40, 60), "the last tile is what remains"


@pytest.mark.parametrize(
    "request_",
    [
        None, [], "photo-secret", {"token": "photo-secret"}, ["photo-secret", 1, 0],
        ["photo-secret", 2, 0, 0], ["photo-secret", -1, 0, 0], ["photo-secret", 1, 9, 0],
        ["photo-secret", 1, 0, -1], ["../photo-secret", 1, 0, 0], ["photo-secret", "1", 0, 0],
        ["photo-secret", 1, 1e9, 0], ["photo-secret", 1, "../../x", 0],
    ],
)  # fmt: skip
def test_anything_else_gives_nothing(empty, result, request_) -> None:
    empty.put(result)
    assert empty.tile(request_) is None


def test_after_its_hour_a_tile_is_gone(empty, result) -> None:
    store = empty
    store.put(result)
    for layer in result.files.layers:
        layer.pixels.unlink()
    assert store.tile(["photo-secret", 1, 0, 0]) is None


def moved(result: Result, name: str) -> Result:
    """The same result in another folder, files and all."""
    folder = result.files.folder.with_name(name)
    shutil.copytree(result.files.folder, folder)
    ends = result.files.ends
    ends = replace(ends, faithful=folder / ends.faithful.name, picture=folder / ends.picture.name)
    return replace(result, files=replace(result.files, ends=ends))


def test_the_oldest_results_make_room(result, tmp_path) -> None:
    size = occupied(result.files.folder)
    store = ResultStore(address, Room(tmp_path, total=int(2.5 * size)))
    results = [moved(result, f"photo-{index}") for index in range(4)]
    assert [store.put(one) for one in results] == [0, 0, 1, 1]
    assert [store.get(one.files.token) is None for one in results] == [True, True, False, False]
    assert [one.files.folder.exists() for one in results] == [False, False, True, True]
    tight = ResultStore(address, Room(tmp_path, total=1))
    assert tight.put(results[3]) == 0 and tight.get("photo-3"), "the newest one always fits"


def test_what_is_made_of_a_result_counts_as_its_own(store, blended, tmp_path) -> None:
    folder, before = blended.files.folder, store._room.used()
    for make in (lambda: store.finish(ask(30)), lambda: store.invention(["photo-secret", False])):
        assert make() and store._room.used() == occupied(folder) > before
        before = store._room.used()
    layer = next(index for index, one in enumerate(blended.files.layers) if not one.exact)
    assert store.tile(["photo-secret", layer, 0, 0])
    store.tidy()
    assert store._room.used() == occupied(folder) > before


def test_a_result_is_dropped_with_its_files(store, blended) -> None:
    store.drop("photo-other")
    store.drop("photo-secret")
    assert store.get("photo-secret") is None and not blended.files.folder.exists()


def test_results_whose_files_went_are_forgotten(store, blended) -> None:
    shutil.rmtree(blended.files.folder)
    store.tidy()
    assert not store._results

"""Many files: what is written, what is skipped, and several at a time."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sr_app.image.completeness import is_complete
from sr_app.image.decoder_pool import DecoderPool
from sr_app.image.files import Photo, PhotoError, read_header, read_photo, write_photo
from sr_app.inference.batch import Batch, without_results
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.job_list import Job, find_jobs
from sr_app.inference.slider import Encoding


def photo(path: Path, height: int = 6, width: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rgb = np.random.default_rng(3).random((height, width, 3), np.float32)
    write_photo(Photo(rgb), path)
    return path


def enlarger(**wish) -> Enlarger:
    return Enlarger(Goal(**wish))


@pytest.fixture
def folder(tmp_path):
    """in/: a.png, b.jpg, sub/c.png, no photos beside them."""
    for name in ("a.png", "b.jpg", "sub/c.png"):
        photo(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no photo")
    return tmp_path / "in"


def test_run_writes_in_new_folders_and_reports(models, folder, tmp_path):
    job = Job(folder / "a.png", tmp_path / "deep" / "er" / "a.png")
    seen = []
    outcome = Batch(enlarger(scale=3)).run(job, progress=lambda *pair: seen.append(pair))
    assert (outcome.status, outcome.before, outcome.after) == ("written", (6, 8), (18, 24))
    assert outcome.preset == "esrn_p_x3" and outcome.seconds > 0
    assert read_photo(job.target).rgb.shape == (18, 24, 3)
    assert seen == [(1, 1)]


@pytest.mark.parametrize(("room", "left"), [(10, 0), (1000, 1)])
def test_no_decoder_waits_while_a_large_result_is_made(
    models, folder, tmp_path, monkeypatch, room, left
):
    monkeypatch.setattr("sr_app.inference.batch.LARGE", room)
    with closing(DecoderPool(most=1)) as decoders:
        seen = []
        batch = Batch(enlarger(scale=2), decoders=decoders)
        tell = lambda *_: seen.append(len(decoders.processes))  # noqa: E731
        batch.run(Job(folder / "a.png", tmp_path / "a.png"), progress=tell)
        assert seen == [left]
        assert read_photo(folder / "b.jpg", decoders=decoders).rgb.shape == (6, 8, 3)


def test_presets_are_loaded_once(models, folder, tmp_path):
    batch = Batch(enlarger(scale=2))
    for name in ("a.png", "b.jpg"):
        batch.run(Job(folder / name, tmp_path / name))
    assert list(batch.enlarger.loaded) == ["esrn_p_x2"]
    assert batch.enlarger.slider(6, 8) is batch.enlarger.loaded["esrn_p_x2"]


def test_a_size_may_need_several_presets(models, tmp_path):
    batch = Batch(enlarger(size=(24, 24)))
    for side in (6, 12):
        source = photo(tmp_path / f"{side}.png", side, side)
        assert batch.run(Job(source, tmp_path / f"out{side}.png")).after == (24, 24)
    assert set(batch.enlarger.loaded) == {"esrn_p_x4", "esrn_p_x2"}


def test_resume_skips_what_is_finished_and_redoes_what_is_not(models, folder, tmp_path):
    out = tmp_path / "out"
    jobs = find_jobs([folder], out).jobs
    for job in jobs:
        Batch(enlarger(scale=2)).run(job)
    jobs[1].target.write_bytes(jobs[1].target.read_bytes()[:7])
    again = Batch(enlarger(scale=2), resume=True)
    assert [again.run(job).status for job in jobs] == ["skipped", "written"]
    larger = Batch(enlarger(scale=3), resume=True)
    assert [larger.run(job).status for job in jobs] == ["written", "written"]
    assert read_header(jobs[0].target).width == 24
    assert Batch(enlarger(scale=3)).run(jobs[0]).status == "written"


def test_a_bad_file_raises_and_leaves_nothing(models, tmp_path):
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(PhotoError):
        Batch(enlarger(scale=2)).run(Job(tmp_path / "bad.png", tmp_path / "out" / "bad.png"))
    assert not (tmp_path / "out").exists()


def test_quality_and_metadata_reach_the_file(models, tmp_path):
    rgb = np.random.default_rng(3).random((32, 32, 3), np.float32)
    write_photo(Photo(rgb), tmp_path / "in.png")
    sizes = []
    for quality in (30, 95):
        job = Job(tmp_path / "in.png", tmp_path / f"{quality}.jpg")
        Batch(enlarger(scale=2), Encoding(quality)).run(job)
        sizes.append(job.target.stat().st_size)
    assert sizes[0] < sizes[1] / 2


def test_a_size_beyond_the_format_is_refused_before_the_work(models, tmp_path):
    job = Job(photo(tmp_path / "in.png", 2, 2000), tmp_path / "out.webp")
    with pytest.raises(PhotoError, match="32000x32 is too large for WebP.*16383"):
        Batch(enlarger(scale=16)).run(
            job, progress=lambda done, total: pytest.fail("it worked on it")
        )


def test_several_at_a_time_come_in_their_order_and_a_bad_one_stops_no_other(models, tmp_path):
    jobs, begun = [], []
    for number in range(9):
        source = photo(tmp_path / "in" / f"{number}.png", 40 - number, 30)
        jobs.append(Job(source, tmp_path / "out" / source.name))
    jobs[4].source.write_bytes(b"no photo")
    seen = []
    batch = Batch(enlarger(scale=2))
    for job, came in batch.run_all(
        jobs, begin=lambda job: begun.append(job) or (lambda *pair: seen.append(pair))
    ):
        bad = job is jobs[4]
        assert isinstance(came, PhotoError) if bad else came.status == "written"
    assert sorted(begun, key=jobs.index) == jobs and len(seen) == 8
    alone = Batch(enlarger(scale=2), workers=1)
    for job in jobs:
        if job is not jobs[4]:
            again = Job(job.source, tmp_path / "again" / job.source.name)
            alone.run(again)
            assert again.target.read_bytes() == job.target.read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 8


def test_networks_do_not_run_at_the_same_time(models, tmp_path):
    batch = Batch(enlarger(scale=2))
    runtime, inside, most = batch.enlarger.slider(8, 8).ends[0], [], []

    class Watched:
        def run(self, lr):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()
            return lr.repeat(2, axis=1).repeat(2, axis=2)

    runtime.runtime = Watched()
    names = [f"{number}.png" for number in range(8)]
    jobs = [Job(photo(tmp_path / name), tmp_path / "out" / name) for name in names]
    assert all(came.status == "written" for _, came in batch.run_all(jobs))
    assert max(most) == 1 and len(most) == 8


def test_breaking_off_leaves_nothing_half_done(models, tmp_path):
    jobs = [Job(photo(tmp_path / f"{n}.png"), tmp_path / "out" / f"{n}.png") for n in range(30)]
    running = Batch(enlarger(scale=2)).run_all(jobs)
    next(running)
    running.close()
    written = list((tmp_path / "out").iterdir())
    assert 1 <= len(written) < 30
    assert all(map(is_complete, written))


def test_large_results_are_made_alone(models, tmp_path, monkeypatch):
    monkeypatch.setattr("sr_app.inference.batch.TOGETHER_PIXELS", 100)
    now, most = set(), []
    jobs = [Job(photo(tmp_path / f"{n}.png"), tmp_path / "out" / f"{n}.png") for n in range(5)]
    batch = Batch(enlarger(scale=2))
    work = batch.run

    def run(job, progress):
        now.add(job)
        most.append(len(now))
        time.sleep(0.005)
        now.discard(job)
        return work(job, progress=progress)

    monkeypatch.setattr(batch, "run", run)
    assert len(list(batch.run_all(jobs))) == 5 and max(most) == 1


def test_a_cut_result_is_made_again(models, tmp_path):
    job = Job(photo(tmp_path / "a.jpg"), tmp_path / "b.jpg")
    batch = Batch(enlarger(scale=2), resume=True)
    assert [batch.run(job).status for _ in range(2)] == ["written", "skipped"]
    whole = job.target.read_bytes()
    job.target.write_bytes(whole[:-100])
    assert batch.run(job).status == "written"
    assert job.target.read_bytes() == whole


def test_times_are_kept_and_places_are_not(models, tmp_path):
    exif = Image.Exif()
    exif[271] = "Camera"
    exif.get_ifd(34853)[2] = (48.0, 51.0, 29.6)
    path = tmp_path / "a.png"
    Image.new("RGB", (14, 10)).save(path, exif=exif)
    os.utime(path, ns=(10**18, 10**18))
    job = Job(path, tmp_path / "b.png")
    Batch(enlarger(scale=2), strip_location=True, keep_times=True).run(job)
    assert job.target.stat().st_mtime_ns == 10**18
    os.utime(job.target)  # as a kill before the times leaves it
    assert Batch(enlarger(scale=2), resume=True, keep_times=True).run(job).status == "skipped"
    assert job.target.stat().st_mtime_ns == 10**18
    found = Image.open(job.target).getexif()
    assert found[271] == "Camera" and not found.get_ifd(34853)


def test_results_that_are_there_are_not_written_over(tmp_path):
    jobs = [Job(photo(tmp_path / "in.png"), tmp_path / f"{n}.png") for n in range(3)]
    without_results(jobs)
    for job in jobs[:2]:
        job.target.write_bytes(b"mine")
    with pytest.raises(PhotoError, match=r"0\.png and 1 more are there.*overwrite.*resume"):
        without_results(jobs)
    with pytest.raises(PhotoError, match=r"1\.png is there already"):
        without_results(jobs[1:])


def test_the_limit_of_the_input_can_be_raised(models, tmp_path):
    job = Job(photo(tmp_path / "in.png", 40, 40), tmp_path / "out.png")
    with pytest.raises(PhotoError, match="limit of megapixels"):
        Batch(enlarger(scale=2), max_pixels=1000).run(job)
    assert Batch(enlarger(scale=2), max_pixels=1600).run(job).after == (80, 80)

"""Which file becomes which, resuming, and what never happens to an input."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, PhotoError, read_header, read_photo, write_photo
from sr_app.inference.batch import Batch, Job, find_jobs
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
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


def names(jobs: list[Job], out: Path) -> list[str]:
    return [job.target.relative_to(out).as_posix() for job in jobs]


def test_a_folder_keeps_its_names(folder, tmp_path):
    out = tmp_path / "out"
    assert names(find_jobs(folder, out), out) == ["a.png", "b.jpg"]


def test_a_tree_keeps_its_shape(folder, tmp_path):
    out = tmp_path / "out"
    jobs = find_jobs(folder, out, recursive=True)
    assert names(jobs, out) == ["a.png", "b.jpg", "sub/c.png"]
    assert [job.source.name for job in jobs] == ["a.png", "b.jpg", "c.png"]


def test_results_inside_the_source_are_no_sources(folder):
    photo(folder / "out" / "a.png")
    assert len(find_jobs(folder, folder / "out", recursive=True)) == 3


def test_another_format_changes_the_suffix_and_nothing_collides(folder, tmp_path):
    photo(folder / "a.jpg")
    photo(folder / "d.PNG")
    out = tmp_path / "out"
    expected = ["a.jpg.png", "a.png", "b.png", "d.PNG"]
    assert names(find_jobs(folder, out, suffix=".png"), out) == expected


def test_a_file_becomes_a_file_or_lies_in_a_folder(folder, tmp_path):
    source = folder / "b.jpg"
    assert find_jobs(source, tmp_path / "x.webp") == [Job(source, tmp_path / "x.webp")]
    assert find_jobs(source, tmp_path) == [Job(source, tmp_path / "b.jpg")]
    assert find_jobs(source, tmp_path, suffix=".png") == [Job(source, tmp_path / "b.png")]
    (job,) = find_jobs(source, tmp_path / "x.jpeg", suffix=".jpg")
    assert job.target.name == "x.jpeg"


@pytest.mark.parametrize(
    ("source", "target", "suffix", "message"),
    [
        ("none.png", "x.png", None, "no such file or folder"),
        ("in/a.png", "x.gif", None, r"expected one of \.jpg.*Received: \.gif"),
        ("in/a.png", "x", None, "Received: no suffix"),
        ("in/a.png", "x.png", ".gif", r"Received: \.gif"),
        ("in/a.png", "x.png", ".jpg", r"does not end in \.jpg"),
        ("in", "in/a.png", None, "is a file"),
        ("in/sub/deep", "out", None, "no photos.*-r"),
        ("in", "in", None, "is an input"),
        ("in/a.png", "in/a.png", None, "is an input"),
        ("in/a.png", "in", None, "is an input"),
    ],
)
def test_what_cannot_be_is_said_at_once(folder, tmp_path, source, target, suffix, message):
    (folder / "sub" / "deep").mkdir()
    with pytest.raises(PhotoError, match=message):
        find_jobs(tmp_path / source, tmp_path / target, suffix=suffix)


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_an_input_under_another_name_is_not_written_over(folder, tmp_path):
    (tmp_path / "link.png").symlink_to(folder / "a.png")
    (tmp_path / "hard.png").hardlink_to(folder / "a.png")
    for name in ("link.png", "hard.png"):
        with pytest.raises(PhotoError, match=rf"{name} would be written over"):
            find_jobs(folder / "a.png", tmp_path / name)


def test_run_writes_in_new_folders_and_reports(models, folder, tmp_path):
    job = Job(folder / "a.png", tmp_path / "deep" / "er" / "a.png")
    seen = []
    outcome = Batch(enlarger(scale=3)).run(job, progress=lambda *pair: seen.append(pair))
    assert (outcome.status, outcome.before, outcome.after) == ("written", (6, 8), (18, 24))
    assert outcome.preset == "esrn_x3" and outcome.seconds > 0
    assert read_photo(job.target).rgb.shape == (18, 24, 3)
    assert seen == [(1, 1)]


def test_presets_are_loaded_once(models, folder, tmp_path):
    batch = Batch(enlarger(scale=2))
    for name in ("a.png", "b.jpg"):
        batch.run(Job(folder / name, tmp_path / name))
    assert list(batch.enlarger.loaded) == ["esrn_x2"]
    assert batch.enlarger.slider(6, 8) is batch.enlarger.loaded["esrn_x2"]


def test_a_size_may_need_several_presets(models, tmp_path):
    batch = Batch(enlarger(size=(24, 24)))
    for side in (6, 12):
        source = photo(tmp_path / f"{side}.png", side, side)
        assert batch.run(Job(source, tmp_path / f"out{side}.png")).after == (24, 24)
    assert set(batch.enlarger.loaded) == {"esrn_x4", "esrn_x2"}


def test_resume_skips_what_is_finished_and_redoes_what_is_not(models, folder, tmp_path):
    out = tmp_path / "out"
    jobs = find_jobs(folder, out)
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

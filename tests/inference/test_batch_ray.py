"""Many files over machines: what is asked for travels, what died is done again, order is kept."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.files.extras import EXTRAS, MissingExtraError
from sr_app.image.files import Photo, PhotoError, read_photo, write_photo
from sr_app.inference import batch_ray
from sr_app.inference.batch import Batch, Outcome
from sr_app.inference.batch_ray import RayBatch, batch_runner, run_rows, wait_for_file
from sr_app.inference.enlargement import Enlarger
from sr_app.inference.goal import Goal
from sr_app.inference.job_list import Job, find_jobs
from sr_app.inference.slider import Encoding, Position


@pytest.fixture
def jobs(tmp_path):
    """Six photos of different sizes, and a damaged one before the last."""
    for number in range(6):
        rgb = np.random.default_rng(number).random((8 + number, 9, 3), np.float32)
        (tmp_path / "in").mkdir(exist_ok=True)
        write_photo(Photo(rgb), tmp_path / "in" / f"{number}.png")
    (tmp_path / "in" / "4b.png").write_bytes(b"no photo")
    return find_jobs([tmp_path / "in"], tmp_path / "out").jobs


def batch(**options) -> Batch:
    return Batch(Enlarger(Goal(preset="esrn_xs_x2")), **options)


def test_what_is_asked_for_travels_and_networks_stay():
    asked = Enlarger(Goal(4), Position(0.5), True, "onnx", "cpu", 96, 10**9)
    sent = replace(batch(), enlarger=asked, encoding=Encoding(80), resume=True, max_pixels=7)
    sent = replace(sent, workers=5, strip_location=True, keep_times=True)
    sent.enlarger.loaded["mine"] = None
    came = pickle.loads(pickle.dumps(sent))
    assert not came.enlarger.loaded
    for name in ("goal", "position", "both_ends", "runtime", "device", "tile", "memory"):
        assert repr(getattr(came.enlarger, name)) == repr(getattr(asked, name)), name
    for name in ("encoding", "resume", "max_pixels", "workers", "strip_location", "keep_times"):
        assert getattr(came, name) == getattr(sent, name), name


def in_place(batch_: Batch, jobs, positions) -> list[tuple[int, object]]:
    """What a worker gives for jobs at these positions."""
    rows = {"position": np.array(positions)}
    rows |= {key: [str(getattr(jobs[at], key)) for at in positions] for key in ("source", "target")}
    done = run_rows(pickle.dumps(batch_), rows)
    return [
        (int(at), pickle.loads(c)) for at, c in zip(done["position"], done["came"], strict=True)
    ]


def test_a_worker_gives_what_the_batch_of_one_machine_gives(models, jobs):
    came = dict(in_place(batch(), jobs, range(len(jobs))))
    assert [at for at, each in came.items() if isinstance(each, PhotoError)] == [5]
    written = [job.target.read_bytes() for at, job in enumerate(jobs) if at != 5]
    for (_, here), there in zip(batch().run_all(jobs), came.values(), strict=True):
        assert type(here) is type(there)
        if isinstance(here, Outcome):
            assert replace(here, seconds=0) == replace(there, seconds=0)
    assert written == [job.target.read_bytes() for at, job in enumerate(jobs) if at != 5]


class OneMachine:
    """Ray on one machine, without its processes."""

    def __init__(self):
        self.left = False

    def nodes(self):
        return [{"Alive": True, "Resources": {"CPU": 2.0}}, {"Alive": False, "Resources": {}}]

    def is_initialized(self) -> bool:
        return True

    def shutdown(self) -> None:
        self.left = True


def test_what_died_goes_alone_and_the_order_is_kept(models, jobs, monkeypatch):
    ray, rounds = OneMachine(), []
    monkeypatch.setitem(__import__("sys").modules, "ray", ray)

    def streamed(self, jobs, positions, size, cores):
        rounds.append((positions, size, cores))
        kept = [at for at in positions if at not in (1, 2)] if len(rounds) == 1 else [2]
        yield from in_place(self.batch, jobs, kept)

    monkeypatch.setattr(RayBatch, "_streamed", streamed)
    came = list(RayBatch(batch()).run_all(jobs))
    assert [job for job, _ in came] == list(jobs) and ray.left
    assert rounds == [(list(range(7)), 3, 2.0), ([1, 2], 1, 2.0)]
    kinds = [type(each) for _, each in came]
    assert kinds == [Outcome, OSError, *[Outcome] * 3, PhotoError, Outcome]
    assert str(came[1][1]) == f"{jobs[1].source}: its worker died"


def test_paths_are_told_as_they_were_written(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    job = Job(Path("in/a.png"), Path("out/a.png"))
    came = Outcome("written", warnings=(f"{tmp_path}/in/a.png: animated",))
    assert batch_ray._with_job_paths(came, job).warnings == ("in/a.png: animated",)
    error = batch_ray._with_job_paths(PhotoError(f"{tmp_path}/out/a.png: the disk is full"), job)
    assert isinstance(error, PhotoError) and str(error) == "out/a.png: the disk is full"


def test_a_result_that_is_not_seen_ends_the_run(tmp_path):
    late = tmp_path / "late.png"
    threading.Timer(0.2, late.write_bytes, [b"."]).start()
    wait_for_file(late)
    with pytest.raises(OSError, match=r"never.png: written by a machine.*all machines share"):
        wait_for_file(tmp_path / "never.png", patience=0.1)


def test_wrong_workers_and_missing_ones_are_one_line(monkeypatch):
    assert isinstance(batch_runner("local", batch()), Batch)
    for text in ("", "local:2", "rays", "serial"):
        with pytest.raises(ValueError, match="Expected workers as local, ray or ray:ADDRESS"):
            batch_runner(text, batch())
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"needs the ray extra .*sr-app\[ray\]"):
        batch_runner("ray:head:6379", batch())
    assert EXTRAS["pyarrow"] == "ray"


@pytest.mark.slow
def test_a_killed_worker_costs_no_photo(models, jobs):
    pytest.importorskip("ray", reason="ray is not installed")
    pytest.importorskip("pyarrow", reason="Ray Data is not installed")
    killed, came = [], {}
    for job, each in batch_runner("ray", batch()).run_all(jobs):
        came[job] = each
        if not killed:
            killed += workers_of(os.getpid())
            for number in killed:
                os.kill(number, signal.SIGKILL)
    kinds = [type(came[job]) for job in jobs]
    assert killed and kinds == [*[Outcome] * 5, PhotoError, Outcome]
    for job, each in came.items():
        if isinstance(each, Outcome):
            assert read_photo(job.target).rgb.shape[:2] == each.after


def workers_of(process: int) -> list[int]:
    """Ray's workers at their task among what a process started."""
    found = []
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if command.startswith(b"ray::") and b"Agent" not in command:  # without them, Ray ends
            found.append(int(child))
        found += workers_of(int(child))
    return found

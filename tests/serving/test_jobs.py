"""Work in a thread: order of steps, the pace, cancelling at every moment."""

from __future__ import annotations

import threading
import time

import pytest

from sr_app.serving.jobs import Cancelled, Job, Jobs, Step


def tiles(total: int, *, seconds: float = 0.0, seen: list | None = None):
    def work(progress):
        for done in range(total + 1):
            if seen is not None:
                seen.append(done)
            progress(done, total)
            time.sleep(seconds)
        return "picture"

    return work


def test_the_result_arrives_after_the_steps() -> None:
    job = Job(tiles(5, seconds=0.01))
    steps = list(job.steps(every=0.001))
    assert job.result() == "picture"
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].total == 5


def test_steps_are_thinned_out() -> None:
    job = Job(tiles(200, seconds=0.001))
    assert len(list(job.steps(every=0.1))) < 20


def test_time_left_follows_the_pace_of_the_tiles_alone() -> None:
    def work(progress):
        time.sleep(0.2)  # opening the photo: must not count as a tile's time
        for done in range(5):
            progress(done, 10)
            time.sleep(0.05)

    job = Job(work)
    *_, last = job.steps(every=0.001)
    assert last.left == pytest.approx(6 * 0.05, rel=0.5)


def test_no_time_left_is_claimed_before_the_second_report() -> None:
    def work(progress):
        progress(1, 4)
        time.sleep(0.1)

    steps = list(Job(work).steps(every=0.001))
    assert steps[0] == Step(1, 4, None)


def test_cancel_stops_at_the_next_tile() -> None:
    seen: list[int] = []
    job = Job(tiles(1000, seconds=0.01, seen=seen))
    for step in job.steps(every=0.001):
        if step.done >= 3:
            job.cancel()
    with pytest.raises(Cancelled):
        job.result()
    assert len(seen) < 20


def test_cancel_before_the_start_never_begins_the_work() -> None:
    begun = threading.Event()
    job = Job(lambda progress: begun.set())
    job.cancel()
    list(job.steps(every=0.001))
    with pytest.raises(Cancelled):
        job.result()
    assert not begun.is_set()


def test_closing_the_iterator_cancels() -> None:
    job = Job(tiles(1000, seconds=0.01))
    steps = job.steps(every=0.001)
    next(steps)
    steps.close()
    with pytest.raises(Cancelled):
        job.result()


def test_an_error_of_the_work_is_raised_by_result() -> None:
    def work(progress):
        raise ValueError("Expected a photo")

    job = Job(work)
    list(job.steps(every=0.001))
    with pytest.raises(ValueError, match="Expected a photo"):
        job.result()


def test_a_session_has_one_job() -> None:
    jobs, first, second = Jobs(), Job(tiles(1)), Job(tiles(1))
    jobs.put("a", first)
    jobs.put("b", second)
    assert jobs.get("a") is first and jobs.get("b") is second and jobs.get("c") is None
    assert jobs.cancel("a") and not jobs.cancel("a")
    list(second.steps(every=0.001))
    assert second.result() == "picture", "another session's cancel must not touch it"


def test_a_new_job_replaces_and_cancels_the_old_one() -> None:
    jobs, old = Jobs(), Job(tiles(1000, seconds=0.01))
    jobs.put("a", old)
    steps = old.steps(every=0.001)
    next(steps)
    jobs.put("a", Job(tiles(1)))
    list(steps)
    with pytest.raises(Cancelled):
        old.result()

"""Work in a line: order, the pace, cancelling at every moment, and what is given up."""

from __future__ import annotations

import threading

import pytest

from sr_app.serving import jobs as jobs_module
from sr_app.serving.jobs import Cancelled, Job, Jobs, Step
from tests.serving.conftest import until


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_pace_is_that_of_the_parts_and_the_closing_is_counted(clock) -> None:
    steps = []

    def work(progress) -> None:
        clock.now += 50  # opening the photo and the network: no pace in it
        progress(0, 4)
        clock.now += 7  # nor in a small tile before the first
        for done in range(5):
            progress(done, 4)
            steps.append(job.step())
            clock.now += 2

    job = Job(work, closing=6, clock=clock)
    job.run()
    assert [step.left for step in steps] == [None, 12, 10, 8, 6]
    assert [step.done for step in steps] == [0, 1, 2, 3, 4]
    assert steps[2].share == pytest.approx(4 / 14)
    assert job.over


def test_time_passes_within_a_part_and_never_below_nothing(clock) -> None:
    def work(progress) -> None:
        progress(0, 2)
        clock.now += 4
        progress(1, 2)
        clock.now += 3
        assert job.step().left == pytest.approx(1 + 5)
        clock.now += 30
        assert job.step().left == pytest.approx(5)
        progress(2, 2)
        clock.now += 60
        assert job.step().left == 0 and job.step().share <= 0.99, "it is not done before it is"

    job = Job(work, closing=5, clock=clock)
    job.run()
    assert job.over


def test_before_a_part_is_done_what_was_expected_is_said_as_long_as_it_may_be_true(clock) -> None:
    def work(progress) -> None:
        job.expect(40)
        progress(0, 1)
        clock.now += 10
        assert job.step() == Step(0, 1, left=35, share=10 / 45)
        clock.now += 30
        assert job.step() == Step(0, 1), "it took longer: nobody knows"

    job = Job(work, closing=5, clock=clock)
    job.run()
    assert job.over


def test_before_the_first_report_nothing_is_known(clock) -> None:
    job = Job(lambda progress: None, clock=clock)
    assert job.step() == Step(0, 0, None, None)


def test_cancel_stops_at_the_next_part() -> None:
    seen = []

    def work(progress) -> None:
        for done in range(1000):
            seen.append(done)
            if done == 3:
                job.cancel()
            progress(done, 1000)

    job = Job(work)
    job.run()
    assert seen == [0, 1, 2, 3] and job.over and job.stopped


def test_cancel_before_the_start_never_begins_the_work() -> None:
    begun = []
    job = Job(lambda progress: begun.append(1))
    job.cancel()
    job.run()
    assert not begun and job.over


def test_what_nobody_waits_for_is_given_up() -> None:
    wanted, seen = [True], []

    def work(progress) -> None:
        for done in range(10):
            seen.append(done)
            wanted[0] = done < 2
            progress(done, 10)

    Job(work, wanted=lambda: wanted[0]).run()
    assert seen == [0, 1, 2]


def test_the_stop_passes_through_the_work_unchanged() -> None:
    caught = []

    def work(progress) -> None:
        job.cancel()
        try:
            progress(1, 2)
        except Cancelled as stop:
            caught.append(stop)
            raise

    job = Job(work)
    job.run()
    assert len(caught) == 1


def waiting_jobs(count: int):
    """Jobs that note when they begin and wait for their event."""
    begun, gates, jobs = [], [threading.Event() for _ in range(count)], []
    for index in range(count):

        def work(progress, index=index) -> None:
            begun.append(index)
            gates[index].wait(20)
            progress(1, 1)

        jobs.append(Job(work))
    return jobs, gates, begun


def test_one_after_another_in_the_order_in_which_they_came() -> None:
    line = Jobs()
    jobs, gates, begun = waiting_jobs(3)
    for job in jobs:
        line.put(job)
    assert [line.ahead(job) for job in jobs] == [0, 1, 2] and line.length == 3
    for job, gate in zip(jobs, gates, strict=True):
        gate.set()
        assert job.wait(20)
    assert begun == [0, 1, 2]
    assert [line.ahead(job) for job in jobs] == [0, 0, 0]


def test_a_stopped_job_is_in_nobodys_way() -> None:
    line = Jobs()
    jobs, gates, begun = waiting_jobs(3)
    for job in jobs:
        line.put(job)
    until(lambda: begun)
    jobs[1].cancel()
    assert line.ahead(jobs[2]) == 1 and line.length == 2
    jobs[0].cancel()
    assert line.ahead(jobs[2]) == 0, "it stops by itself, whenever its part is done"
    for gate in gates:
        gate.set()
    assert jobs[2].wait(20) and begun == [0, 2]


def test_a_job_that_fails_does_not_take_the_others_along(caplog) -> None:
    def broken(progress) -> None:
        raise RuntimeError("a fault")

    line, second = Jobs(), Job(lambda progress: None)
    first = Job(broken)
    line.put(first)
    line.put(second)
    assert first.wait(20) and second.wait(20)
    assert "A job of the page failed" in caplog.text


def test_the_line_goes_on_after_it_was_empty_and_closing_cancels_all(monkeypatch) -> None:
    monkeypatch.setattr(jobs_module, "CLOSING", 0.01)
    line = Jobs()
    for _ in range(20):
        job = Job(lambda progress: None)
        line.put(job)
        assert job.wait(20)
    jobs, gates, begun = waiting_jobs(2)
    for job in jobs:
        line.put(job)
    line.close()
    assert all(job.stopped for job in jobs)
    gates[0].set()
    assert jobs[1].wait(20) and 1 not in begun


def test_closing_waits_for_what_has_begun() -> None:
    """A process that ends while a network runs ends in a crash."""
    line, begun, ended = Jobs(), threading.Event(), []

    def work(progress) -> None:
        begun.set()
        try:
            while True:
                progress(0, 1)
        finally:
            ended.append(True)

    line.put(Job(work))
    assert begun.wait(20)
    line.close()
    assert ended

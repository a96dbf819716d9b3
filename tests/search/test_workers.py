from __future__ import annotations

import functools
import math
import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from sr_app.files.extras import MissingExtraError
from sr_app.search.archive import ARCHIVE
from sr_app.search.evolution import evolve
from sr_app.search.strategy import Strategy
from sr_app.search.workers import LocalWorkers, make_workers, serial
from tests.search.landscapes import LetterSpace, deadly, faulty, two_objectives

JOBS = [("abc",), ("bbb",), ("dcb",)]


def run(folder, workers, score=two_objectives):
    return evolve(
        LetterSpace(),
        score,
        objectives=("-gain", "cost"),
        seed=5,
        generations=2,
        population=6,
        strategy=Strategy(),
        workers=workers,
        archive=folder,
    )


@pytest.fixture(scope="module")
def reference(tmp_path_factory) -> bytes:
    """The serial run's archive."""
    folder = tmp_path_factory.mktemp("serial")
    run(folder, serial)
    return (folder / ARCHIVE).read_bytes()


def test_a_candidate_fails_alone() -> None:
    results = list(serial(faulty, JOBS))
    assert [finished.position for finished in results] == [0, 1, 2]
    assert results[0].error == "MemoryError: no memory for this network"
    assert results[1].error == "objectives are [nan, nan]"
    assert results[2].objectives == tuple(two_objectives(["dcb"])[0]) and not results[2].error
    assert all(finished.seconds >= 0 for finished in results)


def test_scores_of_another_shape_are_errors() -> None:
    (finished,) = serial(lambda genotypes: [1.0, 2.0], [("a",)])
    assert "Expected objectives (1, m). Received: shape (2,)" in finished.error


def test_processes_give_the_serial_archive_and_outlive_one_that_dies(tmp_path, reference) -> None:
    workers = LocalWorkers(2)
    try:
        run(tmp_path / "two", workers)
        assert (tmp_path / "two" / ARCHIVE).read_bytes() == reference
        results = {finished.position: finished for finished in workers(deadly, JOBS)}
    finally:
        workers.close()
    assert results[0].error == "its process was ended"
    assert [results[i].error for i in (1, 2)] == [None, None]


@dataclass(frozen=True)
class Announced:
    """A score whose library says something from native code when it loads."""

    library: str = "native"

    def __setstate__(self, state) -> None:
        os.write(2, b"could not find drivers\n")

    def __call__(self, genotypes):
        return two_objectives(genotypes)


def test_what_libraries_say_when_a_process_loads_them_is_kept_off(capfd) -> None:
    workers = LocalWorkers(1)
    try:
        assert len(list(workers(Announced(), JOBS[:1]))) == 1
    finally:
        workers.close()
    assert "drivers" not in capfd.readouterr().err


def test_ray_gives_the_serial_archive(tmp_path, reference) -> None:
    pytest.importorskip("ray", reason="ray is not installed")
    workers = make_workers("ray")
    try:
        run(tmp_path, workers)
        assert (tmp_path / ARCHIVE).read_bytes() == reference
        results = {finished.position: finished for finished in workers(deadly, JOBS[:2])}
    finally:
        workers.close()
    assert results[0].error.startswith("its process was ended") and not results[0].objectives
    assert math.isfinite(results[1].objectives[0])


class BusyRay:
    """Ray on a machine so busy that its first starts fail; tasks run in place."""

    def __init__(self, failures: int):
        self.failures, self.starts = failures, []
        self.exceptions = SimpleNamespace(RayError=TimeoutError)

    def init(self, **options):
        self.starts.append(options)
        if len(self.starts) <= self.failures:
            raise RuntimeError("The current node timed out during startup.")

    def is_initialized(self) -> bool:
        return len(self.starts) > self.failures

    def shutdown(self) -> None: ...

    def put(self, value):
        return value

    def remote(self, **options):
        return lambda function: SimpleNamespace(
            remote=lambda *arguments: functools.partial(function, *arguments)
        )

    def wait(self, waiting, num_returns: int):
        return [waiting[-1]], waiting[:-1]

    def get(self, task):
        if task.args[1] == 1:
            raise TimeoutError("the node died\nand more")
        return task()


def test_without_ray_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r'pip install "sr-app\[ray\]"'):
        make_workers("ray")


def test_ray_is_given_three_attempts_to_start(monkeypatch) -> None:
    pytest.importorskip("ray", reason="ray is not installed")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    workers = make_workers("ray")
    workers.ray = BusyRay(failures=2)
    results = {finished.position: finished for finished in workers(two_objectives, JOBS)}
    assert len(workers.ray.starts) == 3
    assert results[0].objectives == tuple(two_objectives(["abc"])[0])
    assert results[1].error == "its process was ended: the node died"
    workers.ray = BusyRay(failures=3)
    with pytest.raises(OSError, match="Ray did not start: The current node timed out"):
        next(workers(two_objectives, JOBS))


def test_a_given_cluster_is_joined_and_not_configured(monkeypatch) -> None:
    pytest.importorskip("ray", reason="ray is not installed")
    workers = make_workers("ray:head:6379")
    workers.ray = BusyRay(failures=0)
    list(workers(two_objectives, JOBS[:1]))
    assert workers.ray.starts[0]["address"] == "head:6379"
    assert workers.ray.starts[0]["_system_config"] is None


@pytest.mark.parametrize("text", ["", "local", "local:0", "local:two", "serial:1", "cluster"])
def test_faulty_workers_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="Expected workers as serial, local:N"):
        make_workers(text)


def test_names() -> None:
    assert make_workers("serial") is serial
    assert make_workers("local:3").count == 3


MASTER = """
import time
from sr_app.search.workers import LocalWorkers

if __name__ == "__main__":
    workers = LocalWorkers(2)
    workers._started().submit(time.sleep, 0.01).result()
    print("at work", flush=True)
    time.sleep(600)
"""


def test_processes_are_not_waited_for_when_their_work_is_given_up(tmp_path) -> None:
    workers, begun = LocalWorkers(1), tmp_path / "begun"
    try:
        asleep = f"open({str(begun)!r}, 'w').close(); import time; time.sleep(600)"
        running = workers._started().submit(exec, asleep)
        while not begun.exists():
            assert not running.done()
            time.sleep(0.01)
    finally:
        workers.close()
    assert isinstance(running.exception(), BrokenProcessPool)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe to the end")
def test_processes_end_with_the_one_they_work_for(tmp_path) -> None:
    (tmp_path / "master.py").write_text(MASTER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, tmp_path / "master.py"], stdout=subprocess.PIPE, bufsize=0, env=environment
    ) as master:
        assert master.stdout.readline() == b"at work\n"
        master.kill()
        # The pipe comes to its end when all who could write to it have ended.
        assert master.communicate(timeout=120) == (b"", None)

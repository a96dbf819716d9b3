"""Ray is started again where a busy machine was too slow, and joined as it is where it runs."""

from __future__ import annotations

import pytest

from sr_app.files.cluster import START_ATTEMPTS, join


class BusyRay:
    """Ray whose first starts fail."""

    def __init__(self, failures: int, told: str = "The current node timed out during startup."):
        self.failures, self.told, self.starts, self.ended = failures, told, [], 0

    def init(self, **options):
        self.starts.append(options)
        if len(self.starts) <= self.failures:
            raise RuntimeError(f"{self.told}\nAnd more.")

    def is_initialized(self) -> bool:
        return len(self.starts) > self.failures

    def shutdown(self) -> None:
        self.ended += 1


def test_a_slow_start_is_tried_again_and_a_faulty_one_is_not(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    ray = BusyRay(START_ATTEMPTS - 1)
    join(ray, None)
    assert len(ray.starts) == START_ATTEMPTS and ray.ended == START_ATTEMPTS - 1
    assert ray.starts[0]["_system_config"]
    join(ray, None)  # it is in already
    assert len(ray.starts) == START_ATTEMPTS
    with pytest.raises(OSError, match=r"Ray did not start: The current.*startup\.$"):
        join(BusyRay(START_ATTEMPTS), None)
    faulty = BusyRay(1, "No such cluster")
    with pytest.raises(OSError, match="No such cluster"):
        join(faulty, "head:6379")
    assert len(faulty.starts) == 1


def test_a_cluster_that_is_there_is_not_configured(monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "head:1")
    for address in (None, "head:6379"):
        ray = BusyRay(0)
        join(ray, address)
        assert ray.starts[0]["address"] == address and ray.starts[0]["_system_config"] is None

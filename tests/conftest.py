"""Settings and fixtures of every test: quiet libraries, the shared pictures, a summary of skips."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

# Set before any test imports a heavy library; a value from outside wins.
_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "MPLBACKEND": "Agg",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    # XLA compiles for longer than a test then computes: a step of two stages takes 9 seconds of
    # compilation and computing on JAX, and 31 as the libraries have it.
    "XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
}
# Test networks are tiny: more threads than cores only cost switching between them.
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
_SHARE = str(max(1, _CORES // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))))
_THREADS = {
    "OMP_NUM_THREADS": _SHARE,
    "TF_NUM_INTRAOP_THREADS": _SHARE,
    "TF_NUM_INTEROP_THREADS": "1",
}
# All temporary files of a run, those of browsers and workers too, go with it; those of a run that
# was killed, a day later. (Worker processes of pytest-xdist get the folder from the one that began;
# pytest keeps its own last three itself.)
if "PYTEST_XDIST_WORKER" not in os.environ:
    for _left in Path(tempfile.gettempdir()).glob("sr_app_tests_*"):
        with suppress(OSError):
            if time.time() - _left.stat().st_mtime > 24 * 3600:
                shutil.rmtree(_left, ignore_errors=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="sr_app_tests_")
    atexit.register(shutil.rmtree, os.environ["TMPDIR"], ignore_errors=True)
# What doctor measured on this machine must not choose the processor of a test.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="cache_")
# Presets that this user added are none of the project's.
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="data_")
for _name, _value in {**_QUIET, **_THREADS}.items():
    os.environ.setdefault(_name, _value)

_DEVICES = Path(os.environ["XDG_CACHE_HOME"]) / "sr-app" / "devices.json"

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def unmeasured_devices() -> Iterator[None]:
    """Every test begins without what doctor measured in another one."""
    _DEVICES.unlink(missing_ok=True)
    yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared pictures: $SR_APP_SHARED, else ../shared beside the checkout; skip without."""
    folder = Path(os.environ.get("SR_APP_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("no shared pictures folder: set SR_APP_SHARED or put it at ../shared")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that hold a slow test come first: begun last, one would keep a single worker busy."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests were skipped, and why: a skip must never hide in a green run."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(_reason(report) for report in skipped)
    terminalreporter.write_line(f"skipped tests: {len(skipped)}")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"  {count} x {reason}")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")

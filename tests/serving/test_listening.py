from __future__ import annotations

import subprocess
import sys
from urllib.request import proxy_bypass_environment

import pytest

from sr_app.serving.listening import address, pass_proxies


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::", "http://127.0.0.1:7860"),
        ("::1", "http://[::1]:7860"),
        ("photos.local", "http://photos.local:7860"),
    ],
)
def test_addresses(host, expected) -> None:
    assert address(host, 7860) == expected


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_the_page_is_reached_past_a_proxy(monkeypatch, name) -> None:
    for known in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setenv("no_proxy", "")  # so that what is set is undone
    monkeypatch.setenv(name, "intranet.example")
    pass_proxies("photos.local")
    past = ("127.0.0.1", "localhost", "photos.local", "intranet.example")
    assert all(proxy_bypass_environment(host) for host in past)
    assert not proxy_bypass_environment("example.org")


def test_a_signal_ends_the_page() -> None:
    """In a process of its own: a signal that finds another handler ends all tests of a worker."""
    page = (
        "import signal; from sr_app.serving.listening import stop_on_signals\n"
        "until = stop_on_signals(); assert not until.is_set()\n"
        "signal.raise_signal(signal.{}); print(until.wait(2))"
    )
    for name in ("SIGTERM", "SIGINT"):
        command = [sys.executable, "-c", page.format(name)]
        assert subprocess.run(command, capture_output=True, text=True).stdout == "True\n"

from __future__ import annotations

import signal

import pytest

from sr_app.serving.listening import address, stop_on_signals


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


def test_a_signal_ends_the_page() -> None:
    kept = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        until = stop_on_signals()
        assert not until.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert until.wait(2)
    finally:
        for name, handler in kept.items():
            signal.signal(name, handler)

"""`sr-app demo`: what is checked and said around the page; the page itself is replaced."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import types
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def served(monkeypatch) -> list[dict]:
    """What ``serve`` was called with; it says ready and returns."""
    calls: list[dict] = []

    def serve(**options) -> None:
        calls.append(options)
        options["ready"](f"http://{options['host']}:{options['port']}/")

    page = types.ModuleType("sr_app.serving.app")
    page.serve = serve
    monkeypatch.setitem(sys.modules, "sr_app.serving.app", page)
    monkeypatch.delenv("SR_APP_AUTH", raising=False)
    kept = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    yield calls
    for name, handler in kept.items():
        signal.signal(name, handler)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_says_at_once_where_the_page_will_be(run: Run, served, port) -> None:
    result = run("demo", "--port", port)
    first, second, last = result.stdout.splitlines()
    assert first.startswith(f"Starting the page on http://127.0.0.1:{port}")
    assert second.startswith(f"Ready: http://127.0.0.1:{port}/")
    assert "deleted" in last and result.stderr == ""
    assert served[0]["host"] == "127.0.0.1" and served[0]["auth"] is None


def test_an_open_address_without_a_password_is_warned_about(run: Run, served, port) -> None:
    assert "everybody" in run("demo", "--host", "0.0.0.0", "--port", port).stderr
    closed = run("demo", "--host", "0.0.0.0", "--port", port, "--auth", "me:a:b")
    assert closed.stderr == "" and served[-1]["auth"] == ("me", "a:b")


def test_further_names_of_the_page_come_from_both_places(
    run: Run, served, port, monkeypatch
) -> None:
    run("demo", "--port", port, "--allow-host", "a.example", "--allow-host", "b.example")
    assert served[-1]["allow_hosts"] == ("a.example", "b.example")
    monkeypatch.setenv("SR_APP_ALLOW_HOST", "c.example d.example")
    run("demo", "--port", port)
    assert served[-1]["allow_hosts"] == ("c.example", "d.example")


def test_a_proxy_s_path(run: Run, served, port) -> None:
    run("demo", "--port", port, "--root-path", "/photos/")
    assert served[-1]["root"] == "/photos"
    assert "such as /photos" in run("demo", "--port", port, "--root-path", "x", code=2).stderr
    for option in ("--room", "--tab-room"):
        assert option in run("demo", "--port", port, option, "inf", code=2).stderr


def test_the_password_may_come_from_the_environment(run: Run, served, port, monkeypatch) -> None:
    monkeypatch.setenv("SR_APP_AUTH", "me:secret")
    run("demo", "--port", port)
    assert served[0]["auth"] == ("me", "secret")


@pytest.mark.parametrize("auth", ["secret", ":secret", "me:", ""])
def test_half_a_password_is_refused_without_repeating_it(run: Run, served, port, auth) -> None:
    result = run("demo", "--port", port, "--auth", auth, code=2)
    assert "USER:PASSWORD" in result.stderr and "secret" not in result.stderr
    assert not served


def test_a_port_that_is_taken_is_named_at_once(run: Run, served) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        result = run("demo", "--port", taken, code=2)
    assert f"port {taken}" in result.stderr and "--port" in result.stderr
    assert len(result.stderr.splitlines()) == 1 and not served


def test_the_limit_reaches_the_page(run: Run, served, port) -> None:
    run("demo", "--port", port, "--max-megapixels", "12.5")
    assert served[0]["limits"].output_pixels == 12_500_000


def test_the_verb_itself_imports_nothing_heavy() -> None:
    code = (
        "import sys, sr_app.cli.demo;"
        "print([m for m in ('gradio', 'numpy', 'PIL', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

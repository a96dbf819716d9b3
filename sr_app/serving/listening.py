"""Where the page listens, and what stands around it meanwhile: a log, and signals that end it.

Light enough to be asked before the page itself is imported, which takes seconds.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sr_app.serving.hosts import EVERYWHERE

LOCAL = ("127.0.0.1", "localhost", "::1")
"""Addresses that nobody else reaches."""


def check_port(host: str, port: int) -> None:
    """See that nothing else answers on this port, before seconds are spent on starting; ValueError
    naming the port and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ValueError(
            f"Cannot serve on {host} port {port} ({error.strerror or error}): "
            f"choose another one, such as --port {port + 1 if port < 65535 else port - 1}"
        ) from None


def address(host: str, port: int) -> str:
    """The page's address as a browser on this computer takes it."""
    shown = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def pass_proxies(host: str) -> None:
    """Let no proxy stand between this process and its own page, which the framework asks for at the
    start; other addresses go as the environment says."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = ",".join(
        dict.fromkeys([*filter(None, known.split(",")), *LOCAL, host])
    )


@contextmanager
def log_lines() -> Iterator[None]:
    """The page's log on standard error: a line for each job, and for each fault."""
    log, handler = logging.getLogger("sr_app.serving"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def stop_on_signals() -> threading.Event:
    """An event that Ctrl+C and a polite kill set, so that private files are removed at the end."""
    until = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: until.set())
    return until

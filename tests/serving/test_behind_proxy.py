"""Two processes of the page behind one proxy that sends each visitor to the same one."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# As `sr-app demo`, with a line for every file that is opened for writing.
WATCHED = """
import os, sys
sys.dont_write_bytecode = True
def watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)) and isinstance(args[2], int):
        if args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            print("writes:", os.path.abspath(os.fsdecode(args[0])), file=sys.stderr, flush=True)
sys.addaudithook(watch)
from sr_app.cli.main import run
run()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """Passes connections on: a visitor's address says to which process, always the same."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.loop, begun = ports, asyncio.new_event_loop(), threading.Event()
        self._begun = begun
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert begun.wait(10)

    def target(self, address: str) -> int:
        return self.ports[int(address.rpartition(".")[2]) % len(self.ports)]

    def _serve(self) -> None:
        start = asyncio.start_server(self._visit, "127.0.0.1", 0)
        self.port = self.loop.run_until_complete(start).sockets[0].getsockname()[1]
        self._begun.set()
        self.loop.run_forever()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = self.target(writer.get_extra_info("peername")[0])
        inner, outer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, outer), pump(inner, writer), return_exceptions=True)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    finally:
        sink.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[tuple[Proxy, Path, list[Path]]]:
    place = tmp_path_factory.mktemp("two")
    ports, pages, logs = [free_port(), free_port()], [], []
    for port in ports:
        logs.append(place / f"{port}.log")
        command = [sys.executable, "-c", WATCHED, "demo", "--port", str(port)]
        with logs[-1].open("w") as log:
            pages.append(
                subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=log, text=True,
                    env={**environment(), "TMPDIR": str(place), "HOME": str(place)},
                )
            )  # fmt: skip
    for page in pages:
        assert any(line.startswith("Ready") for line in page.stdout)
    proxy = Proxy(ports)
    yield proxy, place, logs
    proxy.close()
    for page in pages:
        page.terminate()
    assert [page.wait(60) for page in pages] == [0, 0]


def environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    kept = {k: v for k, v in os.environ.items() if k not in ("MPLCONFIGDIR", "GRADIO_TEMP_DIR")}
    return {**kept, "PYTHONPATH": root}


def ask(proxy: Proxy, visitor: str, name: str, value: object) -> object:
    """A function of the page, asked by a visitor from another address."""
    with closing(
        http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60, source_address=(visitor, 0))
    ) as line:
        line.request("GET", "/config")
        parts = json.loads(line.getresponse().read())["components"]
        (stage,) = [part["id"] for part in parts if part["props"].get("elem_id") == "stage"]
        body = {"session_hash": "me", "component_id": stage, "fn_name": name, "data": value}
        head = {"content-type": "application/json", "connection": "close"}
        line.request("POST", "/gradio_api/component_server", json.dumps(body), head)
        return json.loads(line.getresponse().read())


def test_each_visitor_stays_with_a_process_and_both_are_used(site) -> None:
    proxy, place, _ = site
    visitors = ["127.0.0.2", "127.0.0.3"]
    assert len({proxy.target(visitor) for visitor in visitors}) == 2
    tokens = {v: ask(proxy, v, "hello", None)["view"]["session"] for v in visitors}
    for visitor, token in tokens.items():
        view = ask(proxy, visitor, "act", [token, "example", 0, 1])
        assert view["session"] == token and view["photo"]["name"] == "chelsea.png"
        assert ask(proxy, visitor, "attend", [token, False]) is True
    # Sent to the other process, a tab is not known there: it begins anew, and is told.
    first, second = visitors
    assert ask(proxy, second, "attend", [tokens[first], False]) is False
    view = ask(proxy, second, "hello", tokens[first])["view"]
    assert view["session"] != tokens[first] and "anew" in view["status"]["text"]
    assert len([*place.glob("sr-app-page-*")]) == 2, "each has a folder of its own"


def test_nothing_is_written_outside_of_the_folder_for_temporary_files(site) -> None:
    _, place, logs = site
    for log in logs:
        said = [line for line in log.read_text().splitlines() if line.startswith("writes: ")]
        written = [line.removeprefix("writes: ") for line in said]
        assert any("sr-app-page-" in path for path in written), "the watch sees what is written"
        outside = [p for p in written if not p.startswith((f"{place}/", "/dev/", "/proc/"))]
        assert outside == []

"""Clients of the page and the page itself, for benchmarks/page_load.py: plain HTTP, no browser.

On Linux every address of 127.0.0.0/8 is this machine, so that each client has an address of its
own, as visitors have.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

REPOSITORY = Path(__file__).resolve().parent.parent
PACE = 0.4  # seconds between two questions, as the page's own scripts ask


def small_photo(seed: int, *, height: int = 48, width: int = 64) -> bytes:
    """A smooth random PNG: another one for each seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8))
    stream = io.BytesIO()
    coarse.resize((width, height), Image.Resampling.BICUBIC).save(stream, "png")
    return stream.getvalue()


@dataclass
class Server:
    """A page that is served by the command line."""

    process: subprocess.Popen
    port: int
    folder: Path

    def figures(self) -> dict[str, float]:
        """Resident megabytes, file descriptors, threads, and files and megabytes on disk."""
        proc = Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        sizes = list(_sizes(self.folder))
        return {
            "rss_mb": int(status["VmRSS"].split()[0]) / 1e3,
            "descriptors": len(list((proc / "fd").iterdir())),
            "threads": int(status["Threads"]),
            "files": len(sizes),
            "disk_mb": sum(sizes) / 1e6,
        }


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes of every file, while others come and go."""
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield (Path(place) / name).stat().st_size


@contextmanager
def served(*options: str, folder: Path | None = None) -> Iterator[Server]:
    """The page on a free port, with a private folder in ``folder``."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        inside = folder or Path(name)
        before = set(inside.glob("sr-app-page-*"))
        log = (Path(name) / "log").open("w+")
        process = subprocess.Popen(
            [sys.executable, "-m", "sr_app", "demo", "--port", str(port), *options],
            env={**os.environ, "TMPDIR": str(inside), "PYTHONUNBUFFERED": "1"},
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            for line in process.stdout or ():
                if line.startswith("Ready"):
                    break
            else:
                log.seek(0)
                raise SystemExit(f"The page did not start: {log.read()[-500:]}")
            own = next(iter(set(inside.glob("sr-app-page-*")) - before))
            yield Server(process, port, own)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
            log.close()


class Client:
    """One tab of a client with an address of its own."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.port, self.address, self.cookie = port, address, ""
        self.name, self.stage, self.token, self.serial = secrets.token_hex(6), None, "", 0
        self.refusals: list[str] = []

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """One request on a connection of its own: status and body; status 0 if it broke off."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=120, source_address=(self.address, 0)
        )
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        if self.cookie:
            named["cookie"] = self.cookie
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def call(self, function: str, value: object) -> object:
        """What a function of the page answers; None if the request was refused."""
        if self.stage is None:
            parts = json.loads(self.ask("GET", "/config")[1])["components"]
            self.stage = next(p["id"] for p in parts if p["props"].get("elem_id") == "stage")
        request = {"session_hash": self.name, "component_id": self.stage}
        body = json.dumps({**request, "fn_name": function, "data": value}).encode()
        status, answer = self.ask(
            "POST", "/gradio_api/component_server", body, content_type="application/json"
        )
        if status != 200:
            self.refusals.append(f"{function}: {status}")
            return None
        return json.loads(answer)

    def begin(self) -> dict:
        """Open the page."""
        view = self.call("hello", None)
        self.token = view["view"]["session"] if isinstance(view, dict) else ""
        return view["view"] if isinstance(view, dict) else {}

    def act(self, action: str, value: object = None) -> dict:
        """An action; its view, or what changed of it. What pops up counts as a refusal."""
        view = self.call("act", [self.token, action, value, None])
        if not isinstance(view, dict):
            return {}
        self.serial = view.get("serial", self.serial)
        if "alert" in view and view["alert"]["number"]:
            self.refusals.append(view["alert"]["text"])
        return view

    def upload(self, *photos: bytes, name: str = "photo.png") -> tuple[int, list[str]]:
        """Status, and the paths under which the server has the photos."""
        edge = secrets.token_hex(16)
        parts = b"".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n".encode()
            + photo
            + b"\r\n"
            for photo in photos
        )
        kind = f"multipart/form-data; boundary={edge}"
        body = parts + f"--{edge}--\r\n".encode()
        status, answer = self.ask("POST", "/gradio_api/upload", body, content_type=kind)
        if status != 200:
            self.refusals.append(f"upload: {status}")
        return status, json.loads(answer) if status == 200 else []

    def open(self, photo: bytes, name: str = "photo.png") -> bool:
        """Upload a photo and take it in hand."""
        _, paths = self.upload(photo, name=name)
        return bool(paths and self.act("open", [paths[0], name]).get("photo"))

    def wait(self, until: float = float("inf")) -> dict:
        """Ask until nothing is being made any more, or the time is over: the whole view."""
        while time.monotonic() < until:
            view = self.act("poll", self.serial)
            if not view.get("work"):
                return view if "results" in view else self.act("poll", 0)
            time.sleep(PACE)
        return {}

    def leave(self) -> None:
        """Close the tab."""
        self.ask("POST", "/leave", self.token.encode())

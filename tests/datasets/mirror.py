"""A miniature of DIV2K's archives, and a server on loopback that can misbehave."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from sr_app.datasets.catalogue import Archive, Dataset


@cache
def png(height: int, width: int) -> bytes:
    """A picture of noise: it does not compress, as a photo does not."""
    pixels = np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3))
    return cv2.imencode(".png", pixels.astype("uint8"))[1].tobytes()


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return stream.getvalue()


def pictures(folder: str, numbers: range, suffix: str, height: int, width: int) -> dict[str, bytes]:
    """Members of an archive of DIV2K's layout."""
    return {f"{folder}/{number:04d}{suffix}.png": png(height, width) for number in numbers}


def published(archive: Archive, data: bytes) -> Archive:
    """The archive with the size and the MD5 of other bytes."""
    return replace(archive, size=len(data), digest=hashlib.md5(data).hexdigest())


def miniature(dataset: Dataset, content: dict[str, bytes]) -> Dataset:
    """A set of the catalogue, its archives those of ``content`` (file name -> bytes)."""
    return replace(dataset, archives=tuple(published(a, content[a.file]) for a in dataset.archives))


class Mirror:
    """Files on a server, the requests it saw, and what it does wrong.

    Args:
        files: name -> bytes.
    """

    def __init__(self, files: dict[str, bytes]):
        self.files = files
        self.requests: list[tuple[str, str | None]] = []  # name, Range
        self.cuts: list[int] = []  # bytes after which the next answers end
        self.errors: list[int] = []  # codes of the next answers
        self.resumes = True  # answers Range
        self.stated: dict[str, str] = {}  # wrong headers of all answers: name -> value
        self.url = ""


@contextmanager
def serve(mirror: Mirror) -> Iterator[Mirror]:
    """Serve on a free port of loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, wanted = self.path.rpartition("/")[2], self.headers.get("Range")
            mirror.requests.append((name, wanted))
            data = mirror.files.get(name)
            code = mirror.errors.pop(0) if mirror.errors else None
            if data is None or code:
                self.send_error(code or 404)
                return
            start = int(wanted[6:-1]) if wanted and mirror.resumes else 0
            if start:
                self.send_response(206)
            else:
                self.send_response(200)
            headers = {"Content-Length": str(len(data) - start)}
            if start:
                headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            for header in headers:
                self.send_header(header, mirror.stated.get(header, headers[header]))
            self.end_headers()
            end = start + mirror.cuts.pop(0) if mirror.cuts else len(data)
            self.wfile.write(data[start:end])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    mirror.url = f"http://127.0.0.1:{server.server_port}/DIV2K/"
    try:
        yield mirror
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

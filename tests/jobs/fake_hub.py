"""A model hub on this machine: as much of its interface as presets need, with files in memory."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """``repositories``: name -> files. ``asked``: method and path of each request."""

    def __init__(self):
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.asked: list[str] = []
        self.sizes: dict[str, int] = {}
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                hub.asked.append(f"{self.command} {self.path}")
                hub.answer(self)

            def do_POST(self):
                hub.asked.append(f"{self.command} {self.path}")
                hub.take(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = "http://{}:{}".format(*self.server.server_address[:2])
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler) -> None:
        """A repository's list of files, or a file."""
        path = handler.path.partition("?")[0].strip("/").split("/")
        if path[:2] == ["api", "models"] and "/".join(path[2:4]) in self.repositories:
            name = "/".join(path[2:4])
            files = [
                {"rfilename": file, "size": self.sizes.get(file, len(content)), "blobId": "0" * 40}
                for file, content in self.repositories[name].items()
            ]
            reply(handler, {"id": name, "modelId": name, "sha": COMMIT, "siblings": files})
        elif path[2:4] == ["resolve", COMMIT]:
            content = self.repositories.get("/".join(path[:2]), {}).get("/".join(path[4:]))
            send(handler, 200 if content is not None else 404, content or b"")
        else:
            send(handler, 404, b"", {"X-Error-Code": "RepoNotFound"})

    def take(self, handler, body: bytes) -> None:
        """A repository that is made, or a commit with its files inside."""
        path = handler.path.partition("?")[0].strip("/").split("/")
        if path == ["api", "repos", "create"]:
            told = json.loads(body)
            name = "/".join(filter(None, (told.get("organization"), told["name"])))
            self.repositories.setdefault(name, {})
            reply(handler, {"url": f"{self.endpoint}/{name}", "name": name})
        elif path == ["api", "validate-yaml"]:  # the head of the page
            reply(handler, {"errors": [], "warnings": []})
        elif path[4] == "preupload":
            files = [
                {"path": each["path"], "uploadMode": "regular", "shouldIgnore": False}
                for each in json.loads(body)["files"]
            ]
            reply(handler, {"files": files})
        else:
            name = "/".join(path[2:4])
            for line in filter(None, body.split(b"\n")):
                told = json.loads(line)
                if told["key"] == "file":
                    value = told["value"]
                    content = base64.b64decode(value["content"])
                    self.repositories[name][value["path"]] = content
            url = f"{self.endpoint}/{name}/commit/{COMMIT}"
            reply(handler, {"success": True, "commitOid": COMMIT, "commitUrl": url})


def reply(handler, content: object) -> None:
    send(handler, 200, json.dumps(content).encode(), {"Content-Type": "application/json"})


def send(handler, status: int, content: bytes, more: dict | None = None) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
    handler.send_header("X-Repo-Commit", COMMIT)
    for key, value in (more or {}).items():
        handler.send_header(key, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(content)

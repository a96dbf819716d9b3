"""The page's own answers."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from sr_app.serving.page_routes import page_routes, scripts


def test_a_goodbye_is_told_to_the_controller_whatever_its_bytes(controller) -> None:
    client = TestClient(Starlette(routes=page_routes(controller)))
    token = controller.hello()["session"]
    for body in (b"\xff\0", b"nobody", token.encode()):
        assert client.post("/leave", content=body).status_code == 204
    assert controller._sessions[token].left is not None
    assert client.get("/leave").status_code == 405
    assert client.get(f"/{scripts()}/main.js").status_code == 200

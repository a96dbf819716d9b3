from __future__ import annotations

import io

import pytest
from PIL import Image

from sr_app.image.errors import RefusedError
from sr_app.image.gif_blocks import read_gif


def gif(count: int = 1, **options) -> bytes:
    frames = [Image.new("RGB", (16, 12), (80 * n, 5, 0)) for n in range(count)]
    stream = io.BytesIO()
    frames[0].save(stream, "gif", save_all=True, append_images=frames[1:], **options)
    return stream.getvalue()


@pytest.mark.parametrize("count", [1, 3])
def test_size_and_frames(count: int) -> None:
    found = read_gif(gif(count))
    assert (found.width, found.height, found.frames) == (16, 12, count)


def test_comments() -> None:
    assert read_gif(gif(comment=b"a word")).metadata.comments == ("a word",)


def test_a_file_without_a_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="no picture"):
        read_gif(gif()[:13] + b";")
    with pytest.raises(ValueError, match="header"):
        read_gif(b"GIF89a")


def test_a_million_blocks_are_refused() -> None:
    data = gif()
    start = data.index(b",") if b"!" not in data else data.index(b"!")
    with pytest.raises(RefusedError, match="GIF blocks"):
        read_gif(data[:start] + b"!\xfe" + b"\1x" * 2_000_000)

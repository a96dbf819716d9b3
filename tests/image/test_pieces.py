from __future__ import annotations

import io

import numpy as np
import pytest

from sr_app.image.pieces import PieceStream

DATA = bytes(range(256)) * 4
PIECES = [(DATA, 10, 300), (b"head", 0, 4), (DATA, 5, 5), (DATA, 900, 1024), (b"abc", 1, 2)]
WHOLE = DATA[10:300] + b"head" + DATA[900:1024] + b"b"


def test_it_reads_as_one_file() -> None:
    stream = PieceStream(PIECES)
    assert len(stream) == len(WHOLE)
    assert stream.read() == WHOLE
    assert stream.read() == b""
    assert io.BufferedReader(PieceStream(PIECES)).read() == WHOLE


@pytest.mark.parametrize("seed", range(20))
def test_any_reading_and_seeking_is_that_of_a_file(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stream, other = PieceStream(PIECES), io.BytesIO(WHOLE)
    for _ in range(30):
        if rng.random() < 0.4:
            offset, whence = int(rng.integers(0, 500)), int(rng.integers(0, 3))
            offset = -offset if whence == 2 else offset
            if whence == 2 and -offset > len(WHOLE):
                continue
            assert stream.seek(offset, whence) == other.seek(offset, whence)
        else:
            size = int(rng.integers(0, 200))
            assert stream.read(size) == other.read(size)
        assert stream.tell() == other.tell()


def test_nothing_is_nothing() -> None:
    assert PieceStream([]).read() == b"" and len(PieceStream([])) == 0

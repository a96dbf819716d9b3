from __future__ import annotations

import lzma
import time
from pathlib import Path

import pytest

from sr_app.image.errors import PhotoError, RefusedError
from sr_app.image.files import read_photo
from sr_app.image.limits import check_count, check_pieces, check_scans, counted
from tests.image.conftest import CASES

HOSTILE = CASES / "hostile"
FILES = sorted([*HOSTILE.glob("*.tif*"), *HOSTILE.glob("*.jpg*")])


def test_counts() -> None:
    check_count("boxes", 5, 5)
    with pytest.raises(RefusedError, match="more than 5 boxes"):
        check_count("boxes", 6, 5)


def test_what_was_counted_up_to_a_limit_says_so() -> None:
    assert counted(9_999, 10_000) == "9999"
    assert counted(10_000, 10_000) == "10,000 or more"


def test_scans_are_weighed_by_the_picture() -> None:
    check_scans(10, 200_000_000)
    check_scans(500, 1_000_000)
    with pytest.raises(RefusedError, match="scans"):
        check_scans(100, 49_000_000)
    with pytest.raises(RefusedError, match="scans"):
        check_scans(1001, 64)


def test_pieces() -> None:
    check_pieces(50_000, 600, 100_000, 50_000)  # a strip for each row of a narrow picture
    with pytest.raises(RefusedError, match="strips or tiles"):
        check_pieces(9990 * 9990, 6, 9990 * 9990, 9990)
    with pytest.raises(RefusedError, match="a strip or tile of 4295 MB"):
        check_pieces(1, 1 << 32, 1_000_000, 1000)


@pytest.mark.skipif(not FILES, reason="the hostile files are not at hand")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_hostile_files_end_soon(tmp_path: Path, path: Path) -> None:
    """Processor time, which does not depend on what else the machine does."""
    target = tmp_path / path.name.removesuffix(".xz")
    data = path.read_bytes()
    target.write_bytes(lzma.decompress(data) if path.suffix == ".xz" else data)
    start = time.process_time()
    try:
        photo = read_photo(target, max_pixels=50_000_000)
        assert photo.rgb.size <= 3 * 50_000_000
    except PhotoError as error:
        assert "\n" not in str(error)
    assert time.process_time() - start < 2

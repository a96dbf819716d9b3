from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.image.errors import PhotoError, RefusedError, reason_of
from sr_app.image.headers import reading


def test_a_refusal_is_never_called_damage() -> None:
    with pytest.raises(PhotoError, match=r"^a\.tif: too many strips$"), reading(Path("a.tif")):
        raise RefusedError("too many strips")
    with pytest.raises(PhotoError, match="damaged or incomplete"), reading(Path("a.tif")):
        raise ValueError("too many strips")


@pytest.mark.parametrize("error", [AssertionError(), KeyError("PLTE"), IndexError(5)])
def test_a_programmers_word_is_not_told(error: Exception) -> None:
    assert reason_of(error) == "its data cannot be decoded"


def test_words_are_told_on_one_line_bytes_too() -> None:
    assert reason_of(ValueError("too\nfew rows")) == "too few rows"
    assert reason_of(ValueError(b"not a RAW file")) == "not a RAW file"

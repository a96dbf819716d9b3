from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.image.errors import PhotoError, RefusedError
from sr_app.image.headers import reading


def test_a_refusal_is_never_called_damage() -> None:
    with pytest.raises(PhotoError, match=r"^a\.tif: too many strips$"), reading(Path("a.tif")):
        raise RefusedError("too many strips")
    with pytest.raises(PhotoError, match="damaged or incomplete"), reading(Path("a.tif")):
        raise ValueError("too many strips")

from __future__ import annotations

from pathlib import Path

import pytest

from sr_app.jobs.outputs import check_outputs


def test_a_missing_folder_is_said_at_once(tmp_path: Path) -> None:
    check_outputs([None, tmp_path / "a.txt", Path("here.txt")])
    with pytest.raises(ValueError, match="at most 255 bytes. Received: 260, aaa"):
        check_outputs([tmp_path / ("a" * 260)])
    with pytest.raises(ValueError, match="nowhere does not exist"):
        check_outputs([tmp_path / "nowhere" / "a.txt"])

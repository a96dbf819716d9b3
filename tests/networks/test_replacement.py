import pytest

from sr_app.networks.replacement import replacing


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "best.json"
    with replacing(path) as temporary:
        temporary.write_text("first")
        assert not path.exists()
    with pytest.raises(OSError), replacing(path) as temporary:
        temporary.write_text("hal")
        raise OSError("disk full")
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]
    with replacing(path) as temporary:
        temporary.write_text("second")
    assert path.read_text() == "second" and list(tmp_path.iterdir()) == [path]

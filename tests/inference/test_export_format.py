from __future__ import annotations

from sr_app.inference.export_format import Exported


def test_the_size_is_that_of_all_files(tmp_path):
    files = tmp_path / "a.xml", tmp_path / "a.bin"
    for file, size in zip(files, (3, 5), strict=True):
        file.write_bytes(bytes(size))
    assert Exported(files, 0.0, "Keras").size == 8

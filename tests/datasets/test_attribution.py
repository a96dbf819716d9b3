import pytest

from sr_app.datasets.attribution import attribution


def test_rows_of_present_files_are_kept(tmp_path):
    (tmp_path / "a.jpg").touch()
    (tmp_path / "MANIFEST.tsv").write_text(
        "file\tw\tsource_url\tlicence\n"
        "a.jpg\t10\thttps://example.org/a\tCC BY 4.0\n"
        "gone.jpg\t10\thttps://example.org/b\tCC0\n"
    )
    assert attribution([tmp_path, tmp_path / "none"]) == [
        {"file": "a.jpg", "source_url": "https://example.org/a", "licence": "CC BY 4.0"}
    ]


def test_a_table_without_licences_is_refused(tmp_path):
    (tmp_path / "MANIFEST.tsv").write_text("file\twho\na.jpg\tme\n")
    with pytest.raises(ValueError, match="columns file and licence"):
        attribution([tmp_path])

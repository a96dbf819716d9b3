import pytest

from sr_app.datasets.attribution import attribution
from sr_app.datasets.photos import read_photographs


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


def test_the_photographs_of_the_package_are_one_row(tmp_path):
    first, second, *_ = read_photographs()
    lines = ["file\tlicence", f"{first.file}\tCC0", "own.jpg\tCC BY 4.0", f"{second.file}\tCC0"]
    (tmp_path / "MANIFEST.tsv").write_text("\n".join(lines) + "\n")
    for name in (first.file, second.file, "own.jpg"):
        (tmp_path / name).touch()
    about, own = attribution([tmp_path])
    assert about == {"set": "photos", "file": "sr_app/datasets/photos.tsv", "pictures": 2}
    assert own == {"file": "own.jpg", "licence": "CC BY 4.0"}

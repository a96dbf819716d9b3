"""Which file becomes which, names that never collide, and what never happens to an input."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from sr_app.image.files import Photo, PhotoError, write_photo
from sr_app.inference.job_list import Job, distinct, find_jobs


def photo(path: Path, height: int = 6, width: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_photo(Photo(np.zeros((height, width, 3), np.float32)), path)
    return path


@pytest.fixture
def folder(tmp_path):
    """in/: a.png, b.jpg, sub/c.png, no photos beside them."""
    for name in ("a.png", "b.jpg", "sub/c.png"):
        photo(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no photo")
    return tmp_path / "in"


def names(found, out: Path) -> list[str]:
    return [job.target.relative_to(out).as_posix() for job in found.jobs]


def test_a_folder_keeps_its_names(folder, tmp_path):
    out = tmp_path / "out"
    assert names(find_jobs([folder], out), out) == ["a.png", "b.jpg"]


def test_a_tree_keeps_its_shape(folder, tmp_path):
    out = tmp_path / "out"
    found = find_jobs([folder], out, recursive=True)
    assert names(found, out) == ["a.png", "b.jpg", "sub/c.png"]
    assert [job.source.name for job in found.jobs] == ["a.png", "b.jpg", "c.png"]


def test_results_inside_the_source_are_no_sources(folder):
    photo(folder / "out" / "a.png")
    found = find_jobs([folder], folder / "out", recursive=True)
    assert len(found.jobs) == 3 and [each.path.name for each in found.left_out] == ["notes.txt"]


def test_another_format_changes_the_suffix_and_nothing_collides(folder, tmp_path):
    photo(folder / "a.jpg")
    photo(folder / "d.PNG")
    out = tmp_path / "out"
    expected = ["a.jpg.png", "a.png", "b.png", "d.PNG"]
    assert names(find_jobs([folder], out, suffix=".png"), out) == expected


def test_a_file_becomes_a_file_or_lies_in_a_folder(folder, tmp_path):
    source = folder / "b.jpg"
    for target, suffix, expected in (
        ("x.webp", None, "x.webp"),
        ("", None, "b.jpg"),
        ("", ".png", "b.png"),
        ("x.jpeg", ".jpg", "x.jpeg"),
        ("new/", None, "new/b.jpg"),
    ):
        (job,) = find_jobs([source], f"{tmp_path}/{target}", suffix=suffix).jobs
        assert job == Job(source, tmp_path / expected)


@pytest.mark.parametrize(
    ("source", "target", "suffix", "message"),
    [
        ("none.png", "x.png", None, "no such file or folder"),
        ("in/a.png", "x.gif", None, r"expected one of \.jpg.*Received: \.gif"),
        ("in/a.png", "x", None, "Received: no suffix"),
        ("in/a.png", "x.png", ".gif", r"Received: \.gif"),
        ("in/a.png", "x.png", ".jpg", r"does not end in \.jpg"),
        ("in", "in/a.png", None, "is a file"),
        ("in/sub/deep", "out", None, "no photos.*-r"),
        ("in", "in", None, "is an input"),
        ("in/a.png", "in/a.png", None, "is an input"),
        ("in/a.png", "in", None, "is an input"),
    ],
)
def test_what_cannot_be_is_said_at_once(folder, tmp_path, source, target, suffix, message):
    (folder / "sub" / "deep").mkdir()
    with pytest.raises(PhotoError, match=message):
        find_jobs([tmp_path / source], tmp_path / target, suffix=suffix)


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_an_input_under_another_name_is_not_written_over(folder, tmp_path):
    (tmp_path / "link.png").symlink_to(folder / "a.png")
    (tmp_path / "hard.png").hardlink_to(folder / "a.png")
    for name in ("link.png", "hard.png"):
        with pytest.raises(PhotoError, match=rf"{name} would be written over"):
            find_jobs([folder / "a.png"], tmp_path / name)


def test_an_input_is_not_written_over_through_a_folder_to_come(folder):
    with pytest.raises(PhotoError, match=r"a\.png would be written over"):
        find_jobs([folder / "a.png"], folder / "none" / ".." / "a.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_folder_is_left_out_as_what_it_is(folder):
    os.mkfifo(folder / "pipe.jpg")
    left_out = {each.path.name: each.reason for each in find_jobs([folder], "out").left_out}
    assert left_out["pipe.jpg"] == "neither a file nor a folder"


def test_several_inputs_of_every_kind(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photo(Path("more/a.PNG"))
    found = find_jobs(["in/b.jpg", "in", "more/*.PNG", "in/b.jpg"], "out")
    assert names(found, Path("out")) == ["b.jpg", "a.png", "a_2.PNG"]
    with pytest.raises(PhotoError, match=r"\*\.gif: no file matches"):
        find_jobs(["in/*.gif"], "out")
    with pytest.raises(PhotoError, match="folder for the results of 2 inputs"):
        find_jobs(["in/a.png", "in/b.jpg"], "x.png")
    with pytest.raises(PhotoError, match="several inputs need a folder"):
        find_jobs(["in/a.png", "in/b.jpg"], "in/a.png")


def test_a_pattern_may_lie_in_a_name_that_exists(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photo(Path("in/[1].png"))
    assert names(find_jobs(["in/[1].png"], "out/"), Path("out")) == ["[1].png"]


def paths(*names: str) -> list[Path]:
    return [Path(name) for name in names]


@pytest.mark.parametrize(
    ("own", "suffix", "expected"),
    [
        (("a.jpg", "a.png", "a.jpg.png"), ".png", ("a_2.png", "a.png", "a.jpg.png")),
        (("a.jpg", "a.bmp"), ".png", ("a.jpg.png", "a.bmp.png")),
        (("a.JPG", "a.png"), ".jpg", ("a.JPG", "a.png.jpg")),
        (("a.png", "a.JPG"), ".jpg", ("a.png.jpg", "a.JPG")),
        (("a.png", "A.PNG"), None, ("a.png", "A_2.PNG")),
        (("caf\u00e9.png", "cafe\u0301.png"), None, ("caf\u00e9.png", "cafe\u0301_2.png")),
        (("x/a.png", "a.png"), None, ("x/a.png", "a.png")),
    ],
)
def test_names_never_collide_whatever_the_file_system(own, suffix, expected):
    wanted = [name.with_suffix(suffix) if suffix else name for name in paths(*own)]
    wanted = [
        was if was.suffix.lower() == suffix else name
        for was, name in zip(paths(*own), wanted, strict=True)
    ]
    assert distinct(wanted, paths(*own), suffix) == paths(*expected)


def test_what_is_left_out_of_a_folder_is_told(folder):
    for name in ("x.psd", "y.mp4", ".hidden", "@eaDir/z.jpg", ".cache/a.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    (folder / "gone.jpg").symlink_to(folder / "nothing.jpg")
    (folder / "album").symlink_to(folder / "sub")
    left_out = {
        each.path.name: each.reason for each in find_jobs([folder], folder.parent / "out").left_out
    }
    assert left_out == {
        "album": "a link to a folder",
        "gone.jpg": "a broken link",
        "notes.txt": ".txt: not a photo by its name",
        "sub": "a folder (-r looks into it)",
        "x.psd": ".psd: not a photo by its name",
        "y.mp4": ".mp4: not a photo by its name",
    }
    assert "sub" not in {
        each.path.name
        for each in find_jobs([folder], folder.parent / "out", recursive=True).left_out
    }


def test_what_is_read_alone_becomes_something_else(folder):
    for name in ("p.HEIC", "q.gif", "r.dng"):
        (folder / name).touch()
    found = find_jobs([folder], folder.parent / "out")
    became = {job.source.name: job.target.name for job in found.jobs}
    assert (became["p.HEIC"], became["q.gif"]) == ("p.jpg", "q.png")
    assert became.get("r.dng", "r.tif") == "r.tif"
    chosen = find_jobs(
        [folder / "p.HEIC"], folder.parent / "out/", suffix=".avif", template="{stem}"
    )
    assert chosen.jobs[0].target.name == "p.avif"


def test_raw_files_are_left_out_with_a_word_where_nothing_reads_them(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    (folder / "r.DNG").touch()
    left_out = {each.path.name: each.reason for each in find_jobs([folder], "out").left_out}
    assert left_out["r.DNG"] == ".dng: a camera raw file (pip install 'sr-app[raw]' reads it)"


def test_a_template_names_the_results(folder, tmp_path):
    def given(template, **options):
        found = find_jobs([folder], tmp_path, template=template, scale="2", **options)
        return names(found, tmp_path)

    assert given("{stem}_x{scale}") == ["a_x2.png", "b_x2.jpg"]
    assert given("{number:03d}.{format}", suffix=".webp") == ["001.webp", "002.webp"]
    assert given("x{scale}/{stem}", recursive=True) == ["x2/a.png", "x2/b.jpg", "sub/x2/c.png"]
    assert given("same") == ["same.png", "same.jpg"]
    assert given("same.png") == ["same.png", "same_2.png"]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{name}", r"with \{stem\}.*Received: \{name\}"),
        ("{stem", "such as"),
        ("../{stem}", "below OUT"),
        ("/{stem}", "below OUT"),
    ],
)
def test_a_faulty_template_is_refused(folder, tmp_path, template, message):
    with pytest.raises(PhotoError, match=message):
        find_jobs([folder], tmp_path / "out", template=template)

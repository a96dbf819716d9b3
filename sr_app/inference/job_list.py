"""Which file becomes which: inputs of every kind, names that never collide, what is left out."""

from __future__ import annotations

import glob
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sr_app.files.extras import is_installed
from sr_app.image.files import (
    READ_ONLY,
    READABLE,
    RESULT_SUFFIXES,
    SUFFIXES,
    PhotoError,
    find_photos,
    is_hidden,
)

FIELDS = ("stem", "format", "scale", "number")
"""Names that a template may hold: of the input's name, the result's format, the factor or size, and
the input's place in the list, from 1."""


@dataclass(frozen=True)
class Job:
    """One file to read and one to write."""

    source: Path
    target: Path


@dataclass(frozen=True)
class LeftOut:
    """Something in a folder that is not enlarged, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class JobList:
    """What is to be done, in order, and what of the folders is not."""

    jobs: tuple[Job, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class _Input:
    """A photo, and the name that it has below the folder of results."""

    path: Path
    name: Path


def find_jobs(
    sources: Sequence[str | Path],
    target: str | Path,
    *,
    recursive: bool = False,
    suffix: str | None = None,
    template: str | None = None,
    scale: str = "",
) -> JobList:
    """What files and folders become.

    One file becomes ``target``, or a file of its own name in the folder ``target``. Of several
    inputs, and of a folder, each photo gets a file in the folder ``target``, which need not exist;
    a folder's photos keep their names, and with ``recursive`` their places in the tree.

    Args:
        sources: files, folders, or patterns such as ``*.jpg`` that the shell did not resolve.
        target: a folder if it ends in a slash.
        suffix: of the results, ``.png`` say; the sources' own if None.
        template: of the results' names, with `FIELDS`: ``{stem}_x{scale}``; the suffix may be left
            out. ``scale`` is what stands for that field.

    Raises:
        PhotoError: if there is nothing to do, or a result would replace a source.
    """
    if suffix is not None and suffix not in SUFFIXES:
        raise PhotoError(_unknown_suffix(suffix))
    paths = [path for source in sources for path in resolved(source)]
    one = len(paths) == 1 and not paths[0].is_dir()
    folder = Path(target)
    if ".." in folder.parts and not folder.parent.exists():
        folder = folder.resolve()  # what is there already is not seen through a missing folder
    if one and template is None and not str(target).endswith("/") and not folder.is_dir():
        jobs, left_out = (Job(paths[0], _single_target(folder, suffix)),), ()
    else:
        _check_folder(folder, paths)
        inputs, left_out = _inputs(paths, folder, recursive)
        names = [_renamed(each.name, suffix) for each in inputs]
        if template is not None:
            names = _formatted(names, template, scale)
        names = distinct(names, [each.name for each in inputs], suffix)
        jobs = tuple(
            Job(each.path, folder / name) for each, name in zip(inputs, names, strict=True)
        )
    _keep_sources(jobs)
    return JobList(jobs, left_out)


def resolved(source: str | Path) -> list[Path]:
    """The path, or those that a pattern names, sorted.

    PhotoError if there is no such file or folder, or nothing of the pattern.
    """
    path = Path(source)
    if path.exists():
        return [path]
    if glob.has_magic(str(source)):
        found = sorted(Path(name) for name in glob.glob(str(source), recursive=True))
        if found:
            return found
        raise PhotoError(f"{source}: no file matches this pattern")
    raise PhotoError(f"{path}: no such file or folder")


def distinct(names: list[Path], own: list[Path], suffix: str | None) -> list[Path]:
    """The names, changed where two would be one file, also where case and accents do not count.

    a.jpg and a.png cannot both become a.png: the renamed one becomes a.jpg.png, or a_2.png where
    that is taken too. A file that keeps its own name goes before one that does not.

    Args:
        names: wished for.
        own: the sources' names.
        suffix: that the results get; None if they keep theirs.
    """
    wanted, taken = Counter(map(_key, names)), set()
    result: dict[int, Path] = {}
    for at, (name, was) in enumerate(zip(names, own, strict=True)):
        if (wanted[_key(name)] == 1 or name == was) and _key(name) not in taken:
            result[at] = name
            taken.add(_key(name))
    for at, (name, was) in enumerate(zip(names, own, strict=True)):
        if at not in result:
            result[at] = next(n for n in _others(name, was, suffix) if _key(n) not in taken)
            taken.add(_key(result[at]))
    return [result[at] for at in range(len(names))]


def _others(name: Path, was: Path, suffix: str | None) -> Iterator[Path]:
    if suffix is not None and name.stem == was.stem and name.suffix != was.suffix:
        yield was.with_name(was.name + suffix)
    else:
        yield name
    number = 2
    while True:
        yield name.with_name(f"{name.stem}_{number}{name.suffix}")
        number += 1


def _key(name: Path) -> str:
    """Equal for names that some file system takes for one."""
    return unicodedata.normalize("NFC", str(name)).casefold()


def _check_folder(folder: Path, paths: list[Path]) -> None:
    if folder.exists() and not folder.is_dir():
        what = "a folder" if len(paths) == 1 else "several inputs"
        raise PhotoError(f"{folder} is a file: the results of {what} need a folder")
    if not folder.exists() and len(paths) > 1 and folder.suffix.lower() in SUFFIXES:
        raise PhotoError(f"{folder}: expected a folder for the results of {len(paths)} inputs")


def _inputs(
    paths: list[Path], folder: Path, recursive: bool
) -> tuple[list[_Input], tuple[LeftOut, ...]]:
    inputs, left_out = [], []
    for path in paths:
        if not path.is_dir():
            inputs.append(_Input(path, Path(path.name)))
            continue
        photos = list(_photos(path, folder, recursive))
        if not photos:
            more = "" if recursive else "; -r looks into its folders too"
            raise PhotoError(f"{path}: no photos ({', '.join(READABLE)}){more}")
        inputs += [_Input(photo, photo.relative_to(path)) for photo in photos]
        left_out += passed_over(path, {folder}, recursive)
    seen = {}  # the same file named twice is done once
    for each in inputs:
        seen.setdefault(each.path.resolve(), each)
    return list(seen.values()), tuple(left_out)


def _photos(source: Path, folder: Path, recursive: bool) -> Iterator[Path]:
    root, own = folder.resolve(), source.resolve()
    for photo in find_photos(source, recursive=recursive, suffixes=readable()):
        # Results of an earlier run are no sources when they lie inside the source's tree.
        inside = root != own and root.is_relative_to(own)
        if not (inside and photo.resolve().is_relative_to(root)):
            yield photo


def passed_over(folder: Path, results: set[Path], recursive: bool) -> list[LeftOut]:
    """What a folder holds besides photos; hidden and system files are not spoken of."""
    found = set(find_photos(folder, recursive=recursive, suffixes=readable()))
    inside: list[LeftOut] = []
    ours = {path.resolve() for path in results if path.resolve().is_relative_to(folder.resolve())}
    for path in sorted(folder.rglob("*") if recursive else folder.iterdir()):
        if path in found or is_hidden(path.relative_to(folder).parts):
            continue
        whole = path.resolve()
        if ours.isdisjoint((whole, *whole.parents)) and (reason := _reason(path, recursive)):
            inside.append(LeftOut(path, reason))
    return inside


def _reason(path: Path, recursive: bool) -> str | None:
    if path.is_symlink() and not path.exists():
        return "a broken link"
    if path.is_dir():
        if path.is_symlink():
            return "a link to a folder"
        return None if recursive else "a folder (-r looks into it)"
    if not path.is_file():
        return "neither a file nor a folder"
    if READ_ONLY.get(path.suffix.lower()) == "raw":
        return f"{path.suffix.lower()}: a camera raw file (pip install 'sr-app[raw]' reads it)"
    return f"{path.suffix.lower() or 'no suffix'}: not a photo by its name"


def readable() -> dict[str, str]:
    """Suffixes of what can be read here, with their formats: raw files where LibRaw is."""
    there = is_installed("rawpy")
    return {suffix: kind for suffix, kind in READABLE.items() if there or kind != "raw"}


def _single_target(target: Path, suffix: str | None) -> Path:
    if suffix is not None and SUFFIXES.get(target.suffix.lower()) != SUFFIXES[suffix]:
        raise PhotoError(f"{target} does not end in {suffix}: name it so, or leave the format out")
    if target.suffix.lower() not in SUFFIXES:
        raise PhotoError(f"{target}: {_unknown_suffix(target.suffix)}; a folder ends in a slash")
    return target


def _renamed(name: Path, suffix: str | None) -> Path:
    """The name with another suffix; its own spelling stays if it means the same format."""
    if suffix is None and name.suffix.lower() in READ_ONLY:
        suffix = RESULT_SUFFIXES[READ_ONLY[name.suffix.lower()]]
    if suffix is None or SUFFIXES.get(name.suffix.lower()) == SUFFIXES[suffix]:
        if name.suffix.lower() not in SUFFIXES:
            raise PhotoError(f"{name}: {_unknown_suffix(name.suffix)}; choose a format")
        return name
    return name.with_suffix(suffix)


def _formatted(names: list[Path], template: str, scale: str) -> list[Path]:
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(template)]
    except ValueError as error:
        raise PhotoError(f"Expected a template such as {{stem}}_x{{scale}}: {error}") from None
    unknown = [field for field in fields if field is not None and field not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise PhotoError(f"Expected a template with {known}. Received: {{{unknown[0]}}}")
    results = []
    for number, name in enumerate(names, 1):
        kind = name.suffix.lstrip(".")
        text = template.format(stem=name.stem, format=kind, scale=scale, number=number)
        path = Path(text if Path(text).suffix.lower() in SUFFIXES else text + name.suffix)
        if path.is_absolute() or ".." in path.parts:
            raise PhotoError(f"Expected a template of names below OUT. Received: {template}")
        results.append(name.parent / path)
    return results


def _keep_sources(jobs: Iterable[Job]) -> None:
    """Refuse jobs that would write over a source, under whatever name it is reached."""
    sources = {_identity(job.source) for job in jobs}
    for job in jobs:
        if job.target.exists() and _identity(job.target) in sources:
            raise PhotoError(f"{job.target} would be written over, and it is an input")


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _unknown_suffix(suffix: str) -> str:
    return f"expected one of {', '.join(SUFFIXES)}. Received: {suffix or 'no suffix'}"

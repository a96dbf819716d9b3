"""What is wrong with a data set on disk, file by file, read from names and headers only.

Nothing is decoded: a picture whose header is sound and whose pixels are damaged is not found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sr_app.datasets.archives import PART
from sr_app.datasets.catalogue import ARCHIVES, HR_FOLDERS, LAYOUTS, NUMBERS, SCALES, Dataset
from sr_app.datasets.ntire import SPLITS, TRACKS, existing, hr_folder, lr_folder
from sr_app.image.files import find_photos, read_header

Size = tuple[int, int]  # (height, width)
BESIDE = ("manifest", "readme", "license", "licence", "copying")  # texts that may lie beside


@dataclass
class Report:
    """How many pictures were looked at, and what is wrong with the set.

    faults: a line each, ``missing``, ``wrong size``, ``unreadable`` or ``stray`` in front.
    """

    pictures: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, kind: str, path: Path, text: str) -> None:
        self.faults.append(f"{kind}: {path}: {text}")


def verify_dataset(dataset: Dataset, place: Path) -> Report:
    """Check a set of the catalogue where it lies: all its pictures, their sizes, nothing else."""
    report = Report()
    if dataset.layout == "flat":
        check_flat(report, place, dataset.pictures)
    elif dataset.layout == "unpaired":
        check_unpaired(report, place)
    else:
        for split in SPLITS:
            names = [f"{number:04d}.png" for number in NUMBERS[split]]
            hr = check_hr(report, place / hr_folder(split), names)
            if dataset.track is not None and dataset.scale is not None:
                check_lr(report, place, split, dataset.track, dataset.scale, hr)
    return report


def verify_layout(layout: str, root: Path | str) -> Report:
    """Check any folder that follows a layout, of whatever pictures: what is there must fit;
    ValueError for an unknown layout, or a folder that is not there or has nothing of it."""
    root, report = existing(Path(root)), Report()
    if layout == "div2k":
        check_tree(report, root)
    elif layout == "unpaired":
        check_unpaired(report, root)
    elif layout == "flat":
        check_flat(report, root, None)
    else:
        raise ValueError(f"Expected a layout among {', '.join(LAYOUTS)}. Received: {layout!r}")
    return report


def check_flat(report: Report, folder: Path, pictures: int | None) -> None:
    """A folder of pictures; their number where it is known."""
    found = read_sizes(report, folder)
    if not found or pictures not in (None, len(found)):
        expected = "at least one picture" if pictures is None else f"{pictures} pictures"
        report.add("missing", folder, f"expected {expected}, found {len(found)}")
    check_strays(report, folder, found)


def check_unpaired(report: Report, root: Path) -> None:
    """Folders ``source`` and ``target``; no picture of one belongs to a picture of the other."""
    for name in ("source", "target"):
        if (root / name).is_dir():
            check_flat(report, root / name, None)
        else:
            report.add("missing", root / name, "expected a folder of pictures")


def check_tree(report: Report, root: Path) -> None:
    """All of DIV2K's folders that are there: pairs by name, of the pictures that are there."""
    folders = {archive.folder for archive in ARCHIVES}
    if not any((root / folder).is_dir() for folder in folders):
        raise ValueError(f"Expected {root} to hold {HR_FOLDERS[0]} or its siblings. It has none")
    for split in SPLITS:
        folder = root / hr_folder(split)
        tracks = [
            (track, scale)
            for track in TRACKS
            for scale in SCALES.get(track, (4,))
            if (root / lr_folder(split, track, scale)).is_dir()
        ]
        if not (folder.is_dir() or tracks):
            continue
        names = [path.name for path in find_photos(folder)] if folder.is_dir() else []
        hr = check_hr(report, folder, names)
        for track, scale in tracks:
            check_lr(report, root, split, track, scale, hr)
    known = {PurePosixPath(folder).parts for folder in folders}
    archives = {name for a in ARCHIVES for name in (a.file, a.file + PART)}
    check_strays(report, root, {parts[0] for parts in known} | archives)
    for parent in sorted({parts[0] for parts in known if len(parts) > 1}):
        check_strays(report, root / parent, {p[1] for p in known if p[0] == parent and len(p) > 1})


def check_hr(report: Report, folder: Path, names: Iterable[str]) -> dict[str, Size | None]:
    """HR pictures of these names; returns their sizes, None for those that cannot be read."""
    names = list(names)
    if not folder.is_dir():
        report.add("missing", folder, "expected a folder of HR pictures")
        return dict.fromkeys(names)
    found = read_sizes(report, folder)
    for name in names:
        if name not in found:
            report.add("missing", folder / name, "expected an HR picture")
    check_strays(report, folder, names)
    return {name: found.get(name) for name in names}


def check_lr(
    report: Report, root: Path, split: str, track: str, scale: int, hr: Mapping[str, Size | None]
) -> None:
    """LR twins of these HR pictures: all there, 1/scale of the size, and no others."""
    folder = root / lr_folder(split, track, scale)
    if not folder.is_dir():
        report.add("missing", folder, "expected a folder of LR pictures")
        return
    found = read_sizes(report, folder)
    suffixes = used_suffixes(track, scale, found)
    twins = {
        f"{Path(name).stem}{suffix}{Path(name).suffix}": name for name in hr for suffix in suffixes
    }
    for lr_name, hr_name in twins.items():
        if lr_name not in found:
            report.add("missing", folder / lr_name, f"expected the LR twin of {hr_name}")
        elif (wrong := compare(found[lr_name], hr[hr_name], scale)) is not None:
            report.add("wrong size", folder / lr_name, f"{wrong}, 1/{scale} of {hr_name}")
    check_strays(report, folder, twins)


def used_suffixes(track: str, scale: int, names: Iterable[str]) -> list[str]:
    """Suffixes that a track's files have here. ``wild`` has one or four twins for each picture:
    what one picture has, all must have."""
    suffixes = [suffix.format(s=scale) for suffix in TRACKS[track][1]]
    stems = [Path(name).stem for name in names]
    used = [suffix for suffix in suffixes if any(stem.endswith(suffix) for stem in stems)]
    return used or suffixes[:1]


def compare(lr: Size | None, hr: Size | None, scale: int) -> str | None:
    """What is wrong with an LR size, in words; None if nothing is, or a size is unknown."""
    if lr is None or hr is None:
        return None
    # DIV2K's sides are multiples of 12. Only x8 does not divide them, and MATLAB rounds up.
    up = scale - 1 if scale == 8 else 0
    if all(low in (high // scale, (high + up) // scale) for low, high in zip(lr, hr, strict=True)):
        return None
    height, width = ((side + up) // scale for side in hr)
    return f"expected {width}x{height}. Received: {lr[1]}x{lr[0]}"


def read_sizes(report: Report, folder: Path) -> dict[str, Size | None]:
    """Name -> size of every picture of a folder, from its header; None if it cannot be read."""
    sizes: dict[str, Size | None] = {}
    for path in find_photos(folder):
        report.pictures += 1
        try:
            header = read_header(path)
            sizes[path.name] = (header.height, header.width)
        except (ValueError, OSError) as error:
            sizes[path.name] = None
            report.add("unreadable", path, str(error))
    return sizes


def check_strays(report: Report, folder: Path, known: Iterable[str]) -> None:
    """Name everything in a folder that is not known; hidden files and READMEs are passed over."""
    known = set(known)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        passed_over = path.name.startswith(".") or path.stem.lower() in BESIDE
        if not passed_over and path.name not in known:
            report.add("stray", path, "no part of the layout")

"""The data sets by name: what each is, where it lies, where it comes from, how it is checked.

DIV2K's archives and MD5s are the published ones; four archives have no published MD5, they are
checked by the SHA-256 that TensorFlow Datasets publishes. Sizes in bytes are from there as well.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from sr_app.datasets.ntire import hr_folder, lr_folder
from sr_app.files.nearest import did_you_mean
from sr_app.image.files import find_photos

BASE_URL = "http://data.vision.ee.ethz.ch/cvl/DIV2K/"
NUMBERS = {"train": range(1, 801), "valid": range(801, 901)}  # DIV2K's pictures, by split
SCALES = {"bicubic": (2, 3, 4), "unknown": (2, 3, 4), "x8": (8,)}  # by track; the others are x4
LAYOUTS = ("div2k", "unpaired", "flat")


@dataclass(frozen=True)
class Archive:
    """One archive to download, and the folder of it that is wanted.

    Args:
        file: its name below the base URL.
        folder: below the set's folder, and inside the archive.
        size: in bytes.
        digest: the MD5, of 32 digits, where one is published; else the SHA-256.
    """

    file: str
    folder: str
    size: int
    digest: str

    @property
    def algorithm(self) -> str:
        """Of the digest, as ``hashlib`` has it."""
        return "md5" if len(self.digest) == 32 else "sha256"


@dataclass(frozen=True)
class Dataset:
    """A set of pictures under one name.

    Args:
        name: as the command line takes it.
        what: one line.
        layout: one of `LAYOUTS`.
        places: folders below the data root where it may lie; it is put in the first.
        licence: in a few words.
        origin: where it comes from, and what can be had only by hand.
        archives: what is downloaded; none where that is not possible.
        track: of DIV2K's LR pictures, a key of ``ntire.TRACKS``.
        scale: HR is this many times larger than LR.
        pictures: how many a flat set has.
    """

    name: str
    what: str
    layout: str
    places: tuple[str, ...]
    licence: str
    origin: str
    archives: tuple[Archive, ...] = ()
    track: str | None = None
    scale: int | None = None
    pictures: int | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        """Folders below the set's place that hold its pictures."""
        if self.layout == "unpaired":
            return ("source", "target")
        return tuple(archive.folder for archive in self.archives) or (".",)


def read_archives() -> tuple[Archive, ...]:
    """Those of DIV2K, whose names follow from their folders; ``div2k.tsv`` has a line for each."""
    with Path(__file__).with_name("div2k.tsv").open(newline="", encoding="ascii") as file:
        _, *rows = csv.reader(file, delimiter="\t")  # without the heads
    return tuple(
        Archive(f"{name.replace('/', '_')}.zip", name, int(size), digest)
        for name, size, digest in rows
    )


ARCHIVES = read_archives()
HR_FOLDERS = tuple(map(hr_folder, NUMBERS))


def _div2k_set(name: str, what: str, track: str | None = None, scale: int | None = None) -> Dataset:
    """HR, and the LR pictures of a track: HR is downloaded once, with the first set."""
    wanted = HR_FOLDERS
    if track is not None and scale is not None:
        wanted += tuple(lr_folder(split, track, scale) for split in NUMBERS)
    return Dataset(
        name=name,
        what=what,
        layout="div2k",
        places=("DIV2K", "."),
        licence="academic research only",
        origin="https://data.vision.ee.ethz.ch/cvl/DIV2K/",
        archives=tuple(archive for archive in ARCHIVES if archive.folder in wanted),
        track=track,
        scale=scale,
    )


def _real_world(name: str, what: str, stem: str) -> Dataset:
    return Dataset(
        name=name,
        what=what,
        layout="unpaired",
        places=(f"NTIRE2020/{name.rpartition('_')[2]}",),
        licence="terms of the challenge",
        origin="it needs a registration at https://competitions.codalab.org/competitions/22220, "
        "whose links were reported dead in August 2020; "
        f"unpack {stem}-tr-x.zip into source and {stem}-tr-y.zip into target",
    )


def _benchmark(name: str, pictures: int, licence: str, origin: str, *others: str) -> Dataset:
    """A flat folder of HR pictures, or one with them in a sub-folder HR."""
    places = tuple(place for known in (name, *others) for place in (known, f"{known}/HR"))
    what = f"benchmark, {pictures} HR pictures"
    return Dataset(name, what, "flat", places, licence, origin, pictures=pictures)


_BY_HAND = "it has no one published archive; it comes with the code of many SR papers"

DATASETS = (
    _div2k_set("div2k_hr", "DIV2K 2017, 800 + 100 HR pictures"),
    *(
        _div2k_set(f"div2k_{track}_x{scale}", f"DIV2K 2017, {track} LR x{scale}", track, scale)
        for track in ("bicubic", "unknown")
        for scale in SCALES[track]
    ),
    _div2k_set("div2k_x8", "NTIRE 2018 track 1, bicubic LR x8", "x8", 8),
    _div2k_set("div2k_mild", "NTIRE 2018 track 2, mild LR x4", "mild", 4),
    _div2k_set("div2k_difficult", "NTIRE 2018 track 3, difficult LR x4", "difficult", 4),
    _div2k_set("div2k_wild", "NTIRE 2018 track 4, wild LR x4", "wild", 4),
    _real_world("ntire2020_track1", "NTIRE 2020 real world, processing artifacts", "Corrupted"),
    _real_world("ntire2020_track2", "NTIRE 2020 real world, smartphone photos", "DPEDiphone"),
    _benchmark("Set5", 5, "research test pictures", _BY_HAND),
    _benchmark("Set14", 14, "research test pictures", _BY_HAND),
    _benchmark("BSD100", 100, "non-commercial research", _BY_HAND, "B100", "BSDS100"),
    _benchmark("Urban100", 100, "non-commercial research", _BY_HAND),
    _benchmark("Manga109", 109, "on request", "it needs a request at http://www.manga109.org"),
    _benchmark("Kodak24", 24, "unrestricted use", "https://r0k.us/graphics/kodak"),
)


def find_dataset(name: str) -> Dataset:
    """The set of this name, in either case; the error names the nearest known one."""
    known = {dataset.name.lower(): dataset for dataset in DATASETS}
    if name.lower() in known:
        return known[name.lower()]
    names = [dataset.name for dataset in DATASETS]
    raise ValueError(
        f"Expected a data set among {', '.join(names)}. Received: {name!r}."
        f"{did_you_mean(name, names)}"
    )


def locate(dataset: Dataset, root: Path | str) -> Path | None:
    """The place below the data root where at least a part of the set lies; None where none does."""
    places = [Path(root) / place for place in dataset.places]
    return next((place for place in places if present(dataset, place)), None)


def present(dataset: Dataset, place: Path) -> tuple[str, ...]:
    """The set's folders that hold pictures, of those below a place."""
    return tuple(folder for folder in dataset.folders if holds_photos(place / folder))


def holds_photos(folder: Path) -> bool:
    """Whether there is a folder with at least one picture in it."""
    return folder.is_dir() and bool(find_photos(folder))

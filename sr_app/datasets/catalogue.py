"""The data sets by name: what each is, where it lies, where it comes from, how it is checked.

DIV2K's archives and MD5s are the published ones; four archives have no published MD5, they are
checked by the SHA-256 that TensorFlow Datasets publishes. Sizes in bytes are from there as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sr_app.datasets.ntire import TRACKS
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
        md5: as published; None where none is.
        sha256: given where there is no MD5.
    """

    file: str
    folder: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None


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


def _div2k(folder: str, size: int, md5: str | None, sha256: str | None = None) -> Archive:
    return Archive(f"{folder.replace('/', '_')}.zip", folder, size, md5, sha256)


ARCHIVES = (
    _div2k("DIV2K_train_HR", 3_530_603_713, "bdc2d9338d4e574fe81bf7d158758658"),
    _div2k("DIV2K_valid_HR", 448_993_893, "9fcdda83005c5e5997799b69f955ff88"),
    _div2k(
        "DIV2K_train_LR_bicubic/X2",
        925_390_592,
        None,
        "a53a424317575838dadce4bcd97cf7b744d6855f43740ed5f0245af3cf4bd850",
    ),
    _div2k(
        "DIV2K_train_LR_bicubic/X3",
        427_847_282,
        None,
        "ad5c8e5507e2765823d3c2c5bd0934842efcd487c5370604c224090898b3163a",
    ),
    _div2k("DIV2K_train_LR_bicubic/X4", 246_914_039, "76c43ec4155851901ebbe8339846d93d"),
    _div2k("DIV2K_valid_LR_bicubic/X2", 117_763_600, "1512c9a3f7bde2a1a21a73044e46b9cb"),
    _div2k("DIV2K_valid_LR_bicubic/X3", 54_513_392, "18b1d310f9f88c13618c287927b29898"),
    _div2k("DIV2K_valid_LR_bicubic/X4", 31_505_881, "21962de700c8d368c6ff83314480eff0"),
    _div2k(
        "DIV2K_train_LR_unknown/X2",
        734_182_735,
        None,
        "f166eeba119fc55bfc9a99c05561980e7a965382f36640ce8ef626c9f61d122c",
    ),
    _div2k("DIV2K_train_LR_unknown/X3", 377_245_548, "4e651308aaa54d917fb1264395b7f6fa"),
    _div2k("DIV2K_train_LR_unknown/X4", 208_956_781, "e3c7febb1b3f78bd30f9ba15fe8e3956"),
    _div2k(
        "DIV2K_valid_LR_unknown/X2",
        93_433_041,
        None,
        "ec50bb084c0011130874efd2ed7859b46e0aa7104c565818d5271ac315e04e0a",
    ),
    _div2k("DIV2K_valid_LR_unknown/X3", 48_143_315, "05184168e3608b5c539fbfb46bcade4f"),
    _div2k("DIV2K_valid_LR_unknown/X4", 26_695_095, "8ac3413102bb3d0adc67012efb8a6c94"),
    _div2k("DIV2K_train_LR_x8", 65_753_171, "613db1b855721b3d2b26f4194a1d22a6"),
    _div2k("DIV2K_valid_LR_x8", 8_428_103, "c5aeea2004e297e9ff3abfbe143576a5"),
    _div2k("DIV2K_train_LR_mild", 275_693_358, "807b3e3a5156f35bd3a86c5bbfb674bc"),
    _div2k("DIV2K_valid_LR_mild", 35_300_939, "8c433f812ca532eed62c11ec0de08370"),
    _div2k("DIV2K_train_LR_difficult", 263_211_252, "5a8f2b9e0c5f5ed0dac271c1293662f4"),
    _div2k("DIV2K_valid_LR_difficult", 33_596_835, "1620af11bf82996bc94df655cb6490fe"),
    _div2k("DIV2K_train_LR_wild", 1_079_873_385, "d00982366bffee7c4739ba7ff1316b3b"),
    _div2k("DIV2K_valid_LR_wild", 34_655_417, "aacae8db6bec39151ca5bb9c80bf2f6c"),
)
HR_FOLDERS = tuple(f"DIV2K_{split}_HR" for split in NUMBERS)


def lr_folder(split: str, track: str, scale: int) -> str:
    """Folder of DIV2K's LR pictures, below the set's own."""
    return f"DIV2K_{split}_LR_{TRACKS[track][0].format(s=scale)}"


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

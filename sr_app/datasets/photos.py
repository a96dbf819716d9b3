"""The photographs that the presets are trained on: where each comes from, fetched and made again.

``photos.tsv`` beside this file has a line for each: whose it is, under which licence, where the
original lies, its Git hash as far as it is known, both sizes, and the SHA-256 of the pixels that
shrinking it gives (`image.reduction`). A hash of six digits is the start of one, of a copy that was
found elsewhere: it is told, and no condition.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from sr_app.datasets.archives import Progress
from sr_app.datasets.download import WAITS, AnswerError, GoneError, download
from sr_app.datasets.verify import Report
from sr_app.files.lock import alone
from sr_app.files.replacement import write_whole
from sr_app.image.errors import PhotoError
from sr_app.image.files import read_header
from sr_app.image.reduction import pixel_digest, reduce_photo

TABLE = Path(__file__).with_name("photos.tsv")
MANIFEST = "MANIFEST.tsv"
DOWNLOADS = ".originals"  # in the folder: what is on its way
PREPARING = ".preparing"  # held meanwhile
BY_HAND = "photos_originals"  # beside the folder: originals that somebody put there
HASH_DIGITS = 40
HOW = "sr-app data prepare photos"

THERE, MADE, OTHER, GONE, LOST = "there already", "made", "other", "gone", "not had"


@dataclass(frozen=True)
class Photograph:
    """One line of the table; what is not known is empty.

    Args:
        file: its name here.
        source, author, licence, evidence, source_url: whose it is, and what says so.
        url: of the original file.
        git: hash of the original as Git counts it, or the start of one.
        original, size: "WIDTHxHEIGHT", before and after it was shrunk.
        sha256: of the pixels here.
    """

    file: str
    source: str
    author: str
    licence: str
    evidence: str
    source_url: str
    url: str
    git: str
    original: str
    size: str
    sha256: str


@dataclass(frozen=True)
class Outcome:
    """What became of a photograph.

    Args:
        state: `THERE`; `MADE`, with the very pixels; `OTHER`, made with pixels that differ;
            `GONE`, where the address no longer has it; `LOST`, not had for another reason.
        why: more, for the states that need it.
    """

    photograph: Photograph
    state: str
    why: str = ""


@cache
def read_photographs() -> tuple[Photograph, ...]:
    """The table, by file name."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return tuple(Photograph(**row) for row in rows)


def prepare(
    folder: Path,
    photographs: Sequence[Photograph],
    *,
    waits: Sequence[float] = WAITS,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Download, shrink and check the photographs that a folder lacks, one by one.

    Resumable: what is there is left as it is, and a cut download goes on where it stopped. An
    original in ``photos_originals`` beside the folder, under the photograph's name, is taken
    instead of a download. A server that does not answer is not asked again. At the end the folder
    has a ``MANIFEST.tsv`` of what lies there.
    """
    with alone(folder / PREPARING):
        yield from prepare_each(folder, photographs, waits, progress)
        write_manifest(folder, photographs)


def prepare_each(
    folder: Path,
    photographs: Sequence[Photograph],
    waits: Sequence[float],
    progress: Progress | None,
) -> Iterator[Outcome]:
    """What becomes of each photograph, as it is made; no original that has served stays."""
    downloads, silent = folder / DOWNLOADS, set()
    downloads.mkdir(exist_ok=True)
    for photograph in photographs:
        target, part = folder / photograph.file, downloads / photograph.file
        host = urlsplit(photograph.url).netloc
        given = folder.with_name(BY_HAND) / photograph.file
        if header_size(target) == photograph.size:
            part.unlink(missing_ok=True)  # of a run that was killed before it could
            yield Outcome(photograph, THERE)
        elif given.is_file():
            yield attempt(photograph, given, target)
        elif not photograph.url:
            yield Outcome(photograph, LOST, f"no address is known: put the original at {given}")
        elif host in silent:
            yield Outcome(photograph, LOST, f"{host} does not answer")
        else:
            try:
                fetch(photograph, part, waits=waits, progress=progress)
                yield attempt(photograph, part, target)
                part.unlink(missing_ok=True)
            except GoneError as error:
                part.unlink(missing_ok=True)
                yield Outcome(photograph, GONE, str(error))
            except AnswerError as error:
                part.unlink(missing_ok=True)  # going on from there would be answered so again
                yield Outcome(photograph, LOST, str(error))
            except ConnectionError as error:
                silent.add(host)
                yield Outcome(photograph, LOST, str(error))
    if not any(downloads.iterdir()):
        downloads.rmdir()


def fetch(
    photograph: Photograph, part: Path, *, waits: Sequence[float], progress: Progress | None
) -> None:
    """Download an original, unless an earlier run has left it whole.

    Raises:
        GoneError: where the address no longer has it, or answers with a refusal.
        AnswerError: where the server states what cannot be.
        ConnectionError: when the last try failed; what has arrived is kept.
    """
    if part.is_file() and len(photograph.git) == HASH_DIGITS and git_hash(part) == photograph.git:
        return
    try:
        download(photograph.url, part, waits=waits, progress=progress)
    except GoneError:
        raise
    except OSError as error:
        if error.errno is not None:  # of this machine's disk, not of the connection
            raise
        raise ConnectionError(str(error)) from error


def attempt(photograph: Photograph, original: Path, target: Path) -> Outcome:
    """Make a photograph of its original, if that is what it should be."""
    try:
        check_original(photograph, original)
        width, height = map(int, photograph.size.split("x"))
        reduce_photo(original, target, (height, width))
    except PhotoError as error:
        return Outcome(photograph, LOST, str(error))
    if pixel_digest(target) == photograph.sha256:
        return Outcome(photograph, MADE)
    return Outcome(photograph, OTHER, "its pixels are not those that the presets were trained on")


def check_original(photograph: Photograph, original: Path) -> None:
    """Raise PhotoError if a file is not the photograph's original, by hash and size."""
    received = git_hash(original)
    if len(photograph.git) == HASH_DIGITS and received != photograph.git:
        raise PhotoError(
            f"{original}: expected the Git hash {photograph.git[:12]}... of {photograph.url}. "
            f"Received: {received[:12]}..."
        )
    if header_size(original) != photograph.original:
        raise PhotoError(
            f"{original}: expected a picture of {photograph.original}. "
            f"Received: {header_size(original) or 'no picture'}"
        )


def git_hash(path: Path) -> str:
    """SHA-1 of a file as Git counts it: with its length in front."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def header_size(path: Path) -> str:
    """WIDTHxHEIGHT of a picture, from its header; empty for what is none."""
    try:
        header = read_header(path)
    except PhotoError:
        return ""
    return f"{header.width}x{header.height}"


def write_manifest(folder: Path, photographs: Sequence[Photograph]) -> None:
    """The lines of those that lie in the folder, for the cards of networks trained on them."""
    columns = ("file", "source", "author", "licence", "evidence", "source_url")
    there = [one for one in photographs if (folder / one.file).is_file()]
    lines = [columns, *([getattr(one, name) for name in columns] for one in there)]
    write_whole(folder / MANIFEST, "".join("\t".join(line) + "\n" for line in lines).encode())


def verify(folder: Path, photographs: Sequence[Photograph]) -> Report:
    """Whether the photographs are there, with the very pixels that presets were trained on."""
    report = Report()
    for photograph in photographs:
        path = folder / photograph.file
        if not path.is_file():
            report.add("missing", path, f"expected a photograph, get it by {HOW}")
        elif header_size(path) != photograph.size:
            report.add(
                "size", path, f"expected {photograph.size}, found {header_size(path) or '?'}"
            )
        elif pixel_digest(path) != photograph.sha256:
            report.add("pixels", path, "not those that the presets were trained on")
        else:
            report.pictures += 1
    return report

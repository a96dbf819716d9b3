"""Downloading what a set lacks: resumed where it was cut, checked, put in place when complete."""

from __future__ import annotations

import hashlib
import http.client
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sr_app import __version__
from sr_app.datasets.archives import CHUNK, PART, Progress, require_space, unpack
from sr_app.datasets.catalogue import BASE_URL, Archive, Dataset, holds_photos, locate
from sr_app.files.lock import alone, appending_alone
from sr_app.files.replacement import sweep

TIMEOUT = 60.0  # seconds without a byte
WAITS = (1.0, 2.0, 4.0)  # seconds before the next tries; begun anew whenever bytes arrived
RANGE_NOT_SATISFIABLE = 416
AGENT = f"sr-app/{__version__}"  # some servers refuse programs that do not say what they are


class GoneError(ValueError):
    """An address answers that it has no such file, or gives it to nobody."""


class AnswerError(ValueError):
    """A server states what cannot be: another part of the file than was asked for, or no length."""


def prepare(
    dataset: Dataset,
    root: Path | str,
    *,
    base_url: str = BASE_URL,
    keep_archives: bool = False,
    progress: Progress | None = None,
    waits: Sequence[float] = WAITS,
) -> Iterator[str]:
    """Put a set's missing folders in place; a line for each, how it came there.

    What lies there is used as it is.

    An archive that lies in the set's folder already is unpacked from there, and kept. What a killed
    run left of a download or of unpacking is used or removed. ValueError for a part that cannot be
    downloaded, a wrong checksum, too little space on the disk, or another process at the same part,
    OSError when the connection fails again and again; what has arrived is kept.

    Args:
        dataset: of the catalogue.
        root: the data root.
        base_url: where the archives are; a mirror has the same files, byte for byte.
        keep_archives: leave the downloaded archives beside the folders.
        progress: told of the bytes downloaded and unpacked.
        waits: seconds before each new try of a cut download.
    """
    place = locate(dataset, root) or Path(root) / dataset.places[0]
    archives = {archive.folder: archive for archive in dataset.archives}
    sweep(place)
    for folder in dataset.folders:
        target = place / folder
        if holds_photos(target):
            for left in working_files(archives[folder], place) if folder in archives else ():
                if left.is_file():
                    left.unlink()
            yield f"{target}: there already"
        elif folder not in archives:
            raise ValueError(
                f"{dataset.name} is not downloaded from here: {dataset.origin}. "
                f"Expected at {target}"
            )
        else:
            archive = archives[folder]
            found = (place / archive.file).is_file()
            with alone(working_files(archive, place)[1]):
                file = fetch(archive, place, base_url=base_url, progress=progress, waits=waits)
                if keep_archives and not found:
                    file = file.rename(place / archive.file)
                unpack(file, place, folder, progress=progress)
                if not (keep_archives or found):
                    file.unlink()
            how = "unpacked" if found else "downloaded"
            yield f"{target}: {how}, {checked_by(archive)}"


def working_files(archive: Archive, folder: Path) -> tuple[Path, Path]:
    """Where an archive is downloaded to, and what is held meanwhile."""
    return folder / f"{archive.file}{PART}", folder / f".{archive.file}.running"


def checked_by(archive: Archive) -> str:
    """By what an archive's content is checked, in words."""
    md5 = archive.algorithm == "md5"
    return "MD5 checked" if md5 else "SHA-256 checked (no MD5 is published)"


def fetch(
    archive: Archive,
    folder: Path,
    *,
    base_url: str = BASE_URL,
    progress: Progress | None = None,
    waits: Sequence[float] = WAITS,
) -> Path:
    """The archive in ``folder``, complete and checked; downloaded if it is not there.

    A downloaded one keeps the name by which it is known as such, and not as somebody's own.
    """
    path = folder / archive.file
    if path.is_file():
        check_sum(path, archive)
        return path
    if urlsplit(base_url).scheme not in ("http", "https"):
        raise ValueError(f"Expected a base URL of http or https. Received: {base_url!r}")
    folder.mkdir(parents=True, exist_ok=True)
    part, _ = working_files(archive, folder)
    url = f"{base_url.rstrip('/')}/{archive.file}"
    download(url, part, size=archive.size, progress=progress, waits=waits)
    try:
        check_sum(part, archive)
    except ValueError:
        part.unlink()  # going on from wrong bytes can never end well
        raise
    return part


def check_sum(path: Path, archive: Archive) -> None:
    """Raise ValueError if the published digest is not that of the file."""
    with path.open("rb") as file:
        received = hashlib.file_digest(file, archive.algorithm).hexdigest()
    if received != archive.digest:
        raise ValueError(
            f"Expected {path} to have the {archive.algorithm.upper()} {archive.digest}. "
            f"Received: {received}. It is not the published archive, or damaged: get it again"
        )


def download(
    url: str,
    part: Path,
    *,
    size: int | None = None,
    progress: Progress | None = None,
    waits: Sequence[float] = WAITS,
) -> None:
    """Download to ``part``, going on where an earlier run stopped.

    Raises:
        ValueError: for an address without the file, a length that is not ``size``, a full disk.
        OSError: when the last try failed.
    """
    if size is not None and length(part) > size:
        part.unlink()
    left = list(waits)
    while size is None or length(part) != size:
        before, reason = length(part), "the connection closed early"
        try:
            if transfer(url, part, size=size, progress=progress):
                return
        except HTTPError as error:
            reason = answered(url, part, error)
        except (URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        if length(part) > before:
            left = list(waits)
        if not left:
            raise OSError(
                f"{url}: {reason}. {length(part)} bytes are kept in {part}: "
                "the same command goes on from there"
            )
        time.sleep(left.pop(0))


def transfer(url: str, part: Path, *, size: int | None, progress: Progress | None) -> bool:
    """One connection: append what the file lacks. False if it ended before the file was whole."""
    have = length(part)
    ranges = {"Range": f"bytes={have}-"} if have else {}
    request = Request(url, headers={"User-Agent": AGENT, **ranges})
    with urlopen(request, timeout=TIMEOUT) as answer:
        start, total = extent(url, answer, have)
        if None not in (size, total) and size != total:
            raise ValueError(f"Expected {url} to have {size} bytes. Received: {total}")
        # Pictures do not shrink in an archive: unpacked beside it, they take its size again.
        require_space(part.parent, 2 * (total or size or 0) - start)
        with appending_alone(part) as file:
            if not start:
                file.truncate(0)
            done = receive(answer, file, start, total, progress)
    return total is None or done >= total


def extent(url: str, answer: http.client.HTTPResponse, have: int) -> tuple[int, int | None]:
    """(First byte, bytes of the whole file) of an answer; 0 if the server does not resume."""
    if answer.status == http.client.PARTIAL_CONTENT:
        stated = answer.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", stated)
        if not found or int(found[1]) != have:
            raise AnswerError(f"Expected {url} from byte {have} on. Received: {stated!r}")
        return have, None if found[2] == "*" else int(found[2])
    stated = answer.headers.get("Content-Length")
    if stated is not None and not stated.isdecimal():
        raise AnswerError(f"Expected {url} with its length in bytes. Received: {stated!r}")
    return 0, None if stated is None else int(stated)


def receive(
    answer: http.client.HTTPResponse,
    file: BinaryIO,
    done: int,
    total: int | None,
    progress: Progress | None,
) -> int:
    """Write as it arrives, so that a cut loses nothing. Returns the bytes of the file now."""
    name = f"downloading {Path(file.name).stem}"
    while chunk := answer.read1(CHUNK):
        file.write(chunk)
        done += len(chunk)
        if progress:
            progress(name, done, total)
    return done


def answered(url: str, part: Path, error: HTTPError) -> str:
    """Why to try again after a refusal; ValueError where that is no use."""
    error.close()
    if error.code == RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)  # as long as the file or longer, of unknown size: begin anew
    elif error.code < http.client.INTERNAL_SERVER_ERROR:
        raise GoneError(f"{url}: the server answers {error.code} {error.reason}") from error
    return f"the server answers {error.code} {error.reason}"


def length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0

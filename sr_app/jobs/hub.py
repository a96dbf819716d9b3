"""Presets to and from a model hub: a repository holds one, its card and what the card names.

On the way in, names are checked before anything is fetched, digests before anything is kept; what
is fetched lies in a temporary folder until then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from sr_app.files.extras import naming_extras
from sr_app.files.replacement import temporary_folder
from sr_app.inference.runtime import line_of
from sr_app.inference.runtimes import RUNTIMES, without_runtime
from sr_app.jobs.events import Finished, Progress, Reporter, silent
from sr_app.jobs.preset_place import PAIR, check_free, check_name, placing, usual_place
from sr_app.networks.card import LARGEST, Card, parse_card
from sr_app.networks.licences import shown_licence
from sr_app.networks.presets import CARD, check_digest, naming_card, read_card, write_card

README = "README.md"
LARGEST_FILE = 1 << 30
"""Bytes of a file that is fetched at all."""

PART = "the hub"


@dataclass(frozen=True)
class Hub:
    """A repository of a hub.

    Args:
        repository: ``owner/name``.
        revision: a branch, tag or commit; the main branch if None.
        endpoint: address of the hub; the library's own, which HF_ENDPOINT sets, if None.
    """

    repository: str
    revision: str | None = None
    endpoint: str | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w-][\w.-]{0,95}/[\w-][\w.-]{0,95}", self.repository, re.ASCII):
            raise ValueError(f"Expected owner/name. Received: {ascii(self.repository)[:120]}")

    @property
    def place(self) -> PurePath:
        """What messages call the folder of its files."""
        return PurePosixPath(self.repository)

    def client(self) -> Any:
        with naming_extras():
            import huggingface_hub

        return huggingface_hub.HfApi(endpoint=self.endpoint)


@contextmanager
def in_one_line(hub: Hub) -> Iterator[None]:
    """OSError with one line for whatever the library says of a hub."""
    try:
        yield
    except (ModuleNotFoundError, ValueError, OSError) as error:
        if type(error).__module__.partition(".")[0] != "huggingface_hub":
            raise
        raise OSError(f"{hub.repository}: {line_of(error)}") from None
    except Exception as error:  # the client's transport has errors of its own
        raise OSError(f"{hub.repository}: {line_of(error)}") from None


def push_preset(
    name: str | Path, hub: Hub, *, private: bool = False, reporter: Reporter = silent
) -> str:
    """Put a preset's files, with a page made of its card, into a repository, which is made if it is
    not there.

    Returns:
        The address of the commit.

    Raises:
        ValueError: for an unknown preset, or files that are not those of its card.
        MissingExtraError: without the hub's library.
        OSError: for what the hub refuses.
    """
    card, client = read_card(name), hub.client()
    files = [card.folder / CARD]
    for part in filter(None, (card.graph, card.weights)):
        check_stated(card, part, card.folder)
        check_digest(card, part)
        files.append(card.file(part))
    files += [card.folder / PAIR] * (card.folder / PAIR).is_file()
    from huggingface_hub import CommitOperationAdd

    adds = [CommitOperationAdd(path.name, path) for path in files]
    adds.append(CommitOperationAdd(README, as_page(card).encode()))
    reporter(Progress(PART, 0, 1, hub.repository))
    with in_one_line(hub):
        client.create_repo(hub.repository, private=private, exist_ok=True)
        done = client.create_commit(
            hub.repository, adds, commit_message=card.title[:72], revision=hub.revision
        )
    reporter(Progress(PART, 1, 1, hub.repository))
    reporter(Finished(str(done.commit_url)))
    return str(done.commit_url)


def pull_preset(hub: Hub, *, name: str | None = None, reporter: Reporter = silent) -> Card:
    """Fetch a preset; its folder appears whole, with files of the card's digests, or not at all.

    It goes into the first folder of ``SR_APP_MODELS``, else the user's own.

    Args:
        name: of the preset here; the card's if None.

    Raises:
        ValueError: for a name that is taken, a faulty card, or files that are not those of it.
        MissingExtraError: without the hub's library.
        OSError: for what the hub refuses, or a disk.
    """
    into = usual_place()
    if name is not None:  # before anything is asked
        check_name(name)
        check_free(name, into)
    client = hub.client()
    with temporary_folder() as cache, in_one_line(hub):
        info = client.model_info(hub.repository, revision=hub.revision, files_metadata=True)
        sizes = {each.rfilename: each.size or 0 for each in info.siblings or ()}
        fetched = Fetching(hub, client, str(info.sha), sizes, str(cache))
        text = fetched(CARD, LARGEST).decode("utf-8", errors="replace")
        with naming_card(hub.place / CARD):
            card = parse_card(text, cache)
        name = name or card.name
        check_name(name)
        check_free(name, into)
        origin = {"repository": hub.repository, "commit": str(info.sha)}
        card = replace(card, name=name, training={**card.training, "fetched": origin})
        return keep(card, fetched, into, reporter)


@dataclass(frozen=True)
class Fetching:
    """Files of one commit of a repository."""

    hub: Hub
    client: Any
    commit: str
    sizes: dict[str, int]
    cache: str

    def __call__(self, name: str, most: int = LARGEST_FILE) -> bytes:
        """The content of a file; ValueError if it is not there, or larger than ``most`` bytes."""
        size = self.sizes.get(name)
        if size is None or size > most:
            raise ValueError(
                f"{self.hub.repository}: expected {name} of at most {most} bytes. "
                f"Received: {'none' if size is None else size}"
            )
        path = self.client.hf_hub_download(
            self.hub.repository, name, revision=self.commit, cache_dir=self.cache
        )
        with open(path, "rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ValueError(
                f"{self.hub.repository}: expected {name} of {size} bytes. Received: more"
            )
        return content


def keep(card: Card, fetched: Fetching, into: Path, reporter: Reporter) -> Card:
    """Fetch what the card names, check it and put it in its place."""
    parts = [part for part in (card.graph, card.weights) if part]
    for part in parts:
        check_stated(card, part, fetched.hub.place)
    if len({CARD, PAIR, *parts}) != len(parts) + 2:
        raise ValueError(
            f"{fetched.hub.place / CARD}: expected files of different names. Received: "
            + ", ".join(parts)
        )
    if not any(kind.suits(card) for kind in RUNTIMES.values()):
        raise ValueError(without_runtime(RUNTIMES.values(), [card]))
    pictures = [PAIR] * (PAIR in fetched.sizes)
    with placing(card.name, into) as folder:
        placed = replace(card, folder=folder)
        for done, part in enumerate([*pictures, *parts]):
            reporter(Progress(PART, done, len(parts) + len(pictures), part))
            (folder / part).write_bytes(fetched(part))
        for part in parts:
            check_digest(placed, part, fetched.hub.place)
        check_graph(placed, fetched.hub.place)
        write_card(placed)
    placed = replace(card, folder=into / card.name)
    reporter(Progress(PART, 1, 1, card.name))
    reporter(Finished(placed))
    return placed


def check_stated(card: Card, part: str, place: PurePath) -> None:
    """ValueError if the card, which lies there, states no digest of a file that it names."""
    if part not in card.sha256:
        raise ValueError(f"{place / CARD}: expected the SHA-256 of {part}. Received: none")


def check_graph(card: Card, place: PurePath) -> None:
    """ValueError, by its place, for an ONNX graph that reaches for other files, or has operators of
    its own."""
    if card.graph and RUNTIMES["onnxruntime"].suits(card):
        from sr_app.inference.foreign_graph import read_foreign

        read_foreign(card.file(card.graph), place / card.graph)


def as_page(card: Card) -> str:
    """The repository's README: what hubs read of a model, and what people do."""
    ours = card.licence == "Apache-2.0"
    slug = re.sub(r"[^a-z0-9.]+", "-", card.licence.lower()).strip("-")[:60] or "unknown"
    head = ["library_name: sr_app", "pipeline_tag: image-to-image", "tags: [super-resolution]"]
    head += ["license: apache-2.0"] if ours else ["license: other", f"license_name: {slug}"]
    figures = [f"- {data}: {json.dumps(found)}" for data, found in card.results.items() if found]
    lines = ["---", *head, "---", "", f"# {' '.join(card.title.split())}", "", card.description]
    lines += ["", f"Factor {card.scale}. Licence: {shown_licence(card.licence)}.", *figures]
    lines += ["", card.limits, "", "    sr-app presets pull OWNER/NAME", ""]
    return "\n".join(lines)

"""Where a found network comes from: the candidates that it was made from, back to the samples."""

from __future__ import annotations

from collections.abc import Sequence

from sr_app.search.archive import Record


def ancestors(records: Sequence[Record], index: int) -> list[Record]:
    """A candidate and all that it was made from, each once, the latest first.

    Args:
        records: of one search, in any order.
        index: of the candidate.

    Raises:
        ValueError: if the search has no such candidate.
    """
    known = {record.index: record for record in records}
    if index not in known:
        raise ValueError(
            f"Expected a candidate among {min(known)} to {max(known)}. Received: {index}"
            if known
            else f"Expected a candidate of a search that has some. Received: {index}"
        )
    found, left = set(), [index]
    while left:
        number = left.pop()
        if number not in found:
            found.add(number)
            left.extend(known[number].parents)
    return [known[number] for number in sorted(found, reverse=True)]


def describe(record: Record, objectives: Sequence[str]) -> str:
    """One line of a family tree: ``"9 mutation of 2: P_2_32_32 (31.54 dB, latency 0.175)"``.

    ValueError unless there is a name for each of the candidate's objectives.
    """
    if len(objectives) != len(record.objectives):
        raise ValueError(
            f"Expected the names of {len(record.objectives)} objectives, as candidate "
            f"{record.index} has. Received: {', '.join(objectives) or 'none'}; the first line of "
            "the search's archive should state them"
        )
    parents = f" of {', '.join(map(str, record.parents))}" if record.parents else ""
    values = zip(objectives, record.objectives, strict=True)
    figures = ", ".join(
        f"{-value:.2f} dB" if name == "quality" else f"{name} {value:.3g}" for name, value in values
    )
    return f"{record.index} {record.origin}{parents}: {record.genotype} ({figures})"

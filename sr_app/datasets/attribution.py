"""Whose pictures a network was trained on: the manifests that lie beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sr_app.datasets.photos import MANIFEST, read_photographs

PHOTOS = "photos"  # by which `sr-app data prepare` gets them
COLUMNS = ("file", "source", "source_url", "licence")


def attribution(folders: Iterable[Path]) -> list[dict[str, Any]]:
    """Rows for a card's data section from ``MANIFEST.tsv`` in each folder, where there is one.

    A manifest is a tab-separated table with a header; of its columns ``file``, ``source``,
    ``source_url`` and ``licence`` are kept, empty values left out. Files that do not lie in the
    folder are skipped. Photographs of ``photos.tsv`` are one row together, which says so: their
    attribution lies in the package once. ValueError for a manifest without the columns ``file`` and
    ``licence``.
    """
    rows = []
    for folder in folders:
        path = Path(folder) / MANIFEST
        if not path.is_file():
            continue
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file, delimiter="\t")
            if not {"file", "licence"} <= set(table.fieldnames or ()):
                raise ValueError(
                    f"Expected {path} to have the columns file and licence. "
                    f"Received: {', '.join(table.fieldnames or ())}"
                )
            present = [row for row in table if (path.parent / row["file"]).is_file()]
        rows += [{name: row[name] for name in COLUMNS if row.get(name)} for row in present]
    return shortened(rows)


def shortened(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows without those of ``photos.tsv``, and one row for these."""
    known = {photograph.file for photograph in read_photographs()}
    others = [row for row in rows if row["file"] not in known]
    count = len(rows) - len(others)
    about = {"set": PHOTOS, "file": "sr_app/datasets/photos.tsv", "pictures": count}
    return [*([about] if count else []), *others]

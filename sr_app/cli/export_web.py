"""`sr-app export --format web`: a folder whose page enlarges photos in the browser."""

from __future__ import annotations

from pathlib import Path

from sr_app.networks.presets import read_card


def export_web(preset: str, folder: Path | None, ort: Path | None) -> str:
    """Write a preset's web folder; what was written and how to open it, in words.

    Args:
        folder: to write; the preset's name and ``_web`` if None.
        ort: the unpacked package ``onnxruntime-web``; npm fetches it if None.
    """
    card = read_card(preset)
    from sr_app.serving.web_folder import write_web_folder

    folder = folder or Path(f"{card.name}_web")
    cards = write_web_folder(card, folder, ort=ort)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    ends = " and ".join(each.name for each in cards)
    return (
        f"{ends} -> {folder} ({size / 1e6:.0f} MB). See it: python -m http.server --directory "
        f"{folder} 8000, then http://localhost:8000/"
    )

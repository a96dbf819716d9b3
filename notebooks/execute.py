"""Runs the notebooks and stores them with what came out: python notebooks/execute.py [NAME ...].

Each runs from top to bottom in an empty folder. Large pictures are kept as JPEG, and the notebook
says of which cells its outputs are: `tests/test_notebooks.py` asks that they are the present ones.
Run it after any change of a notebook, or of what it shows.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted(HERE.glob("*.ipynb"))
SECONDS = 300
"""A cell may take so long, on a machine that is busy with other work."""
LARGE, QUALITY = 150_000, 88
"""A PNG of more bytes becomes a JPEG of that quality: photos do, drawn curves stay sharp."""


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells that are run, in their order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def digest(notebook: nbformat.NotebookNode) -> str:
    """SHA-256 of the source of all code cells."""
    sources = "\0".join(cell.source for cell in code_cells(notebook))
    return hashlib.sha256(sources.encode()).hexdigest()


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Execute a notebook in ``folder``, in place; what the package is, this repository says."""
    os.environ |= {
        "PYTHONPATH": str(HERE.parent),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources=place,
        record_timing=False,
        coalesce_streams=True,
    )
    client.execute()


def keep_small(data: nbformat.NotebookNode) -> None:
    """Turn a large PNG of an output's data, MIME type -> base64, into a JPEG."""
    png = base64.b64decode(data.get("image/png", ""))
    if len(png) <= LARGE:
        return
    with Image.open(io.BytesIO(png)) as picture:
        jpeg = io.BytesIO()
        picture.convert("RGB").save(jpeg, "jpeg", quality=QUALITY, optimize=True)
    del data["image/png"]
    data["image/jpeg"] = base64.b64encode(jpeg.getvalue()).decode()


def store(path: Path) -> None:
    """Execute a notebook, and write it with its outputs over itself."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        run(notebook, Path(folder))
    for cell in code_cells(notebook):
        for output in cell.outputs:
            keep_small(output.get("data", {}))
    notebook.metadata = {
        "kernelspec": notebook.metadata["kernelspec"],
        "language_info": {"name": "python"},
        "executed": {"sources_sha256": digest(notebook)},
    }
    nbformat.write(notebook, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="02_train, say; all of them otherwise")
    names = parser.parse_args().names
    unknown = set(names) - {path.stem for path in NOTEBOOKS}
    if unknown:
        sys.exit(f"Expected names of notebooks. Received: {' '.join(sorted(unknown))}")
    for path in NOTEBOOKS:
        if not names or path.stem in names:
            print(path.name, flush=True)
            store(path)


if __name__ == "__main__":
    main()

"""The documents: links lead somewhere, and the reference has a page for everything public."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("", "benchmarks", "data", "docs", "docs/tutorials")
DOCUMENTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for folder in FOLDERS
    for path in (REPOSITORY / folder).glob("**/*.md" if folder == "benchmarks" else "*.md")
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
RISKY = re.compile(
    r"^\s*(?:import|from) (?:subprocess|pickle|marshal|shelve)\b|\b(?:urlopen|eval|exec)\(",
    re.MULTILINE,
)
NAMED = re.compile(r"`((?:sr_app|tests|benchmarks|docs|notebooks)/[\w./-]+\.(?:py|md|toml|ipynb))`")


def links(document: str) -> Iterator[str]:
    """Targets of a document's links within the repository."""
    text = CODE.sub("", (REPOSITORY / document).read_text(encoding="utf-8"))
    return (
        link for link in LINK.findall(text) if "://" not in link and not link.startswith("mailto")
    )


def anchors(path: Path) -> set[str]:
    """Anchors of a document's headings, as the hosting sites make them."""
    titles = HEADING.findall(CODE.sub("", path.read_text(encoding="utf-8")))
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in kept}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    folder, wrong = (REPOSITORY / document).parent, []
    for link in links(document):
        target, _, anchor = link.partition("#")
        path = folder / target if target else REPOSITORY / document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            wrong.append(link)
    assert not wrong


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if not d.startswith("CHANGELOG")])
def test_files_that_are_named_exist(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    named = [name for name in NAMED.findall(text) if f"**`{name}`**" not in text]
    assert not [name for name in named if not (REPOSITORY / name).is_file()]


def test_the_page_on_security_argues_for_every_module_that_could_run_something() -> None:
    """What bandit finds in them has a row of its table."""
    package, text = REPOSITORY / "sr_app", (REPOSITORY / "SECURITY.md").read_text("utf-8")
    risky = [path for path in package.rglob("*.py") if RISKY.search(path.read_text("utf-8"))]
    names = {path.relative_to(package).as_posix() for path in risky}
    assert names and not {name for name in names if f"`{name}`" not in text}


def test_the_reference_has_a_page_for_every_package() -> None:
    packages = {path.parent.name for path in (REPOSITORY / "sr_app").glob("*/__init__.py")}
    pages = {path.stem for path in (REPOSITORY / "docs/reference").glob("*.md")}
    assert pages == packages - {"cli"} | {"index", "public"}
    listed = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    assert all(f"reference/{page}.md" in listed for page in pages)


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# One thing: it's `here`\n\n```\n# no heading\n```\n", encoding="utf-8")
    assert anchors(path) == {"one-thing-its"}
    assert LINK.findall("[a](b.md#c) ![d](e.png) [f] (g)") == ["b.md#c", "e.png"]


def test_the_examples_of_extending_run(tmp_path: Path) -> None:
    text = (REPOSITORY / "docs/extending.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 3
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]

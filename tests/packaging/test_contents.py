"""What goes into the wheel, from the project's own table: nothing is built here."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from sr_app import __version__
from sr_app.files.extras import EXTRAS

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PRESETS = "sr_app.models"


def name(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement).group().lower()


def test_every_package_is_in_the_table() -> None:
    found = {
        ".".join(path.parent.relative_to(REPOSITORY).parts)
        for path in (REPOSITORY / "sr_app").rglob("__init__.py")
    }
    assert set(SETUPTOOLS["packages"]) == found | {PRESETS}
    assert SETUPTOOLS["package-dir"] == {PRESETS: "models"}


def test_every_file_of_the_package_goes_with_it() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "sr_app", "models"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not a git checkout: the tracked files are unknown")
    taken = {
        path
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in folder_of(package).glob(pattern)
    }
    tracked = [REPOSITORY / line for line in listing.stdout.splitlines()]
    assert [p for p in tracked if p.suffix != ".py" and p.is_file() and p not in taken] == []


def folder_of(package: str) -> Path:
    return REPOSITORY / ("models" if package == PRESETS else package.replace(".", "/"))


def test_the_core_asks_for_no_heavy_library() -> None:
    core = {name(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert not core & {"tensorflow", "keras", "gradio", "matplotlib", "tensorboard", "scikit-image"}


def test_requirements_txt_pins_everything_but_ray_and_pytorch() -> None:
    text = (REPOSITORY / "requirements.txt").read_text(encoding="utf-8")
    pinned = {line.partition("==")[0].lower() for line in text.splitlines() if "==" in line}
    extras = PROJECT["project"]["optional-dependencies"]
    asked = PROJECT["project"]["dependencies"] + [one for extra in extras.values() for one in extra]
    assert {name(requirement) for requirement in asked} - pinned == {
        *("sr-app", "ray", "pyarrow", "torch", "spandrel", "onnxscript")
    }


DISTRIBUTIONS = {"PIL": "pillow", "cv2": "opencv-python-headless", "google": "onnx"}
DISTRIBUTIONS |= {"pi_heif": "pi-heif"}
NO_DISTRIBUTION = {"sr_app", "tensorflow"}  # the second comes with Keras' extra, and is not named


def test_every_imported_library_is_asked_for() -> None:
    """By the core, or by an extra that the table of extras names."""
    core = {name(requirement) for requirement in PROJECT["project"]["dependencies"]}
    libraries = {
        module.partition(".")[0]
        for path in (REPOSITORY / "sr_app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for module in imported(node)
    }
    unknown = libraries - set(sys.stdlib_module_names) - NO_DISTRIBUTION - set(EXTRAS)
    assert {one for one in unknown if DISTRIBUTIONS.get(one, one).lower() not in core} == set()


def imported(node: ast.AST) -> list[str]:
    """Modules that a statement imports; relative ones are the package's own."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []


LOCKS = ["requirements.txt", *(f"requirements-{part}.txt" for part in ("dev", "jax", "docs"))]
LOCKS += ["deploy/requirements.txt"]


def pins(lock: str) -> dict[str, list[str]]:
    """``name==version`` with its marker -> the hashes of its files."""
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", "").splitlines() if not line.startswith("#")]
    parts = [re.split(r"\s+--hash=", line.strip()) for line in lines]
    return {head: hashes for head, *hashes in parts}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pinned_package_has_the_hashes_of_its_files(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 5
    for head, hashes in found.items():
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; |$)", head), head
        assert hashes and all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes), head


def test_a_package_has_one_version_in_all_pinned_files() -> None:
    """So that what is tested is what the container runs; two of one file are told by Python."""
    everywhere = {head.partition("==")[0]: head.partition(" ;")[0] for head in pins(LOCKS[0])}
    for lock in LOCKS[1:]:
        for head in pins(lock):
            name = head.partition("==")[0]
            assert everywhere.get(name, head.partition(" ;")[0]) == head.partition(" ;")[0], lock
    assert len(everywhere) == len(pins(LOCKS[0]))
    page = {head.partition("==")[0] for head in pins("deploy/requirements.txt")}
    assert page <= set(everywhere) and not page & {"tensorflow", "keras", "rawpy", "ray"}


def test_dependency_groups_are_what_the_files_beside_pin() -> None:
    groups = PROJECT["dependency-groups"]
    for group in ("dev", "jax", "docs"):
        pinned = {head.partition("==")[0] for head in pins(f"requirements-{group}.txt")}
        assert {name(requirement) for requirement in groups[group]} <= pinned
    assert groups["build"] == PROJECT["build-system"]["requires"]


def test_make_installs_nothing_without_its_hash() -> None:
    rules = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    installs = [line.strip() for line in rules.splitlines() if line.startswith("\t$(PIP)")]
    assert len(installs) == 4
    own = "$(PIP) --no-deps --no-build-isolation --editable ."
    assert all(one == own or one.startswith("$(PIP) --require-hashes -r ") for one in installs)


def test_the_changelog_and_the_citation_are_of_this_version_and_day() -> None:
    citation = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    facts = dict(re.findall(r"^(version|date-released|license): (.+)$", citation, re.MULTILINE))
    newest = re.search(r"^## (\S+), (.+)$", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None and newest[1] == facts["version"] == __version__
    assert datetime.strptime(newest[2], "%d %B %Y").date().isoformat() == facts["date-released"]
    assert facts["license"] == PROJECT["project"]["license"]

"""The shape of the package, held as data: who imports whom, what lives where, how long files are.

Every rule is a function from a repository's folder to its breaches, and is tested itself: on a
planted breach it must speak, on a clean package it must be silent.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.planted_breaches import CLEAN, PLANTED

PackageRule = Callable[[Path], list[str]]

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "sr_app"
MAX_LINES = 400


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MIDDLE = "files image networks datasets evaluation inference training search"

# package -> (floor, what it may import): an arrow points down, never sideways or up.
FLOORS: dict[str, tuple[int, frozenset[str]]] = {
    "files": (0, names("")),
    "image": (1, names("files")),
    "layers": (1, names("")),
    "networks": (2, names("files layers")),
    "datasets": (2, names("files image")),
    "evaluation": (3, names("files image networks")),
    "inference": (3, names("files image layers networks")),
    "training": (4, names("files image layers networks datasets evaluation")),
    "search": (5, names("files layers networks datasets evaluation inference training")),
    "recipes": (6, names("files networks datasets training search")),
    "jobs": (7, names(f"{MIDDLE} recipes")),
    "serving": (8, names("files image networks evaluation inference jobs")),
    "cli": (9, names(f"{MIDDLE} recipes jobs serving")),
}

# library -> files or folders of the package that may import it; () is nowhere.
TORCH = ("inference/runtime_", "inference/foreign_torch.py", "inference/foreign_torch_")
HOMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["PIL", "cv2", "imagecodecs", "pi_heif", "rawpy"], ("image/",)),
    **dict.fromkeys(
        ["onnxruntime", "onnx"],
        ("inference/runtime_", "inference/export.py", "inference/export_", "inference/foreign_"),
    ),
    **{"ncnn": ("inference/runtime_", "inference/foreign_"), "huggingface_hub": ("jobs/hub.py",)},
    "matplotlib": ("evaluation/report.py",),
    "gradio": ("serving/app.py", "serving/page_calls.py", "serving/program_endpoints.py"),
    "jinja2": ("evaluation/page.py",),
    "ray": ("search/workers.py", "inference/batch_ray.py"),
    "moocore": ("search/pareto.py",),
    **dict.fromkeys(["typer", "rich"], ("cli/",)),
    **dict.fromkeys(["pydantic", "tomllib", "tomlkit"], ("recipes/",)),
    "openvino": ("inference/runtime_", "inference/export_"),
    "tensorflow": ("training/distribution.py", "inference/export_litert.py", "layers/silu.py"),
    **dict.fromkeys(["torch", "spandrel", "safetensors"], TORCH),
    "jax": (),
}

# Keras may be imported inside a function elsewhere; at the top of a module only here.
KERAS_AT_TOP = ("layers/", "networks/", "training/", "search/", "datasets/degraded.py")
KERAS_AT_TOP += ("datasets/patches.py", "datasets/unpaired.py")
HEAVY_JOBS = names("stage facts pairs progress widths selected two_stage")
KERAS_AT_TOP += (*(f"jobs/train_{part}.py" for part in HEAVY_JOBS), "jobs/preset_writer.py")
KERAS_NEVER_AT_TOP = ("networks/genotype.py", "networks/presets.py")

# Public names, verbs and plug-ins of ONNX Runtime, imported by their strings when asked for.
LAZY_TABLES = ("__init__.py", "cli/main.py", "inference/runtime_onnx_providers.py")

ENGINES = ("inference/runtimes.py", "inference/runtime_", "inference/export_", "cli/export.py")
ENGINES += ("files/extras.py", "inference/device_record.py", "layers/silu.py")
"""Where an engine or an extra may have the name of a Keras backend: it is another thing there."""

OPTIONS_AT_HOME = ("datasets/perceptual.py", "serving/")  # those of pip; a page is a command
BACKENDS = names("tensorflow jax torch openvino")
VAGUE_NAMES = names("utils util helpers common misc")

FOLDERS = names("sr_app models data deploy docs notebooks tests benchmarks")
FILES = names("pyproject.toml Makefile README.md CONTRIBUTING.md CHANGELOG.md CITATION.cff LICENSE")
FILES |= names("requirements.txt requirements-jax.txt requirements-dev.txt requirements-docs.txt")
FILES |= names("SECURITY.md mkdocs.yml")


@dataclass(frozen=True)
class Import:
    """One import statement's target: dotted name, line, and whether it runs on import."""

    name: str
    line: int
    at_top: bool


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules(root: Path) -> list[Path]:
    """Python files of the package, relative to it."""
    package = root / PACKAGE
    return sorted(path.relative_to(package) for path in package.rglob("*.py"))


def imports(root: Path, module: Path) -> Iterator[Import]:
    """Every import of a module, in functions too; `from a import b` counts as a.b."""
    tree = parse(root / PACKAGE / module)
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, FUNCTIONS) for n in ast.walk(f)}
    inside |= {id(n) for f in ast.walk(tree) if only_for_types(f) for n in ast.walk(f)}
    for node in ast.walk(tree):
        at_top = id(node) not in inside
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, at_top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = absolute(module, node)
            yield from (Import(f"{start}.{a.name}", node.lineno, at_top) for a in node.names)


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def only_for_types(node: ast.AST) -> bool:
    """Whether a node is `if TYPE_CHECKING:`, which never runs."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def absolute(module: Path, node: ast.ImportFrom) -> str:
    """Dotted start of a from-import; a relative one is resolved against the module's folder."""
    if not node.level:
        return node.module or ""
    parents = (PACKAGE, *module.parent.parts)
    start = parents[: len(parents) - node.level + 1]
    return ".".join((*start, *([node.module] if node.module else [])))


def package_of(module: Path) -> str | None:
    """The sub-package of a module; None for the two files on the package's own floor."""
    return module.parts[0] if len(module.parts) > 1 else None


def at_home(module: Path, homes: Iterable[str]) -> bool:
    """Whether a module is one of the homes, lies in one that is a folder, or begins as one does."""
    text, open_ends = module.as_posix(), ("/", "_")
    return any(
        text == home or (home.endswith(open_ends) and text.startswith(home)) for home in homes
    )


def floor_breaches(root: Path) -> list[str]:
    """Imports that the table does not allow, and packages that it does not know."""
    found = []
    for module in modules(root):
        package = package_of(module)
        if package is None:
            continue
        if package not in FLOORS:
            found.append(f"{module}: package {package} has no row in FLOORS")
            continue
        for item in imports(root, module):
            target = item.name.split(".")
            if target[0] != PACKAGE or item.name == f"{PACKAGE}.__version__":
                continue
            other = target[1] if len(target) > 1 else "the public names"
            if other != package and other not in FLOORS[package][1]:
                found.append(f"{module}:{item.line}: {package} may not import {other}")
    return found


def dynamic_imports(root: Path) -> list[str]:
    """Imports by string, which no table can see; the two lazy tables are the exceptions."""
    found = []
    for module in modules(root):
        if at_home(module, LAZY_TABLES):
            continue
        for node in ast.walk(parse(root / PACKAGE / module)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).split(".")[-1]
                if called in {"import_module", "__import__", "exec", "eval"}:
                    found.append(f"{module}:{node.lineno}: {called}()")
    return found


def cycles(root: Path) -> list[str]:
    """Modules that reach themselves through imports, those for types included."""
    known = {dotted(module): module for module in modules(root) if package_of(module)}
    graph = {
        name: {nearest(item.name, known) for item in imports(root, module)} - {name, None}
        for name, module in known.items()
    }
    paths = {name: loop(graph, name) for name in graph}
    return [f"{name} imports itself through {path}" for name, path in paths.items() if path]


def dotted(module: Path) -> str:
    parts = (PACKAGE, *module.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def nearest(name: str, known: dict[str, Path]) -> str | None:
    """The module that `import name` loads: the name itself, or what holds it."""
    while name not in known and "." in name:
        name = name.rpartition(".")[0]
    return name if name in known else None


def loop(graph: dict[str, set[str]], start: str) -> str | None:
    """A way from start back to start, as text."""
    stack, seen = [(start, (start,))], set()
    while stack:
        name, path = stack.pop()
        for target in sorted(graph[name]):
            if target == start:
                return " -> ".join((*path, start))
            if target not in seen:
                seen.add(target)
                stack.append((target, (*path, target)))
    return None


def untested(root: Path) -> list[str]:
    """Modules a/b.py without tests/a/test_b.py, and package files that hold code."""
    found = []
    for module in modules(root):
        if package_of(module) is None:
            continue
        mirror = f"tests/{module.parent.as_posix()}/test_{module.name}"
        if module.name == "__init__.py":
            body = parse(root / PACKAGE / module).body
            if any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in body):
                found.append(f"{module}: a package file holds imports only")
        elif not (root / mirror).is_file():
            found.append(f"{module}: {mirror} is missing")
    return found


def long_files(root: Path) -> list[str]:
    """Files with more than MAX_LINES lines, in the package, the tests and the benchmarks."""
    found = []
    for folder in (PACKAGE, "tests", "benchmarks"):
        for path in sorted((root / folder).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MAX_LINES:
                found.append(f"{path.relative_to(root)}: {lines} lines, at most {MAX_LINES}")
    return found


def homeless_libraries(root: Path) -> list[str]:
    """Heavy libraries imported outside their home, and Keras at the top of a light module."""
    found = []
    for module in modules(root):
        light = at_home(module, KERAS_NEVER_AT_TOP) or not at_home(module, KERAS_AT_TOP)
        for item in imports(root, module):
            library = item.name.split(".")[0]
            if library in HOMES and not at_home(module, HOMES[library]):
                home = ", ".join(HOMES[library]) or "nowhere"
                found.append(f"{module}:{item.line}: {library} is at home in {home}")
            if library == "keras" and item.at_top and light:
                found.append(f"{module}:{item.line}: keras at the top of a light module")
    return found


def named_backends(root: Path) -> list[str]:
    """Strings that are a Keras backend's name or the setting that chooses one."""
    return [
        f"{module}:{node.lineno}: names a Keras backend: {node.value!r}"
        for module in modules(root)
        if not at_home(module, ENGINES)
        for node in ast.walk(parse(root / PACKAGE / module))
        if isinstance(node, ast.Constant) and node.value in BACKENDS | {"KERAS_BACKEND"}
    ]


def forbidden_statements(root: Path) -> list[str]:
    """`assert`, `print(` outside cli, keywords that vanish, a training that is no `fit_stage`."""
    found = []
    for module in modules(root):
        for node in ast.walk(parse(root / PACKAGE / module)):
            where = f"{module}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assert):
                found.append(f"{where}: assert")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
                if package_of(module) != "cli":
                    found.append(f"{where}: print")
            elif isinstance(node, ast.Attribute) and node.attr == "compile":
                if ast.unparse(node) != "re.compile" and module.name != "fitting.py":
                    found.append(f"{where}: {ast.unparse(node)}, where fit_stage trains")
            elif isinstance(node, FUNCTIONS) and swallows(node):
                found.append(f"{where}: **{node.args.kwarg.arg} swallows typos")
    return found


def swallows(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Whether ** arguments are at most asked for single keys, so that a typo goes unnoticed."""
    if function.args.kwarg is None:
        return False
    uses = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    uses = [n for n in uses if n.id == function.args.kwarg.arg]
    picked = (ast.Attribute, ast.Subscript)
    single = {id(n.value) for n in ast.walk(function) if isinstance(n, picked)}
    return all(id(use) in single for use in uses)


def options_in_messages(root: Path) -> list[str]:
    """Options of the command line in texts elsewhere, unless a whole command is named."""
    found = []
    for module in modules(root):
        if package_of(module) == "cli" or at_home(module, OPTIONS_AT_HOME):
            continue
        tree = parse(root / PACKAGE / module)
        documented = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            text = str(node.value) if isinstance(node, ast.Constant) else ""
            said = re.search(r"(?<!\S)--[a-z][a-z-]+", text)
            if said and id(node) not in documented and "sr-app" not in text:
                found.append(f"{module}:{node.lineno}: {said[0]} is said to Python too")
    return found


def vague_names(root: Path) -> list[str]:
    """Modules and packages whose name says nothing."""
    return [
        f"{module}: a file is a noun that says what it holds"
        for module in modules(root)
        if VAGUE_NAMES & {*module.parent.parts, module.stem}
    ]


def strange_entries(tracked: Iterable[str]) -> list[str]:
    """Top-level folders and files beyond the fixed set; names with a dot in front are free."""
    found = set()
    for path in tracked:
        top, inside, _ = path.partition("/")
        if not top.startswith(".") and top not in (FOLDERS if inside else FILES):
            found.add(f"{top}: not in the fixed top level")
    return sorted(found)


RULES = [floor_breaches, dynamic_imports, cycles, untested, long_files, homeless_libraries]
RULES += [named_backends, forbidden_statements, vague_names, options_in_messages]
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@each_rule
def test_the_repository_keeps_the_rule(rule: PackageRule) -> None:
    assert not (found := rule(REPOSITORY)), "\n".join(found)


def test_the_top_level_is_fixed() -> None:
    listing = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        pytest.skip("not a git checkout: the tracked files are unknown")
    assert not strange_entries(listing.stdout.splitlines())


def test_floors_only_point_down_and_the_rules_see_every_package() -> None:
    assert names("image layers networks cli") <= {package_of(m) for m in modules(REPOSITORY)}
    for package, (floor, allowed) in FLOORS.items():
        assert all(FLOORS[other][0] < floor for other in allowed), package


def plant(root: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root


@each_rule
def test_a_clean_package_has_no_breach(rule: PackageRule, tmp_path: Path) -> None:
    assert rule(plant(tmp_path, CLEAN)) == []


@pytest.mark.parametrize(("rule", "module", "source", "expected"), PLANTED)
def test_a_planted_breach_is_caught(
    rule: str, module: str, source: str, expected: str, tmp_path: Path
) -> None:
    found = globals()[rule](plant(tmp_path, {**CLEAN, f"sr_app/{module}": source}))
    assert re.search(re.escape(expected), "\n".join(found)), found


def test_a_strange_top_level_entry_is_caught() -> None:
    usual = ["sr_app/image/files.py", "README.md", ".ci/run", ".gitignore", "models/x/card.json"]
    assert strange_entries(usual) == []
    assert len(strange_entries([*usual, "scripts/a.py", "setup.py", "scripts/more.md"])) == 2

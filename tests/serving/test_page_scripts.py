"""Scripts of the page and of web folders: their unit tests in Node, one linter, and their HTML."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sr_app.serving.app import PAGE
from sr_app.serving.web_folder import HERE as SERVING

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
WEB = SERVING / "web"
SCRIPTS = sorted(PAGE.glob("*.js"))
LEAST_NODE = 20


def node() -> str:
    """Where Node is; skip where there is none, or one without a test runner."""
    found = shutil.which("node")
    if not found:
        pytest.skip("no Node.js on this machine: the unit tests of the page's scripts need it")
    version = subprocess.run(
        [found, "--version"], capture_output=True, text=True, check=True
    ).stdout
    if int(version.strip().lstrip("v").split(".")[0]) < LEAST_NODE:
        pytest.skip(f"Node.js {version.strip()} is older than {LEAST_NODE}")
    return found


@pytest.mark.parametrize(
    "path",
    sorted([*HERE.glob("page/*.test.mjs"), *HERE.glob("web/*.test.mjs")]),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_the_scripts_pass_their_own_tests(path) -> None:
    done = subprocess.run([node(), "--test", path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE).group(1)) > 2


@pytest.mark.parametrize("folder", [PAGE, WEB], ids=lambda folder: folder.name)
def test_every_script_has_tests_of_its_own(folder) -> None:
    tests = HERE.glob(f"{folder.name}/*.test.mjs")
    tested = {path.name.removesuffix(".test.mjs") for path in tests}
    assert {path.stem for path in folder.glob("*.js")} == tested


def test_the_linter_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("oxlint")
    if not linter.exists():
        pytest.skip("oxlint is not installed: `make setup`")
    done = subprocess.run(
        [linter, PAGE, WEB, HERE / "page", HERE / "web", REPOSITORY / "tests/walks"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_module_takes_from_others_only_what_they_give(path) -> None:
    for names, source in re.findall(
        r"import \{([^}]*)\} from '\./([\w.]+)'", path.read_text("utf-8")
    ):
        given = re.findall(
            r"^export (?:async )?(?:function|class|const) (\w+)",
            (PAGE / source).read_text("utf-8"),
            re.MULTILINE,
        )
        assert {name.strip() for name in names.split(",")} <= set(given), source


def test_every_module_is_reached_from_the_first() -> None:
    reached, line = set(), ["main.js"]
    while line:
        name = line.pop()
        if name not in reached:
            reached.add(name)
            line += re.findall(r"from '\./([\w.]+)'", (PAGE / name).read_text("utf-8"))
    assert reached == {path.name for path in SCRIPTS}


def test_the_scripts_ask_for_parts_that_the_page_has() -> None:
    html = (PAGE / "page.html").read_text("utf-8")
    ids = set(re.findall(r'id="([\w-]+)"', html))
    text = "".join(path.read_text("utf-8") for path in SCRIPTS)
    asked = set(re.findall(r"(?:find|querySelector|say|list)\('#([\w-]+)", text))
    assert len(asked) > 15 and asked <= ids
    assert "${" not in html and "{{" not in html and "`" not in html, "Gradio would fill it in"


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [":root", ".dark"])
def test_every_text_has_a_contrast_of_four_and_a_half(scheme) -> None:
    style = (PAGE / "style.css").read_text("utf-8")
    colours = {}
    for body in re.findall(re.escape(scheme) + r" \{([^}]*)\}", style):
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("paper", "page", "surround")]
    pairs += [("accent-ink", "accent"), ("warn", "warn-paper"), ("paper", "ink"), ("soft", "line")]
    for text, ground in pairs:
        low, high = sorted(luminance(colours[name]) for name in (text, ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5, f"{text} on {ground}"

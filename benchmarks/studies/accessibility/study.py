"""Whether everybody can use the page: axe-core's rules, and what is cut off, in every state of it.

Run it from the top folder: python benchmarks/studies/accessibility/study.py [--axe FILE]
[--window "390 dark en"]; where windows are named, the cells of the others stay. It needs Chromium
with chromedriver, and npm, which fetches axe-core (MPL-2.0; it is not kept here). It writes
README.md beside it, and screenshots of all states into artifacts/page; it fails where something
serious is found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
VERSION = "4.14.1"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
WINDOWS = [f"{width} {light} en" for width in (390, 1440) for light in ("light", "dark")] + [
    f"390 light {language}" for language in ("de", "es", "fr")
]
GRAVE = ("critical", "serious")
HEAD = f"""# Whether everybody can use the page

`python benchmarks/studies/accessibility/study.py`: axe-core {VERSION} (WCAG 2.0 to 2.2, A and AA,
and good practice) in headless Chromium, in every state that `tests/walks/states.py` brings the
page to. Each cell counts the rules that are broken, grave ones (critical or serious) + others, and
the things that stick out of the window, are cut off or lie over each other. A dash was not
looked at yet.
""".splitlines()
AXE = """
const done = arguments[0];
const only = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
axe.run('.page', { ...only, resultTypes: ['violations'] }).then(({ violations, passes }) => done([
  violations.map(({ id, impact, help, nodes }) =>
    ({ id, impact, help, nodes: nodes.map((n) => [n.target.join(' '), n.failureSummary]) })),
  passes.length,
]));
"""


def axe(file: Path | None) -> str:
    """The source of axe-core: a file of the package, or what npm fetches."""
    with tempfile.TemporaryDirectory() as folder:
        if file is None:
            command = ["npm", "pack", f"axe-core@{VERSION}", "--ignore-scripts", "--loglevel=error"]
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
                source = archive.extractfile("package/axe.min.js").read()
        else:
            source = file.read_bytes()
    received = hashlib.sha256(source).hexdigest()
    if received != SHA256:
        raise SystemExit(f"Expected axe.min.js of axe-core {VERSION}. Received: SHA-256 {received}")
    return source.decode()


def look(page, source: str, folder: Path) -> Iterator[tuple[str, list[dict], list[str]]]:
    """Each state: its name, axe-core's findings, and what is cut off or lies over another thing."""
    from tests.walks.states import faults, states, write_photos

    for state in states(page, write_photos(folder)):
        page.driver.execute_script(f"{source}; window.axe = axe")
        found, kept = page.driver.execute_async_script(AXE)
        if kept < 10:
            raise SystemExit(
                f"Expected axe-core to look at the page. It kept {kept} rules: {state}"
            )
        yield state, found, faults(page)


def cell(found: list[dict], cut: list[str]) -> str:
    """Of one state in one window."""
    serious = sum(one["impact"] in GRAVE for one in found)
    return f"{serious} + {len(found) - serious}, {len(cut)}"


def earlier() -> dict[tuple[str, str], str]:
    """The cells of the table that is there, by state and window."""
    lines = [one for one in (HERE / "README.md").read_text("utf-8").splitlines() if one[:1] == "|"]
    head, _, *rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines]
    return {
        (state, window): text
        for state, *texts in rows
        for window, text in zip(head[1:], texts, strict=True)
        if text != "-"
    }


def report(cells: dict[tuple[str, str], str], found: list[dict]) -> str:
    """The table, and each finding once."""
    states = list(dict.fromkeys(state for state, _ in cells))
    windows = [window for window in WINDOWS if any(w == window for _, w in cells)]
    lines = [*HEAD, "", "| state | " + " | ".join(windows) + " |"]
    lines.append("| --- |" + " --- |" * len(windows))
    for state in states:
        texts = [cells.get((state, window), "-") for window in windows]
        lines.append(f"| {state} | " + " | ".join(texts) + " |")
    clean = sum(text == "0 + 0, 0" for text in cells.values())
    lines += ["", f"{len(cells)} pictures of the page looked at, {clean} without any finding."]
    other = Counter(f"{one['id']} ({one['impact']}): {one['help']}" for one in found)
    lines += ["", "Rules that are broken, and in how many of these pictures:", ""] if other else []
    lines += [f"- {text}: {count}" for text, count in other.most_common()]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--axe", type=Path, help="axe.min.js, instead of asking npm for it")
    parser.add_argument("--window", action="append", choices=WINDOWS, help="only this one")
    asked = parser.parse_args()
    source = axe(asked.axe)
    sys.path.insert(0, str(REPOSITORY))
    from tests.inference import random_presets
    from tests.walks import browser

    shots = REPOSITORY / "artifacts" / "page"
    shots.mkdir(parents=True, exist_ok=True)
    cells, seen, grave = earlier() if asked.window else {}, [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = random_presets.vivid_folder(folder), random_presets.models_folder(folder)
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        environment["SR_APP_MODELS"] = os.pathsep.join(map(str, models))
        (folder / "downloads").mkdir()
        driver = browser.start(folder / "profile", folder / "downloads")
        driver.set_script_timeout(browser.PATIENCE)
        with browser.served(environment, folder) as site:
            for window in asked.window or WINDOWS:
                width, light, language = window.split()
                page = browser.Page(driver, site, shots)
                page.width(int(width), height=860, dark=light == "dark")
                page.speak(language)
                for state, found, cut in look(page, source, folder):
                    page.shoot(f"{window}_{state}".replace(" ", "_"))
                    cells[state, window] = cell(found, cut)
                    seen += found
                    bad = [one for one in found if one["impact"] in GRAVE]
                    grave += [f"{window}, {state}: {one['id']} {one['nodes'][:3]}" for one in bad]
                    grave += [f"{window}, {state}: {one}" for one in cut]
                    (HERE / "README.md").write_text(report(cells, seen), "utf-8")
                    print(window, state, cells[state, window], flush=True)
        driver.quit()
    if grave:
        raise SystemExit("\n".join(grave))


if __name__ == "__main__":
    main()

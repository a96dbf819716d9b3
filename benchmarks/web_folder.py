"""The page of an exported web folder against the command line's road, on one photo, by turns.

Run it from the top folder: python benchmarks/web_folder.py [--rounds 3] [--ort FOLDER] [--out FILE]

Both enlarge a part of scikit-image's coffee cup with both ends of the slider where a preset has
two: ONNX Runtime in this process with all cores, and the exported page in headless Chromium, which
has no graphics card and so runs WebAssembly, a worker for each core. They take turns, so that other
work of the machine falls on both. The page's time is its own, from the press of the button to the
pixels; this process's is that of the networks, the photo read before. Processor time is that of all
threads, of Chromium with all its processes.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
PRESETS = ("esrn_x4", "esrn_x2", "esrn_s_x4")
ROWS, COLUMNS = slice(60, 300), slice(120, 480)  # of the coffee cup: 240 x 360 pixels


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on a plain static server."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def processor(first: int) -> float:
    """Seconds of processor time of a process and of all that descend from it."""
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(path.parent.name)] = int(fields[1])
        seconds[int(path.parent.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    family, grown = {first}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return sum(seconds.get(number, 0.0) for number in family)


def by_page(page, photo: Path) -> tuple[float, float]:
    """Seconds on the clock and of the processor that the page takes."""
    from tests.walks.browser import wait_for

    driver = page.driver.service.process.pid
    page.choose(photo)
    wait_for(lambda: page.state == "photo", "the photo")
    before = processor(driver)
    page.press("#go")
    wait_for(lambda: page.find("#result").is_displayed(), "the result")
    used = processor(driver) - before
    return float(re.search(r"in ([\d.]+) s", page.text("#facts"))[1]), used


def natively(slider, photo) -> tuple[float, float]:
    """The same of this process."""
    start, before = time.perf_counter(), time.process_time()
    slider.results(photo)
    return time.perf_counter() - start, time.process_time() - before


def measure(preset: str, rounds: int, ort: Path, folder: Path) -> str:
    """A row of the table."""
    import numpy as np
    from PIL import Image

    from sr_app import read_photo
    from sr_app.inference.slider import Position, Slider
    from sr_app.networks.presets import read_card
    from sr_app.serving.web_folder import write_web_folder
    from tests.walks.browser import Page, start

    slider = Slider.from_preset(preset, Position(), both_ends=True)
    photo = read_photo(folder / "cup.png")
    (folder / "got").mkdir(exist_ok=True)
    cards = write_web_folder(read_card(preset), folder / preset, ort=ort)
    driver = start(folder / f"profile_{preset}", folder / "got")
    try:
        with served(folder / preset) as site:
            page = Page(driver, site, folder)
        natively(slider, photo)  # the first run allocates
        pairs = [
            (natively(slider, photo), by_page(page, folder / "cup.png")) for _ in range(rounds)
        ]
        if len(cards) > 1:
            page.slide(0)
        with Image.open(page.download()) as picture:
            seen = np.asarray(picture.convert("RGB")).astype(int)
    finally:
        driver.quit()
    expected = np.floor(255 * slider.results(photo)[0].rgb + 0.5)
    apart = int(np.abs(seen - expected).max())
    times = [median(pair[who][what] for pair in pairs) for what in (0, 1) for who in (0, 1)]
    ratios = [median(web[what] / own[what] for own, web in pairs) for what in (0, 1)]
    cells = [preset, str(len(cards)), *(f"{x:.1f}" for x in (*times[:2], ratios[0]))]
    cells += [*(f"{x:.1f}" for x in (*times[2:], ratios[1])), str(apart)]
    return f"| {' | '.join(cells)} |"


def run(rounds: int, ort: Path | None, folder: Path) -> list[str]:
    """Rows of the report, one for each preset."""
    import skimage.data

    from sr_app.image.files import Photo, write_photo
    from sr_app.serving.web_runtime import runtime_files
    from tests.walks import browser

    browser.PATIENCE = 900  # it is measured on busy machines, too
    cup = skimage.data.coffee()[ROWS, COLUMNS]
    write_photo(Photo((cup / 255).astype("float32")), folder / "cup.png")
    rows = []
    with runtime_files(ort) as files:
        for preset in PRESETS:
            rows.append(measure(preset, rounds, next(iter(files.values())).parent, folder))
            print(rows[-1], flush=True)
    return rows


def report(rows: list[str], rounds: int) -> str:
    """The page of benchmarks/web_folder.md."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0] / cores
    height, width = ROWS.stop - ROWS.start, COLUMNS.stop - COLUMNS.start
    return f"""# In the browser against natively

`python benchmarks/web_folder.py`: a photo of {width} x {height} pixels through the page of an
exported web folder (headless Chromium, WebAssembly, a worker for each core) and through ONNX
Runtime in Python, by turns; medians of {rounds} rounds on {cores} cores, {load:.1f} processes for
each. Ends: 2 where the preset has a vivid twin; both are run then. Ratio: browser to native, of
each round. CPU: seconds of the processor, of all threads. Apart: grey levels at most.

| preset | ends | native s | browser s | ratio | native CPU | browser CPU | ratio | apart |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}
"""


def main() -> None:
    """Measure, print the report and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="turns of both")
    parser.add_argument("--ort", type=Path, help="folder of the unpacked onnxruntime-web")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    if missing := [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]:
        print(f"skipped: no {' and no '.join(missing)} on this machine")
        return
    with tempfile.TemporaryDirectory(prefix="web-folder-") as folder:
        try:
            rows = run(arguments.rounds, arguments.ort, Path(folder))
        except ValueError as error:
            print(f"skipped: {error}")
            return
    text = report(rows, arguments.rounds)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

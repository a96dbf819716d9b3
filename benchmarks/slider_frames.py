"""Frames per second while the slider moves over a 4-megapixel result, in a headless browser.

Run it from the top folder: python benchmarks/slider_frames.py [--seconds 4] [--out FILE]

The page itself, with the coffee cup of scikit-image enlarged by the tests' small networks (what the
pixels are makes no difference here): both ends have 1600 x 2400 pixels. In every window the slider
goes to and fro, a step in each frame. A frame's interval is what the browser reached; the script is
the page's own share of it: its callback before a frame (the arithmetic on what is in view, and
handing the pixels over). A headless browser has no graphics card: it draws on the processor, and
that is in the interval, not in the script.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
SCALE = 4
# what -> width and height of the window, and pixels of the screen to each of its own
WINDOWS = {
    "phone": (390, 844, 3),
    "laptop": (1280, 860, 1),
    "full HD": (1920, 1080, 1),
    "large, dense": (2560, 1440, 2),
}
BUDGET = 1000 / 60
MOVE = """
const [seconds, done] = arguments;
const slider = document.querySelector('.blend input');
const real = window.requestAnimationFrame;
const scripts = [], frames = [];
let exact = 0;
window.requestAnimationFrame = (work) => real((now) => {
    const start = performance.now();
    work(now);
    scripts.push(performance.now() - start);
});
let first = null, last = null, at = 0;
const step = (now) => {
    first ??= now;
    if (last !== null) frames.push(now - last);
    exact += document.querySelector('.viewer.still') !== null;
    last = now;
    if (now - first > 1000 * seconds) {
        window.requestAnimationFrame = real;
        const { width, height } = document.querySelector('canvas.exact');
        return done({ scripts, frames, exact, pixels: width * height });
    }
    at = (at + 1) % 200;
    slider.value = Math.abs(100 - at);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    real(step);
};
real(step);
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page, served by the command line."""
    from tests.inference import random_presets

    models = random_presets.vivid_folder(folder), random_presets.models_folder(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sr_app", "demo", "--port", str(port)],
        env={
            **os.environ,
            "SR_APP_MODELS": os.pathsep.join(map(str, models)),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
        },
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stdout:
            if line.startswith("Ready"):
                break
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def measure(page, seconds: float) -> tuple:
    """Pixels in view; frames; share of them that were exact; milliseconds of a frame.

    These are interval (median and 95th percentile), script in processor time (mean), and script on
    the clock (median and 95th percentile).
    """
    import numpy as np

    page.driver.set_script_timeout(60 + 10 * seconds)
    before = processor(page.driver)
    found = page.driver.execute_async_script(MOVE, seconds)
    used = (processor(page.driver) - before) / len(found["frames"])
    frames, scripts = (np.percentile(found[name], [50, 95]) for name in ("frames", "scripts"))
    count = len(found["frames"])
    return found["pixels"], count, found["exact"] / (count + 1), *frames, used, *scripts


def processor(driver) -> float:
    """Milliseconds of processor time that the page's scripts have used so far."""
    metrics = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1000 * next(m["value"] for m in metrics if m["name"] == "ScriptDuration")


def run(seconds: float, folder: Path) -> list[str]:
    """Rows of the report: every window, with nothing painted and after a stroke of the brush."""
    import skimage.data

    from sr_app.image.files import Photo, write_photo
    from tests.walks import browser
    from tests.walks.browser import Page, start, wait_for

    browser.PATIENCE = 600  # it is measured on busy machines, too

    photo = folder / "coffee.png"
    write_photo(Photo((skimage.data.coffee() / 255).astype("float32")), photo)
    rows = []
    with served(folder) as site:
        driver = start(folder / "profile", folder)
        try:
            page = Page(driver, site, folder)
            driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
            page.width(1280, height=860)
            page.choose(photo)
            wait_for(lambda: page.state == "photo", "the photo")
            page.factor(SCALE)
            page.enlarge()
            page.press("[data-zoom=fit]")
            for painted in (False, True):
                if painted:
                    page.press("[data-act=brush]")
                    page.drag((0.3, 0.5), (0.6, 0.5))
                for name, window in WINDOWS.items():
                    resize(driver, *window)
                    time.sleep(3)  # a busy browser takes its time to see the new window
                    page.slide(50)
                    page.rest()
                    rows.append(row(name, painted, *measure(page, seconds)))
                    print(rows[-1], flush=True)
        finally:
            driver.quit()
    return rows


def resize(driver, width: int, height: int, density: int) -> None:
    """Make the window that large, of pixels that dense."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": density}
    metrics["mobile"] = width < 600
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def row(name: str, painted: bool, pixels: int, count: int, exact: float, *times: float) -> str:
    """One line of the table."""
    cells = [name, "yes" if painted else "no", f"{pixels / 1e6:.2f}", str(count), f"{exact:.0%}"]
    return f"| {' | '.join(cells + [f'{time:.1f}' for time in times])} |"


def report(rows: list[str]) -> str:
    """The page of benchmarks/slider_frames.md."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0] / cores
    return f"""# The slider's frames

`python benchmarks/slider_frames.py`: the slider to and fro over a result of 1600 x 2400 pixels, in
headless Chromium, which draws on the processor; {cores} cores, {load:.1f} processes for each.
"In view": megapixels that the page blends. "Script": what the page itself takes of a frame, of
{BUDGET:.1f} ms at 60 frames a second; the rest of the interval is the browser's drawing, and other
work of the machine, which the clock counts too and processor time does not. "Exact": frames that
the page blended to one grey level; where that takes it more than 8 ms on the clock, the others were
the browser's opacity or mask, two levels off at most, until the slider rests.

| window | painted | in view | frames | exact | interval | 95 % | script, processor | clock | 95 % |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}
"""


def main() -> None:
    """Measure, print the report and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4, help="of movement in each window")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    if missing := [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]:
        print(f"skipped: no {' and no '.join(missing)} on this machine")
        return
    with tempfile.TemporaryDirectory(prefix="slider-frames-") as folder:
        text = report(run(arguments.seconds, Path(folder)))
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

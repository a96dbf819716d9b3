"""A real browser for the walk through the page, and the page as a person uses it."""

from __future__ import annotations

import base64
import io
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAM = ["-m", "sr_app"]  # how Python is told to be the command line
PATIENCE = 120  # seconds; the machine may be busy


def wait_for(truth: Callable[[], object], what: str) -> object:
    """The first true value of ``truth``; what selenium raises meanwhile is no answer yet."""
    from selenium.common.exceptions import WebDriverException

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            value = truth()
        except WebDriverException:
            value = None
        if value:
            return value
        time.sleep(0.1)
    raise TimeoutError(f"waited {PATIENCE} s for {what}")


@contextmanager
def served(
    environment: dict[str, str], folder: Path, program: list[str] = PROGRAM
) -> Iterator[str]:
    """The address of the page, served by the command line in a folder; it has to end well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *program, "demo", "--port", str(port)],
        env={**environment, "PYTHONUNBUFFERED": "1"},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready"):
            break
    assert said and said[-1].startswith("Ready"), "".join(said)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in "".join(said) + rest, rest


def is_installed() -> bool:
    """Both Chromium and its driver are on the path."""
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


def start(profile: Path, downloads: Path) -> Chrome:
    """A headless Chromium with a fresh profile; ``driver.downloads`` is where files land."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.downloads = downloads
    return driver


def swap_tab(driver: Chrome) -> None:
    """Close the tab that is shown; another one, still empty, is shown then."""
    old = driver.current_window_handle
    driver.switch_to.new_window("tab")
    new = driver.current_window_handle
    driver.switch_to.window(old)
    driver.close()
    driver.switch_to.window(new)


class Page:
    """The page as a person uses it."""

    def __init__(self, driver, site: str, shots: Path) -> None:
        self.driver, self._shots, self._site = driver, shots, site
        # A tab of its own: what a tab has on the page is known by the tab.
        swap_tab(driver)
        where = {"behavior": "allow", "downloadPath": str(driver.downloads)}
        driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
        self.speak("en")

    def speak(self, language: str) -> None:
        """Load the page as a browser that is set to a language."""
        agent = self.driver.execute_script("return navigator.userAgent")
        wanted = {"userAgent": agent, "acceptLanguage": language}
        self.driver.execute_cdp_cmd("Network.setUserAgentOverride", wanted)
        self.load()

    def load(self) -> None:
        """Open the page, or load it once more."""
        # The driver gives up where the page that is left behind still navigates.
        wait_for(lambda: self.driver.get(self._site) is None, "the address")
        wait_for(lambda: self.find(".page[data-ready]"), "the page")

    def find(self, selector: str):
        return self.driver.find_element("css selector", selector)

    def count(self, selector: str) -> int:
        return len(self.driver.find_elements("css selector", selector))

    def text(self, selector: str) -> str:
        return self.find(selector).text

    @property
    def state(self) -> str:
        return self.find(".viewer").get_attribute("data-state")

    def choose(self, path: Path) -> None:
        self.find("input[type=file]").send_keys(str(path))

    def drop(self, paths: list[Path]) -> None:
        """Drag files from the system over the page, and let them go."""
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            event = {"type": kind, "x": 300, "y": 300, "data": data}
            self.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)

    def press(self, selector: str) -> None:
        wait_for(lambda: self.find(selector).is_enabled(), f"{selector} to be usable")
        self.find(selector).click()

    def factor(self, scale: int) -> None:
        self.press(f"#scale label:nth-child({scale - 1})")

    def results(self) -> int:
        """How many results the strip has."""
        return self.count(".strip li")

    def working(self) -> bool:
        return self.find("#work").is_displayed()

    def kind(self, which: str) -> None:
        """Choose ``clean`` or ``real``, whatever is proposed."""
        self.press(f"#purpose label:nth-child({1 + (which == 'real')})")

    def enlarge(self, kind: str = "clean") -> None:
        """Enlarge the photo with the networks of a kind, and wait for the result."""
        before = self.results()
        self.kind(kind)
        self.press("#go")
        wait_for(lambda: self.results() > before, "the result")
        wait_for(
            lambda: self.driver.execute_script(
                "return [...document.querySelectorAll('.layer > img')].length > 1 &&"
                "[...document.querySelectorAll('.layer > img')].every(i => i.complete)"
            ),
            "both pictures",
        )

    def save_as(self, kind: str) -> None:
        """Choose the format of the file."""
        self.find(f"#format option[value={kind}]").click()

    def open(self, selector: str) -> None:
        """Unfold a part of the page."""
        self.driver.execute_script(f"document.querySelector('{selector}').open = true")

    def slide(self, percent: int) -> None:
        """Put the slider between faithful and vivid there, and let a frame be drawn."""
        self.driver.execute_async_script(
            """
            const [percent, done] = arguments;
            const slider = document.querySelector('.blend input');
            slider.value = percent;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            requestAnimationFrame(() => requestAnimationFrame(done));
            """,
            percent,
        )

    def rest(self) -> None:
        """Wait until what is in view is blended exactly."""
        script = "return document.querySelectorAll('.viewer.still').length"
        wait_for(lambda: self.driver.execute_script(script), "the view at rest")

    def blend(self) -> tuple[np.ndarray, int, int]:
        """What the screen shows of the blend, uint8 (h, w, 3), and its place in the result.

        Only right for a zoom of 100 %; overlays (divider, labels) are in it.
        """
        x, y, width, height, left, top = self.driver.execute_script(
            """
            const canvas = document.querySelector('canvas.exact').getBoundingClientRect();
            const sheet = document.querySelector('.sheet').getBoundingClientRect();
            return [canvas.x, canvas.y, canvas.width, canvas.height,
                    canvas.x - sheet.x, canvas.y - sheet.y].map(Math.round);
            """
        )
        with Image.open(io.BytesIO(self.driver.get_screenshot_as_png())) as shot:
            seen = np.asarray(shot.convert("RGB"))[y : y + height, x : x + width]
        return seen, left, top

    def drag(self, *points: tuple[float, float]) -> None:
        """Hold the mouse down along points of the frame, given as shares of its width and height.

        Then let a frame be drawn.
        """
        from selenium.webdriver import ActionChains

        frame = self.find(".frame")
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", frame)
        width, height = frame.size["width"], frame.size["height"]
        hand = ActionChains(self.driver, duration=40)
        for index, (x, y) in enumerate(points):
            place = round((x - 0.5) * width), round((y - 0.5) * height)
            hand.move_to_element_with_offset(frame, *place)
            if index == 0:
                hand.click_and_hold()
        hand.release().perform()
        self.driver.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
        )

    def sent(self, name: str) -> list:
        """What the last request to one of the page's own functions carried."""
        log = self.driver.get_log("performance")
        messages = [json.loads(entry["message"])["message"] for entry in log]
        posts = [
            message["params"]["requestId"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
            and "component_server" in message["params"]["request"]["url"]
        ]
        bodies = [
            json.loads(
                self.driver.execute_cdp_cmd("Network.getRequestPostData", {"requestId": post})[
                    "postData"
                ]
            )
            for post in posts
        ]
        return next(body["data"] for body in reversed(bodies) if body["fn_name"] == name)

    def requests(self) -> list[str]:
        """Addresses that the browser has asked for since the last time, its own data apart.

        Nor does the word count by which a tab says, every so often, that it is still there.
        """
        log = self.driver.get_log("performance")
        messages = [json.loads(entry["message"])["message"] for entry in log]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
            and not message["params"]["request"]["url"].startswith("data:")
            and '"attend"' not in message["params"]["request"].get("postData", "")
        ]

    def download(self) -> Path:
        for old in self.driver.downloads.iterdir():
            old.unlink()
        wait_for(lambda: self.find("#download").is_displayed(), "the download button")
        self.press("#download")
        (path,) = wait_for(
            lambda: [p for p in self.driver.downloads.iterdir() if p.suffix != ".crdownload"],
            "the download",
        )
        return path

    def refusal(self) -> str:
        return str(wait_for(lambda: self.text("#status.refused"), "a refusal"))

    def shoot(self, name: str) -> None:
        """Keep a picture of the page as it is, whole."""
        wanted = {"format": "png", "captureBeyondViewport": True}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)
        (self._shots / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def width(self, pixels: int, *, height: int, dark: bool = False) -> None:
        """Make the window that large (headless windows have a least width), light or dark.

        Nothing moves by itself: on a busy machine drawing that takes the time of the page's work.
        """
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": pixels, "height": height, "deviceScaleFactor": 1, "mobile": pixels < 600},
        )
        features = {
            "prefers-color-scheme": "dark" if dark else "light",
            "prefers-reduced-motion": "reduce",
        }
        wanted = [{"name": name, "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

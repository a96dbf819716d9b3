"""The doors of the command line for files that describe, and what came of a file behind them.

What is too long for a try is left out: a training and a search end where they would begin.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image
from typer.testing import CliRunner

from sr_app.cli import errors, main
from sr_app.cli.main import app
from sr_app.inference.device_record import read_record
from sr_app.jobs import adapt_plan, find, train
from sr_app.jobs import search as search_job
from sr_app.jobs import targets as target_job
from sr_app.jobs.search_score import recipe_space, recipe_strategy
from sr_app.jobs.train_facts import training_facts
from sr_app.networks import presets
from sr_app.networks.presets import SHIPPED as MODELS
from sr_app.recipes.schema import read_recipe
from sr_app.search.archive import Archive, genotype_in, read_archive
from tests.cli.fuzzed_descriptions import SEARCH, seeds

SLOW = 5.0
"""Processor seconds after which a try is broken off."""

LONGEST = 1000
"""Letters of a line that somebody reads."""


load_verb = cache(main.load_verb)
"""Once for each verb: what it takes to make a command of one is not tried here."""

Step = list[str] | Callable[[], object]
Door = Callable[[str, bytes], Iterator[Step]]
"""Of a file's name and content: the commands and functions that read it, in turn."""


class Begun(BaseException):
    """Everything is checked: what comes now is work."""


class Slow(BaseException):
    """A try that takes longer than any file may."""


@dataclass(frozen=True)
class Came:
    """What came of a file.

    Args:
        outcome: ``accepted``, ``refused``, or what is wrong with the program.
        text: that a person sees; with a traceback if there was one.
        seconds: of processor.
    """

    outcome: str
    text: str
    seconds: float

    @property
    def fault(self) -> bool:
        """Whether the program has to be mended."""
        return self.outcome not in ("accepted", "refused")


def prepare(folder: Path) -> None:
    """The folders that the seeds name, with a picture each, and presets with their files."""
    for name in (
        "photos",
        "photos_practical",
        "photos_unknown",
        "graphics",
        "Set5",
        "Set14",
        "Kodak24",
    ):
        (folder / "data" / name).mkdir(parents=True)
        Image.fromarray(np.zeros((16, 16, 3), np.uint8)).save(folder / "data" / name / "0001.png")
    (folder / "data/perceptual").mkdir()
    for kind in ("lr", "teacher", "hr"):
        (folder / "data/targets" / kind).mkdir(parents=True)
        shutil.copy(folder / "data/photos/0001.png", folder / "data/targets" / kind)
    shutil.copy(folder / "data/photos/0001.png", folder / "data/photos_practical/0001x4.png")
    (folder / "data/photos_practical/0001x4.json").write_bytes(seeds()["twin", "0001x4"])
    (folder / "models").mkdir()


class Doors:
    """All doors, in a prepared folder that is the working directory.

    Args:
        folder: to work in; what a try leaves there is told and taken away.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.doors: dict[str, Door] = {
            "recipe": self.recipe, "search": self.search, "card": self.card,
            "archive": self.archive, "finished": self.finished, "run": self.run,
            "facts": self.facts, "curve": self.curve, "twin": self.twin,
            "targets": self.targets, "steps": self.steps, "devices": self.devices,
        }  # fmt: skip

    def come(self, kind: str, name: str, data: bytes) -> Came:
        """Put a file where it belongs and go through its doors, up to the first that refuses."""
        start = time.process_time()
        came = [Came("accepted", "", 0)]
        with self.cleaned():
            for step in self.doors[kind](name, data):
                before = self.files()
                came.append(self.tried(step))
                if kind == "card" and step[0] == "presets" and not beside(came[-1]):
                    came.append(Came("hides the other presets", came[-1].text, 0))
                if came[-1].outcome == "refused" and (more := self.files() - before):
                    came.append(Came(f"wrote after refusal: {kind}", str(sorted(more)), 0))
                if came[-1].outcome != "accepted":
                    break
        text = "\n".join(each.text for each in came if each.text)
        return Came(came[-1].outcome, text, time.process_time() - start)

    def tried(self, step: Step) -> Came:
        """One command, or one function behind the door that turns errors into a line."""
        try:
            with limited():
                if callable(step):
                    step()
                    return Came("accepted", "", 0)
                with patch.object(main, "load_verb", load_verb):
                    result = CliRunner().invoke(app, step)
        except (ValueError, OSError) as error:
            return of_output(2, "", refused(error))
        except BaseException as error:
            return of_error(error, "")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            return of_error(result.exception, result.output)
        return of_output(result.exit_code, result.stdout, result.stderr)

    def recipe(self, name: str, data: bytes) -> Iterator[Step]:
        """`sr-app train`, up to where the training begins; and its status."""
        path = self.put(f"{name}.toml", data)
        with patch.object(train, "run_checked", begin):
            yield ["train", str(path)]
        yield ["train", str(path), "--status", "--seed", "3", "--set", "training.steps=2000"]

    def search(self, name: str, data: bytes) -> Iterator[Step]:
        """`sr-app search`, up to the first candidates."""
        path = self.put(f"{name}.toml", data)
        with patch.object(search_job, "run_search", sample):
            yield ["search", str(path)]

    def card(self, name: str, data: bytes) -> Iterator[Step]:
        """The lists, where it lies beside a good one; then `sr-app upscale` with its folder."""
        for file in (MODELS / name).glob("model.*"):
            self.put(f"models/{name}/{file.name}", None).symlink_to(file)
        self.put(f"models/{name}/card.json", data)
        self.put("shipped/good_x2", None).symlink_to(MODELS / "esrn_xs_x2")
        os.environ["SR_APP_MODELS"] = "models"
        with patch.object(presets, "SHIPPED", Path("shipped")):
            yield ["presets", "--all"]
            yield ["presets", "--json"]
        yield ["upscale", "data/photos/0001.png", "out.png", "--preset", f"models/{name}"]
        if len(data) % 16 == 0:  # builds the network in Keras
            yield ["inspect", f"models/{name}"]

    def archive(self, name: str, data: bytes) -> Iterator[Step]:
        """`sr-app search --candidate` and `--find --archive`, whose networks are not timed."""
        path = self.put(f"runs/{name}/archive.jsonl", data)
        yield ["search", name, "--candidate", "3"]
        with patch.object(
            find, "candidate_time", lambda text, space: len(genotype_in(space, text).blocks)
        ):
            yield ["search", "--find", "x2, 1 ms per megapixel", "--archive", str(path.parent)]

    def finished(self, name: str, data: bytes) -> Iterator[Step]:
        """A search that goes on."""
        path = self.put(f"runs/{name}/finished.jsonl", data)
        facts, _ = read_archive(SEARCH)
        yield lambda: Archive(path.parent, facts).close()

    def run(self, name: str, data: bytes) -> Iterator[Step]:
        """A training that goes on: the recipe that it was begun with."""
        self.put(f"runs/{name}/recipe.json", data)
        with patch.object(train, "run_checked", begin):
            yield ["train", name]

    def facts(self, name: str, data: bytes) -> Iterator[Step]:
        """A training that goes on: how its stage ended; and another that uses its translators."""
        self.put(f"runs/{name}/facts.json", data)
        recipe = read_recipe(name)
        yield ["train", name, "--status"]
        yield lambda: training_facts(recipe, Path("runs") / name)
        with patch.object(train, "run_checked", begin):
            yield ["train", "two_stage_x4_vivid"]

    def curve(self, name: str, data: bytes) -> Iterator[Step]:
        """`sr-app train --status`."""
        self.put(f"runs/{name}/translation/curve.csv", data)
        yield ["train", name, "--status"]

    def twin(self, name: str, data: bytes) -> Iterator[Step]:
        """The record beside a degraded picture that a recipe trains on."""
        self.put(f"data/photos_practical/{name}.json", data)
        with patch.object(train, "run_checked", begin):
            yield ["train", "esrn_x4_real"]

    def targets(self, name: str, data: bytes) -> Iterator[Step]:
        """The record beside a teacher's pictures."""
        path = self.put("data/targets/targets.json", data)
        recipe, known = read_recipe("esrn_x4_real_vivid"), json.loads(seeds()["targets", name])
        yield lambda: training_facts(recipe, Path("runs/none"))
        yield lambda: target_job.check_record(path.parent, known)

    def steps(self, name: str, data: bytes) -> Iterator[Step]:
        """An adaptation that goes on."""
        path = self.put("runs/adapt/steps.json", data)
        yield lambda: adapt_plan.recorded_steps(path.parent, 30)

    def devices(self, name: str, data: bytes) -> Iterator[Step]:
        """What was measured of this machine's devices."""
        self.put("cache/sr-app/devices.json", data)
        os.environ["XDG_CACHE_HOME"] = str(self.folder / "cache")
        yield read_record

    def put(self, name: str, data: bytes | None) -> Path:
        """A file below the folder; without data its place."""
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
        return path

    def files(self) -> set[str]:
        """Everything that lies in the folder and beside it."""
        return {str(path) for path in self.folder.parent.rglob("*")}

    @contextmanager
    def cleaned(self) -> Iterator[None]:
        """What is made inside the block is taken away after it; the environment is as before."""
        before, known = self.files(), dict(os.environ)
        twin = Path("data/photos_practical/0001x4.json")
        try:
            yield
        finally:
            for path in sorted(self.files() - before, reverse=True):
                Path(path).unlink() if not Path(path).is_dir() or Path(path).is_symlink() else Path(
                    path
                ).rmdir()
            twin.write_bytes(seeds()["twin", "0001x4"])
            os.environ.clear()
            os.environ.update(known)


def begin(*arguments: object, **options: object) -> None:
    """In place of a training."""
    raise Begun


def sample(recipe, folder, helpers, reporter) -> None:
    """In place of a search: its first candidates."""
    recipe_strategy(recipe)
    space, rng = recipe_space(recipe), np.random.default_rng(0)
    for _ in range(3):
        space.cost(space.sample(rng))
    raise Begun


def beside(came: Came) -> bool:
    """Whether a list shows the good preset, whatever lies beside it."""
    return came.outcome == "accepted" and "good_x2" in came.text


@contextmanager
def limited() -> Iterator[None]:
    """Break off what takes too long."""

    def stop(*_: object) -> None:
        raise Slow

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SLOW)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)  # by default a late one ends the process


def refused(error: BaseException) -> str:
    """The line of a function's error, by the door that every command has."""
    told: list[str] = []
    with patch.object(errors.typer, "echo", lambda text, err=False: told.append(text)):
        try:
            with errors.clear_errors():
                raise error
        except errors.typer.Exit:
            return "\n".join(told) + "\n"


def of_error(error: BaseException, text: str) -> Came:
    """What an exception that no door has caught means."""
    if isinstance(error, Begun):
        return of_output(0, text, "")
    where = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in where if "sr_app" in frame.filename] or where
    place = f"{Path(own[-1].filename).name}:{own[-1].name}"
    trace = "".join(traceback.format_exception(error))
    return Came(f"{type(error).__name__} in {place}", f"{text}\n{trace[-3000:]}", 0)


def of_output(code: int, out: str, err: str) -> Came:
    """What a command's exit code and lines mean."""
    text = out + err
    lines = err.splitlines()
    if any(unicodedata.category(letter)[0] == "C" for letter in text.replace("\n", "")):
        return Came("control characters on the terminal", text, 0)
    if code == 0:
        faulty = any(len(line) > LONGEST for line in lines)
        return Came("a line without end" if faulty else "accepted", text, 0)
    if code != 2 or out:
        return Came(f"exit code {code}{' after output' if out else ''}", text, 0)
    told = [line for line in lines if not line.startswith("sr-app: warning: ")]
    if len(told) != 1:
        return Came(f"{min(len(told), 2)} lines or more for one error", text, 0)
    if len(told[0]) > LONGEST:
        return Came("a line without end", text, 0)
    return Came("refused", text, 0)

"""What this machine has, and whether the presets are whole, as a job."""

from __future__ import annotations

import platform
import re
import shutil
import time
from importlib import metadata
from typing import Any

from sr_app import __version__
from sr_app.files.extras import MissingExtraError, is_installed
from sr_app.files.machine import installed_bytes, usable_cores
from sr_app.files.quiet import quiet_start
from sr_app.inference.runtime import line_of
from sr_app.inference.runtimes import RUNTIMES, without_runtime
from sr_app.jobs.device_times import measure_devices
from sr_app.networks.presets import CARDS, check_digest, read_card, search_path


def examine(*, full: bool = False) -> dict[str, Any]:
    """Facts by part: system, packages, extras, runtimes, devices, presets.

    Runtimes are those whose library is installed.

    With ``full`` Keras is loaded too, where it is installed, and every preset runs once: parts
    keras and runs.
    """
    versions = package_versions()
    report = {
        "system": system_facts(),
        "packages": versions,
        "extras": extra_states(versions),
        "runtimes": [name for name, kind in RUNTIMES.items() if is_installed(kind.LIBRARY)],
        "devices": measure_devices(),
        "presets": preset_states(),
    }
    if full and is_installed("keras"):
        report["keras"] = keras_facts()
    if full:
        report["runs"] = preset_runs()
    return report


def system_facts() -> dict[str, Any]:
    """Program, interpreter, processor, memory in GiB, and a browser for the page's tests."""
    memory = installed_bytes()
    browsers = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    return {
        "sr_app": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": usable_cores(),
        "memory_gib": None if memory is None else round(memory / 2**30, 1),
        "browser": next(browsers, None),
    }


def requirements() -> dict[str, set[str]]:
    """Packages that sr_app asks for, each with the extras that bring it: none for the core's own.

    Read from the installed package; a checkout that was never installed has ``sr-app`` alone.
    """
    try:
        wanted = metadata.requires("sr-app") or []
    except metadata.PackageNotFoundError:
        return {"sr-app": set()}
    found: dict[str, set[str]] = {}
    for requirement in wanted:
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if name != "sr-app":  # an extra that holds another
            found.setdefault(name, set()).update(re.findall(r"extra == ['\"](\w+)", requirement))
    return found


def package_versions() -> dict[str, str | None]:
    """Installed versions of the packages of `requirements`; None for one that is missing."""
    versions: dict[str, str | None] = {}
    for name in requirements():
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def extra_states(versions: dict[str, str | None]) -> dict[str, str]:
    """Per extra "ok", or what it lacks and how to get it."""
    wanted: dict[str, list[str]] = {}
    for name, extras in requirements().items():
        for extra in extras:
            wanted.setdefault(extra, []).append(name)
    states = {}
    for extra, names in sorted(wanted.items()):
        missing = ", ".join(name for name in names if versions.get(name) is None)
        states[extra] = f'lacks {missing}: pip install "sr-app[{extra}]"' if missing else "ok"
    return states


def preset_states() -> dict[str, str]:
    """Per preset "ok", or what is wrong with its card or with a file that the card names."""
    states: dict[str, str] = {}
    for folder in (card.parent for root in search_path() for card in sorted(root.glob(CARDS))):
        if folder.name in states:
            continue
        try:
            card = read_card(folder)
            for name in filter(None, (card.weights, card.graph)):
                card.file(name)
                check_digest(card, name)
            states[folder.name] = "ok"
        except (ValueError, OSError) as error:
            states[folder.name] = str(error)
    return states


def keras_facts() -> dict[str, str]:
    """Keras' version, its backend and the dtype policy, from Keras itself."""
    with quiet_start():
        import keras

    return {
        "version": keras.__version__,
        "backend": keras.backend.backend(),
        "precision": keras.config.dtype_policy().name,
    }


def preset_runs() -> dict[str, str]:
    """Milliseconds that each preset takes for a 64x64 picture in each runtime that suits it, or
    the error."""
    import numpy as np

    from sr_app.inference.upscaler import Upscaler  # loads OpenCV

    picture = np.linspace(0, 1, 64 * 64 * 3, dtype=np.float32).reshape(64, 64, 3)
    runs: dict[str, str] = {}
    for name in [name for name, state in preset_states().items() if state == "ok"]:
        card = read_card(name)
        suiting = [key for key, kind in RUNTIMES.items() if kind.suits(card)]
        if not suiting:
            runs[name] = without_runtime(RUNTIMES.values(), [card])
        for runtime in suiting:
            try:
                upscaler = Upscaler.from_preset(name, runtime=runtime)
                upscaler(picture)  # the first call builds buffers
                start = time.perf_counter()
                upscaler(picture)
                runs[f"{name} {runtime}"] = f"{(time.perf_counter() - start) * 1e3:.1f} ms"
            except MissingExtraError:
                continue  # said among the extras
            except (ValueError, OSError) as error:
                runs[f"{name} {runtime}"] = str(error)
            except Exception as error:  # every engine has its own classes
                runs[f"{name} {runtime}"] = f"{name} in {runtime}: {line_of(error)}"
    return runs


def find_faults(report: dict[str, Any]) -> list[str]:
    """One line for every missing package, damaged preset and run that failed."""
    optional = {name for name, extras in requirements().items() if extras}
    faults = [
        f"{name} is not installed: install sr-app again (in a checkout: `make setup`)"
        for name, version in report["packages"].items()
        if version is None and name not in optional
    ]
    faults += [state for state in report["presets"].values() if state != "ok"]
    faults += [run for run in report.get("runs", {}).values() if not run.endswith(" ms")]
    return faults

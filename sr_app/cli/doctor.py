"""`sr-app doctor`: what this machine has, and whether the presets are whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sr_app.cli.errors import clear_errors
from sr_app.files.extras import MissingExtraError, is_installed

BROKEN = 1
"""Exit code when something that `upscale` or the page needs is missing or damaged."""


def doctor(
    full: Annotated[
        bool,
        typer.Option("--full", help="Also load Keras and run every preset once: takes seconds."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show versions, cores, memory, runtimes and presets, and check the presets' files."""
    import json

    with clear_errors():
        versions = package_versions()
        report = {
            "system": system_facts(),
            "packages": versions,
            "extras": extra_states(versions),
            "runtimes": runtime_names(),
            "presets": preset_states(),
        }
        if full and is_installed("keras"):
            report["keras"] = keras_facts()
        if full:
            report["runs"] = preset_runs()
    typer.echo(json.dumps(report, indent=2) if as_json else as_table(report))
    faults = find_faults(report)
    for fault in faults:
        typer.echo(f"sr-app: {fault}", err=True)
    if faults:
        raise typer.Exit(BROKEN)


def system_facts() -> dict[str, Any]:
    """Program, interpreter, processor, memory in GiB, and a browser for the page's tests."""
    import platform
    import shutil

    from sr_app import __version__
    from sr_app.files.machine import installed_bytes, usable_cores

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
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        wanted = requires("sr-app") or []
    except PackageNotFoundError:
        return {"sr-app": set()}
    found: dict[str, set[str]] = {}
    for requirement in wanted:
        name = re.match(r"[\w.-]+", requirement).group()
        if name != "sr-app":  # an extra that holds another
            found.setdefault(name, set()).update(re.findall(r"extra == ['\"](\w+)", requirement))
    return found


def package_versions() -> dict[str, str | None]:
    """Installed versions of the packages of `requirements`; None for one that is missing."""
    from importlib.metadata import PackageNotFoundError, version

    versions: dict[str, str | None] = {}
    for name in requirements():
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
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


def runtime_names() -> list[str]:
    """Names for `--runtime`."""
    from sr_app.inference.runtimes import RUNTIMES

    return list(RUNTIMES)


def preset_states() -> dict[str, str]:
    """Per preset "ok", or what is wrong with its card or with a file that the card names."""
    from sr_app.networks.presets import CARD, check_digest, read_card, search_path

    states: dict[str, str] = {}
    for folder in (
        card.parent for root in search_path() for card in sorted(root.glob(f"*/{CARD}"))
    ):
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
    from sr_app.cli.quiet import quiet_start

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
    import time

    import numpy as np

    from sr_app.inference.runtimes import RUNTIMES, without_runtime
    from sr_app.inference.upscaler import Upscaler
    from sr_app.networks.presets import read_card

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


def as_table(report: dict[str, Any]) -> str:
    """The report for people: a heading for each part, one fact a line."""
    lines = []
    for part, facts in report.items():
        lines.append(part)
        pairs = facts.items() if isinstance(facts, dict) else ((name, "") for name in facts)
        shown = [
            f"  {name:<26}{'none' if value is None else value}".rstrip() for name, value in pairs
        ]
        lines += shown or ["  none"]
    return "\n".join(lines)

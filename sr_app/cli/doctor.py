"""`sr-app doctor`: what this machine has, and whether the presets are whole."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sr_app.cli.errors import clear_errors
from sr_app.jobs.doctor import examine, find_faults

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
    with clear_errors():
        report = examine(full=full)
    typer.echo(json.dumps(report, indent=2) if as_json else as_table(report))
    faults = find_faults(report)
    for fault in faults:
        typer.echo(f"sr-app: {fault}", err=True)
    if faults:
        raise typer.Exit(BROKEN)


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

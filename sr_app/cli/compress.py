"""`sr-app compress`: a preset -> a cheaper one, with what that saves and costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sr_app.cli.compress_student import student_recipe, student_settings
from sr_app.cli.errors import clear_errors
from sr_app.jobs.inspect import find_network
from sr_app.jobs.quiet import quiet_start

if TYPE_CHECKING:
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import Card
    from sr_app.recipes.schema import Recipe

WAYS = ("search", "squeeze")


def compress(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="Preset by name or folder.")],
    out: Annotated[Path, typer.Option(help="Folder of the new preset; its name is the preset's.")],
    conv: Annotated[
        str | None,
        typer.Option(
            help="Kind of convolution, for instance ghost: another word names them all.",
            show_default=False,
        ),
    ] = None,
    widths: Annotated[
        str | None,
        typer.Option(
            metavar="search|squeeze",
            help="With --conv binary: a width for every block, found within a budget; "
            "--set widths.ratio=2 is the operations of blocks twice as wide.",
            show_default=False,
        ),
    ] = None,
    student: Annotated[
        str | None,
        typer.Option(
            metavar="GENOTYPE|PRESET",
            help="A smaller network to be taught by the preset: its blocks, or a preset's.",
            show_default=False,
        ),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="Channels between the student's blocks. [32]")
    ] = None,
    tail: Annotated[
        str | None, typer.Option(help="The student's tail: published or anchor. [published]")
    ] = None,
    positives: Annotated[
        Path | None,
        typer.Option(help="Folder of pictures of the kind that matters.", show_default=False),
    ] = None,
    unlabeled: Annotated[
        Path | None,
        typer.Option(help="Folder of mixed pictures to search for that kind.", show_default=False),
    ] = None,
    prior: Annotated[
        float | None,
        typer.Option(help="Share of the kind in the mixed folder. [estimated]", show_default=False),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Recipe whose data and schedule the fine-tuning has, its first stage or that of "
            "RECIPE:STAGE. [the preset's]",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the training.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Turn a preset's convolutions into a cheaper kind, or have it teach a smaller network.

    With --conv the network starts from the preset's weights where the method allows, and is
    fine-tuned; --widths first finds how wide each of its blocks should be. With --student another
    network learns from the preset's results; with --positives and --unlabeled on pictures of one
    kind, of which RUNS/NAME/selection.html shows what was chosen and what refused. After a kill the
    same command continues in RUNS/NAME. The card says what was saved and what it cost in dB.
    """
    with clear_errors():
        from sr_app.cli.progress import show_events
        from sr_app.jobs.run_folder import begun
        from sr_app.jobs.train_stage import run_recipe
        from sr_app.networks.presets import read_card
        from sr_app.recipes.overrides import with_seed
        from sr_app.recipes.schema import read_one_stage

        source = read_card(preset)
        changes = with_seed(settings, seed)
        if student is None:
            check_kind_alone(conv, (width, tail, positives, unlabeled, prior))
            changes = [*widths_settings(widths, conv), *changes]
            chosen = compressed_recipe(
                read_one_stage(recipe or source.name, changes),
                source,
                compressed_genotype(source, conv),
                start=preset,
                name=out.name,
            )
            if chosen.stages[0].widths:
                with quiet_start():
                    from sr_app.jobs.train_widths import check_widths
                check_widths(chosen.stages[0])
        else:
            if widths is not None:
                raise ValueError("--widths goes with --conv binary, not with --student")
            genotype, _ = find_network(student, source.scale, width, tail, conv)
            changes = [*student_settings(preset, positives, unlabeled, prior), *changes]
            chosen = student_recipe(
                read_one_stage(recipe or source.name, changes), source, genotype, name=out.name
            )
        folder = runs / chosen.name
        with show_events() as report, begun(chosen, folder):
            card = run_recipe(chosen, folder, out, report)
        typer.echo(summary(card))


def widths_settings(widths: str | None, conv: str | None) -> list[str]:
    """The option as ``key=value`` changes of a recipe; later ones may change them again.

    Raises:
        ValueError: for an unknown way, or a kind of convolution that wider blocks do not serve.
    """
    if widths is None:
        return []
    if widths not in WAYS:
        raise ValueError(f"Expected --widths among {', '.join(WAYS)}. Received: {widths!r}")
    if conv != "binary":
        raise ValueError(
            "Expected --widths with --conv binary, whose lost bits wider blocks make up for. "
            f"Received: --conv {conv}"
        )
    return [f"widths.way={widths}"]


def check_kind_alone(conv: str | None, others: tuple) -> None:
    """ValueError unless a kind of convolution is asked for, and nothing that a student needs."""
    if conv is None:
        raise ValueError("Expected --conv KIND or --student GENOTYPE. Received: neither")
    if any(option is not None for option in others):
        raise ValueError(
            "--width, --tail, --positives, --unlabeled and --prior go with --student: give it, "
            "or leave them out"
        )


def compressed_genotype(source: Card, conv: str) -> Genotype:
    """The preset's network in another kind of convolution, widths as they are.

    Raises:
        ValueError: for a kind that is unknown, or that the preset has already.
    """
    if source.genotype.conv not in ("conv", "rep"):
        raise ValueError(
            f"Expected a preset of ordinary convolutions. {source.name} has {source.genotype.conv}"
        )
    with quiet_start():
        from sr_app.networks.esrn import savings

    if conv not in savings():
        raise ValueError(f"Expected --conv among {', '.join(savings())}. Received: {conv!r}")
    return replace(source.genotype, conv=conv)


def compressed_recipe(
    recipe: Recipe, source: Card, genotype: Genotype, *, start: str, name: str
) -> Recipe:
    """The recipe's data and schedule for another network, started from the preset.

    Raises:
        ValueError: for a recipe that trains on more than pixels.
    """
    from sr_app.recipes.sections import PresetStart

    stage = recipe.stages[0]
    if stage.perceptual or stage.two_stage:
        raise ValueError(
            "Expected a recipe that trains on pixels alone: give one with --recipe. "
            f"Received: {recipe.name}"
        )
    network = type(stage.network)(scale=source.scale, **genotype.to_json())
    changes = {
        "name": name,
        "title": f"{source.title}, {genotype.conv}",
        "description": f"{source.description} Compressed from {source.name}.",
        "ancestry": None,
        "compressed_from": start,
    }
    starts = (PresetStart(preset=start),)
    return recipe.in_one_stage({"start": starts, "network": network}, changes)


def summary(card: Card) -> str:
    """What a person reads at the end."""
    facts = card.compression
    kind = "graph" if facts["graph_file_bytes"] else "weights"
    (before, after), changes = facts[f"{kind}_file_bytes"], facts["psnr_change_db"]
    if facts["validation"]:
        changes = {**changes, "validation": facts["validation"]["change_db"]}
    cost = ", ".join(
        f"{name} {value:+.2f} dB" for name, value in changes.items() if value is not None
    )
    return (
        f"{card.folder}: {kind} {before} -> {after} bytes, {cost or 'dB not measured'}. "
        f"{facts['saves']}"
    )

"""`sr-app adapt`: one's own photos -> a preset for that camera, and a page that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors
from sr_app.jobs.outputs import check_outputs, write_text

REPORT = "report.html"


def adapt(
    photos: Annotated[Path, typer.Argument(metavar="PHOTOS", help="Folder of your own photos.")],
    out: Annotated[Path, typer.Option(help="Folder of the preset, such as models/my_camera_x4.")],
    base: Annotated[
        str, typer.Option(help="Preset to start from; its factor is kept.")
    ] = "esrn_x4",
    minutes: Annotated[float, typer.Option(help="Time for the training.", min=1)] = 60,
    hr: Annotated[
        Path | None,
        typer.Option(help="Folder of clean large photos. [default: PHOTOS, shrunk until clean]"),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps of each phase, instead of --minutes.", min=2)
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the training.")] = 0,
    runs: Annotated[Path, typer.Option(help="Folder for checkpoints and curves.")] = Path("runs"),
) -> None:
    """Teach a preset the blur and the noise of your own camera.

    Give 20 to a few hundred photos of one camera. What blurs and soils them is learnt from them
    alone; clean pictures come from the same photos, shrunk, or from --hr. After a kill the same
    command continues. OUT gets the preset and report.html.
    """
    with clear_errors():
        from sr_app.cli.adapt_photos import choose_photos, write_sides
        from sr_app.cli.adapt_plan import Source, plan_training
        from sr_app.cli.adapt_report import make_report
        from sr_app.cli.progress import show_events
        from sr_app.jobs.run_folder import begun
        from sr_app.jobs.train_stage import run_recipe
        from sr_app.networks.presets import read_card

        check_outputs([out])
        card = read_card(base)
        chosen = choose_photos(photos, card.scale, hr)
        typer.echo(f"{photos}: {chosen.words()}")
        folder = runs / f"adapt_{out.name}"
        real, clean = write_sides(chosen, folder, hr)
        source = Source(chosen, real, clean)
        recipe = plan_training(
            card, source, folder, name=out.name, minutes=minutes, steps=steps, seed=seed
        )
        with show_events() as report, begun(recipe, folder):
            run_recipe(recipe, folder, out, report)
        write_text(out / REPORT, make_report(recipe, chosen, folder, out))
        typer.echo(
            f"{out}: preset of {len(chosen.paths)} photos; {out / REPORT} shows what it does"
        )

"""`sr-app presets push` and `pull`: presets to and from a model hub."""

from __future__ import annotations

from typing import Annotated

import typer

from sr_app.cli.errors import clear_errors, escaped
from sr_app.networks.licences import shown_licence

PUSH = "sr-app presets push my_network_x2 me/my_network_x2"
PULL = "sr-app presets pull somebody/a_network_x4 --name a_network_x4"


def push(
    name: Annotated[str, typer.Argument(metavar="PRESET", help="A preset's name or folder.")],
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Of the hub.")],
    private: Annotated[bool, typer.Option(help="If the repository is made now.")] = False,
    revision: Annotated[
        str | None, typer.Option(help="A branch.", show_default="the main one")
    ] = None,
) -> None:
    """Put a preset into a repository of the Hugging Face hub: its card and the files it names.

    Needs the hub extra, and a token (HF_TOKEN, or that of `hf auth login`). HF_ENDPOINT names
    another hub.
    """
    with clear_errors():
        from sr_app.jobs.hub import Hub, push_preset

        typer.echo(escaped(push_preset(name, Hub(repository, revision), private=private)))


def pull(
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Of the hub.")],
    name: Annotated[
        str | None, typer.Option(help="Of the preset here.", show_default="its card's")
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="A branch, tag or commit.", show_default="the main branch")
    ] = None,
) -> None:
    """Fetch a preset from a repository of the Hugging Face hub.

    Its files must be those of its card's SHA-256, and its graph whole in itself. It goes into the
    first folder of SR_APP_MODELS, else into ~/.local/share/sr-app/models. Needs the hub extra.
    """
    with clear_errors():
        from sr_app.jobs.hub import Hub, pull_preset

        card = pull_preset(Hub(repository, revision), name=name)
        terms = f"licence: {shown_licence(card.licence)}"
        typer.echo(escaped(f"{card.name}: {card.folder}\n  factor {card.scale}\n  {terms}"))

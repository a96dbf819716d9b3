"""`sr-app demo`: the page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from sr_app.cli.device_option import DEVICES, using_device
from sr_app.cli.errors import clear_errors
from sr_app.files.extras import require
from sr_app.serving.hosts import Hosts
from sr_app.serving.hosts import root_path as checked_root
from sr_app.serving.listening import LOCAL, address, check_port, log_lines, stop_on_signals
from sr_app.serving.logins import split_auth

GIGA = 1_000_000_000


def demo(
    host: Annotated[str, typer.Option(help="Address to serve on; 0.0.0.0 for all networks.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(
            envvar="SR_APP_AUTH",
            metavar="USER:PASSWORD",
            help="Ask for a user and a password; better in the variable than on the command line.",
            show_default=False,
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            envvar="SR_APP_ALLOW_HOST",
            metavar="NAME",
            help="A further name that the page goes by, such as a proxy's; may be repeated. "
            "* is every name.",
            show_default=False,
        ),
    ] = None,
    root_path: Annotated[
        str,
        typer.Option(
            envvar="SR_APP_ROOT_PATH",
            metavar="PATH",
            help="Path under which a proxy serves the page, such as /photos.",
            show_default=False,
        ),
    ] = "",
    max_megapixels: Annotated[
        float, typer.Option(min=0.1, max=1000, help="Largest result, in millions of pixels.")
    ] = 100,
    room: Annotated[
        float,
        typer.Option(
            envvar="SR_APP_ROOM",
            min=0.01,
            max=1e6,
            help="Most gigabytes of all uploads and results, and never more than half of what is "
            "free; the oldest goes first.",
        ),
    ] = 20,
    tab_room: Annotated[
        float,
        typer.Option(
            envvar="SR_APP_TAB_ROOM",
            min=0.01,
            max=1e6,
            help="Most gigabytes of the uploads and results of one browser tab.",
        ),
    ] = 5,
    device: Annotated[str, typer.Option(help=DEVICES)] = "auto",
    browser: Annotated[bool, typer.Option("--browser", help="Open the page when ready.")] = False,
) -> None:
    """Serve the page: drop a photo, get it back 2, 3 or 4 times larger."""
    with clear_errors(), using_device(device):
        credentials, hosts = split_auth(auth), Hosts(host, tuple(allow_host or ()))
        root = checked_root(root_path)
        check_port(host, port)
        require("gradio")  # before seconds are announced
        typer.echo(f"Starting the page on {address(host, port)} (takes some seconds) ...")
        if host not in LOCAL and credentials is None:
            typer.echo(
                f"Warning: everybody who reaches this computer on port {port} can use the page. "
                "Set SR_APP_AUTH=user:password, or leave --host at 127.0.0.1.",
                err=True,
            )
        from sr_app.serving.app import serve
        from sr_app.serving.limits import MEGA, Limits

        def ready(url: str) -> None:
            typer.echo(f"Ready: {url}  (Ctrl+C stops it)")
            if browser:
                typer.launch(url)

        limits = Limits(output_pixels=int(max_megapixels * MEGA))
        until = stop_on_signals()
        with log_lines():
            serve(
                host=host,
                port=port,
                auth=credentials,
                limits=limits,
                allow_hosts=hosts.allowed,
                root=root,
                room=int(room * GIGA),
                each=int(tab_room * GIGA),
                ready=ready,
                until=until,
            )
        typer.echo("Stopped; uploads and results are deleted.")

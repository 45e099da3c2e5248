"""`imr explore`: a local page on which decisions are found."""

from __future__ import annotations

from typing import Annotated

import typer

from imr.cli.console import out, say_wrong
from imr.cli.exit_codes import Exit
from imr.cli.options import DEFAULT_LAKE, AnyLakeFolder, lake_there, subcommand

DEFAULT_PORT = 4300

app = subcommand()


@app.command()
def explore(
    lake: AnyLakeFolder = DEFAULT_LAKE,
    host: Annotated[
        str, typer.Option(help="Address to listen at; another than this machine's asks for a secret.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen at; 0: any that is free.")] = DEFAULT_PORT,
    before_lake: Annotated[
        bool,
        typer.Option("--before-lake", help="Start although no run has made the lake yet: pages are empty till then."),
    ] = False,
) -> None:
    """Serve a page on which decisions are found: by words, by what they are about, with the odds of what is shown.

    It only reads, and follows every commit. Its index is made at the first start, in <lake>/search. Exit code 1 when
    it cannot listen there. Ctrl-C ends it.

    Example: imr explore --lake my_lake, then http://127.0.0.1:4300/?q=lumbar+MRI
    """
    if not before_lake:
        lake_there(lake)
    from imr.explorer.guard import USER
    from imr.explorer.server import serve
    from imr.lake.layout import LakeLayout

    def say(address: str, secret: str | None) -> None:
        out.print(f"Decisions: {address}", soft_wrap=True)
        if secret:
            out.print(f"User: {USER}, password: {secret}", soft_wrap=True, markup=False)

    try:
        serve(LakeLayout(lake), host, port, say)
    except OSError as error:
        say_wrong("Not started", f"{host}, port {port}: {error.strerror or error}")
        raise typer.Exit(Exit.FAILED) from None
    except KeyboardInterrupt:
        pass

"""The command line; every command imports what it needs when it runs, so that --help is instant."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import typer

from rag_service.cli import ask, collections, documents, keys, operate

app = typer.Typer(
    name="rag-service",
    help="Answers questions over your own documents, with citations checked against the source.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("ingest")(documents.ingest)
app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.add_typer(documents.app, name="documents")
app.add_typer(collections.app, name="collections")
app.add_typer(keys.app, name="keys")
app.command("serve")(operate.serve)
app.command("doctor")(operate.doctor)
app.command("settings")(operate.settings)
app.command("prepare")(operate.prepare)
app.command("demo")(operate.demo)
app.command(
    "eval",
    help="Evaluate answers with question sets of your own.",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(operate.evaluate)


def _print_version(wanted: bool) -> None:
    if wanted:
        from rag_service import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
    ),
) -> None:
    pass


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_orderly() -> None:
    """A closed terminal and a request to terminate end a command as an interrupt does, with its stores closed.

    What is ignored, as under nohup, stays ignored.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 failed, 2 wrong usage, 3 abstained, 4 gate not met."""
    from rag_service.cli.output import failing, write_what_the_output_can

    _end_orderly()
    write_what_the_output_can()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices here are small
    with failing():
        app(prog_name="rag-service")
    sys.exit(0)

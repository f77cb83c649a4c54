"""What commands print: text for people on a terminal, one JSON object for programs."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from rag_service.errors import RagError

if TYPE_CHECKING:
    from rich.console import Console

    from rag_service.api.schemas.answers import AnswerBody, PassageBody

INTERRUPTED = 130
WIDTH_OF_FILES = 240
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def console(*, stderr: bool = False) -> Console:
    """Standard output, or standard error, with colour when it is a terminal, plain otherwise; lines are never cut.

    What documents, names and files hold is printed as it stands: nothing in it is markup.
    """
    from rich.console import Console

    made = Console(soft_wrap=True, highlight=False, markup=False, emoji=False, stderr=stderr)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDTH_OF_FILES  # tables keep to a width, and 80 would cut what they hold
    return made


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    utf8 = codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8"
    sys.stdout.write(json.dumps(value, ensure_ascii=not utf8, indent=2) + "\n")


def write_what_the_output_can() -> None:
    """Where standard output or error is not in UTF-8, what its encoding lacks is escaped; nothing fails on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def failing() -> Iterator[None]:
    """Errors raised on purpose, and an output that takes no more, become one line on standard error and exit code 1."""
    try:
        try:
            with _told():
                yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # what is still held back
    except BrokenPipeError:  # the reader went away, as `| head` does
        _give_output_up()
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        _give_output_up()
        fail(f"The output cannot be written: {error.strerror}.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except RagError as error:
        _fail_with(error.code, str(error))
    except OSError as error:
        if error.filename is None:
            raise
        _fail_with("file_error", f"{error.filename}: {error.strerror}; check the path and its permissions.")
    except SystemExit as left:
        if left.code == INTERRUPTED:  # typer's exit code for an interrupt, which it takes without a word
            with suppress(OSError):  # the terminal may be gone
                sys.stderr.write("Interrupted; what was finished is kept.\n")
        raise


def _give_output_up() -> None:
    """Let what is held back go nowhere: Python would try to write it once more, and tell that it failed."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail_with(code: str, message: str) -> NoReturn:
    if "--json" in sys.argv:
        print_json({"object": "error", "code": code, "message": message})
    fail(message)


def fail(message: str, code: int = 1) -> NoReturn:
    """Leave with a message on standard error."""
    typer.secho(f"Error: {message}", fg=typer.colors.RED, err=True)
    raise SystemExit(code)


def print_answer(answer: AnswerBody) -> None:
    """An answer with its citations, or an abstention with its reason."""
    from rich.text import Text

    out = console()
    if not answer.answered and answer.abstention:
        out.print(Text(answer.answer, style="yellow"))
        out.print(Text(f"declined: {answer.abstention.reason}{_confidence(answer)}", style="dim"))
    else:
        out.print(Text(answer.answer, style="bold"))
    for citation in answer.citations:
        place = f"line {citation.start_line}"
        if citation.start_page_number:
            place = f"page {citation.start_page_number}, {place}"
        head = Text(f"\n  [{citation.number}] ", style="cyan")
        head.append(f"{citation.source}, {place}", style="cyan")
        head.append(f"  {citation.published or 'undated'}", style="dim")
        out.print(head)
        out.print(Text(f"      “{' '.join(citation.cited_text.split())}”"))
    if answer.answered and answer.citations:
        total = answer.timings.total_ms
        model = f" {answer.model}" if answer.model else ""
        out.print(Text(f"\n  {answer.answerer}{model}{_confidence(answer)} · {total:.0f} ms", style="dim"))
    print_warnings(warning.message for warning in answer.warnings)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows beneath their columns' names; the first column, by which commands know a row, stays whole on one line."""
    from rich.cells import cell_len
    from rich.table import Table

    table = Table(box=None)
    key = max(map(cell_len, [columns[0], *(row[0] for row in rows)]))
    table.add_column(columns[0], no_wrap=True, min_width=key)
    for name in columns[1:]:
        table.add_column(name, overflow="fold", min_width=len(name))
    for row in rows:
        table.add_row(*row)
    out = console()
    narrowest = key + sum(map(len, columns[1:])) + 2 * len(columns)
    out.width = max(out.width, narrowest)  # a narrower terminal wraps the lines, and the key can still be copied
    out.print(table)


def print_warnings(messages: Iterable[str]) -> None:
    """What is worth knowing although the command succeeded."""
    from rich.text import Text

    for message in messages:
        console().print(Text(f"  warning: {message}", style="yellow"))


def print_passages(passages: list[PassageBody]) -> None:
    """Passages with rank, score and source."""
    from rich.text import Text

    out = console()
    for passage in passages:
        head = Text(f"{passage.rank:>2}. ", style="cyan")
        head.append(f"{passage.source}", style="cyan")
        head.append(f"  {passage.published or 'undated'}  score {passage.score:.3f}", style="dim")
        out.print(head)
        text = " ".join(passage.text.split())
        out.print(Text(f"    {text[:300]}{'…' if len(text) > 300 else ''}"))
    if not passages:
        out.print(Text("No passages.", style="yellow"))


def _confidence(answer: AnswerBody) -> str:
    return "" if answer.confidence is None else f" · confidence {answer.confidence:.2f}"

"""``rag-service eval``: every command imports what it needs when it runs."""

from __future__ import annotations

import typer

from evals.cli import attacking, fitting, judging, reading, running, writing

app = typer.Typer(
    name="eval",
    help="Evaluate answers with question sets of your own; docs/evals.md tells how.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(running.run)
app.command("sweep")(running.sweep)
app.command("calibrate")(fitting.calibrate)
app.command("compare")(reading.compare)
app.command("gate")(reading.gate)
app.command("report")(reading.report)
app.command("baseline")(reading.baseline)
app.command("check")(writing.check)
app.command("new")(writing.new)
app.command("import")(writing.import_)
app.command("agreement")(judging.agreement)
app.command("injection")(attacking.injection)

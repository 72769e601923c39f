"""The command ``symconv``: prove, list and show claims."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from symconv.errors import SymconvError
from symconv.faces import text
from symconv.faces.loading import BadTarget, ProofFile, find
from symconv.faces.outcome import Outcome, exit_code
from symconv.faces.runner import Run, usable_processors
from symconv.faces.worker import Limits, Wishes, collect_rarely, default_megabytes

LONG_WORK = 0.7
"""Seconds after which a progress display is worth its place."""

INTERRUPTED = 130

COLOURS = {
    "proved": "green",
    "refuted": "green",
    "PROVED": "red",
    "REFUTED": "red",
    "UNDECIDED": "yellow",
    "ERROR": "red",
}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Targets = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TARGET]...", help="Folders, files or file.py::claim; proofs if none is given."),
]
Jobs = Annotated[
    int | None,
    typer.Option("-j", "--jobs", min=1, help="Processes that prove at the same time; one per processor, at most 8."),
]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", metavar="S", min=0.1, help="Seconds for each import and each claim.")
]
MemoryLimit = Annotated[
    int | None,
    typer.Option("--memory-limit", metavar="MB", min=64, help="Megabytes for each process; at most 4096 by default."),
]
Keyword = Annotated[
    str, typer.Option("-k", metavar="TEXT", help="Only claims whose names contain this text, in whatever case.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON array with an object per claim.")]
IndexOrigin = Annotated[
    int, typer.Option("--index-origin", min=0, max=1, help="The first index in formulas: 1, as in textbooks, or 0.")
]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Show evidence, notes and spot checks too.")]


@app.command()
def prove(
    targets: Targets = None,
    jobs: Jobs = None,
    time_limit: TimeLimit = 60.0,
    memory_limit: MemoryLimit = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
    keyword: Keyword = "",
) -> None:
    """Prove the claims and refute the fallacies.

    Exit code 0: everything is as claimed; 1: something is not; 2: something could not be tried (bad input).
    """
    started = time.monotonic()
    run = _run(_found(targets, keyword), jobs, _limits(time_limit, memory_limit))
    try:
        with _Display(run, quiet=as_json) as display:
            for outcome in display.outcomes():
                display.show(text.outcome_text(outcome, verbose=verbose))
    except KeyboardInterrupt:
        _interrupted(run, as_json, started)
    _refuse_no_match(run, keyword)
    if as_json:
        _print_json(outcome.to_json() for outcome in run.outcomes)
    else:
        display.show("\n" + text.summary(run.outcomes, time.monotonic() - started))
    raise typer.Exit(exit_code(run.outcomes))


@app.command("list")
def list_(
    targets: Targets = None,
    jobs: Jobs = None,
    time_limit: TimeLimit = 60.0,
    as_json: AsJson = False,
    keyword: Keyword = "",
) -> None:
    """List the claims and fallacies without proving them."""
    run = _run(_found(targets, keyword), jobs, _limits(time_limit), only_list=True)
    try:
        with _Display(run, quiet=as_json) as display:
            for outcome in display.outcomes():
                display.show(text.listing(outcome))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    _refuse_no_match(run, keyword)
    if as_json:
        _print_json(_listed(outcome) for outcome in run.outcomes)
    raise typer.Exit(2 if any(outcome.error is not None for outcome in run.outcomes) else 0)


@app.command()
def show(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE::CLAIM]",
            help="The claim to show; FILE shows all of a file. With -k, proofs if none is given.",
        ),
    ] = None,
    time_limit: TimeLimit = 60.0,
    as_json: AsJson = False,
    keyword: Keyword = "",
) -> None:
    """Show a claim: its statement, verdict, evidence and counterexample."""
    if target is None and not keyword:
        _refuse("show takes the claim to show, file.py::claim, or -k with a part of its name")
    if target is not None and target.isidentifier() and not Path(target).exists():
        _refuse(f"{target} is no file or folder; a claim is shown by file.py::{target}, or by -k {target}")
    run = _run(_found(None if target is None else [target], keyword), None, _limits(time_limit))
    started = time.monotonic()
    try:
        with _Display(run, quiet=as_json) as display:
            for number, outcome in enumerate(display.outcomes()):
                display.show(("\n" if number else "") + _shown(outcome))
    except KeyboardInterrupt:
        _interrupted(run, as_json, started)
    _refuse_no_match(run, keyword)
    if as_json:
        _print_json(_with_statement(outcome) for outcome in run.outcomes)
    raise typer.Exit(exit_code(run.outcomes))


@app.command()
def report(
    targets: Targets = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="Where to: a file named .html, .pdf, .tex or .md.")
    ] = "report.html",
    jobs: Jobs = None,
    time_limit: TimeLimit = 60.0,
    memory_limit: MemoryLimit = None,
    pictures: Annotated[
        bool | None,
        typer.Option("--pictures/--no-pictures", help="With pictures; by default wherever Matplotlib is installed."),
    ] = None,
    index_origin: IndexOrigin = 1,
) -> None:
    """Prove the claims and write one illustrated document of them all.

    Exit code 0: everything is as claimed; 1: something is not; 2: something could not be tried, or written.
    """
    from symconv.faces.report import writing

    started = time.monotonic()
    try:
        target = writing.target(output)
        notice = writing.missing_pictures(pictures)
    except SymconvError as error:
        _refuse(error)
    run = _run(_existing(targets), jobs, _limits(time_limit, memory_limit), Wishes(not notice, index_origin))
    try:
        with _Display(run, quiet=False) as display:
            for outcome in display.outcomes():
                if not outcome.as_claimed:
                    display.show(text.outcome_text(outcome))
    except KeyboardInterrupt:
        _interrupted(run, False, started)
    _refuse_nothing_to_write(run)
    try:
        writing.report(run.outcomes, run.docs, target, notice, index_origin)
    except SymconvError as error:
        _refuse(error)
    if notice:
        print(notice, file=sys.stderr)
    claims = [outcome for outcome in run.outcomes if outcome.kind != "picture"]
    display.show(f"{text.summary(claims, time.monotonic() - started)}\nwritten to {output}")
    raise typer.Exit(exit_code(run.outcomes))


@app.command()
def latex(
    targets: Targets = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; the terminal if none is given.")
    ] = None,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="A whole document, rather than fragments for \\input.")
    ] = False,
    index_origin: IndexOrigin = 1,
    jobs: Jobs = None,
    time_limit: TimeLimit = 60.0,
    memory_limit: MemoryLimit = None,
) -> None:
    """Prove the claims and write each as LaTeX: its statement, and its proof or counterexample.

    Exit code 0: everything is as claimed; 1: something is not; 2: something could not be tried, or written.
    """
    from symconv.faces import latex as face

    started = time.monotonic()
    try:
        file = None if output is None else face.target(output)
    except SymconvError as error:
        _refuse(error)
    run = _run(_existing(targets), jobs, _limits(time_limit, memory_limit), Wishes(index_origin=index_origin))
    try:
        with _Display(run, quiet=file is None) as display:
            for outcome in display.outcomes():
                if not outcome.as_claimed:
                    print(text.outcome_text(outcome), file=sys.stderr)
    except KeyboardInterrupt:
        _interrupted(run, False, started)
    _refuse_nothing_to_write(run)
    fragments = [face.fragment(outcome) for outcome in run.outcomes]
    made = face.document(fragments) if standalone else "\n\n".join(fragments) + "\n"
    try:
        if file is None:
            print(made, end="")
        else:
            face.write(file, made)
            display.show(f"{text.summary(run.outcomes, time.monotonic() - started)}\nwritten to {output}")
    except SymconvError as error:
        _refuse(error)
    raise typer.Exit(exit_code(run.outcomes))


def _refuse(*problems: SymconvError | str) -> NoReturn:
    for problem in problems:
        print(f"symconv: {problem}", file=sys.stderr)
    raise typer.Exit(2)


def _refuse_no_match(run: Run, keyword: str) -> None:
    if keyword and not run.outcomes:
        _refuse(f"-k {keyword}: no claim has a name that contains this; symconv list names them")


def _refuse_nothing_to_write(run: Run) -> None:
    """A document of errors alone is of no use, and would take the place of a good one."""
    if run.outcomes and all(outcome.name is None for outcome in run.outcomes):
        _refuse("nothing is written, since no claim can be read")


def _shown(outcome: Outcome) -> str:
    return text.headline(outcome) if outcome.info is None else text.show_text(outcome)


def _limits(seconds: float, megabytes: int | None = None) -> Limits:
    return Limits(seconds, default_megabytes() if megabytes is None else megabytes)


def _found(targets: list[str] | None, keyword: str = "") -> list[ProofFile | BadTarget]:
    return find(targets or ["proofs"], keyword)


def _existing(targets: list[str] | None) -> list[ProofFile | BadTarget]:
    """What the targets lead to; a document is not begun where one of them leads nowhere."""
    found = _found(targets)
    if bad := [each.reason for each in found if isinstance(each, BadTarget)]:
        _refuse(*bad)
    return found


def _run(
    found: list[ProofFile | BadTarget],
    jobs: int | None,
    limits: Limits,
    wishes: Wishes | None = None,
    *,
    only_list: bool = False,
) -> Run:
    return Run(found, jobs=jobs or min(usable_processors(), 8), limits=limits, only_list=only_list, wishes=wishes)


def _listed(outcome: Outcome) -> dict[str, object]:
    info = outcome.info
    return {
        "name": outcome.name,
        "file": outcome.file,
        "line": outcome.line,
        "kind": outcome.kind,
        "title": "" if info is None else info.title,
        "hypotheses": "" if info is None else info.hypotheses,
        "problem": outcome.error,
    }


def _with_statement(outcome: Outcome) -> dict[str, object]:
    info = outcome.info
    statement = {"doc": info.doc, "hypotheses": info.hypotheses, "source": info.source} if info is not None else {}
    return outcome.to_json() | statement


def _print_json(objects: Iterable[dict[str, object]]) -> None:
    print(json.dumps(list(objects), indent=1, allow_nan=False))


def _interrupted(run: Run, as_json: bool, started: float) -> NoReturn:
    """Say what is done and what is left; what is done is not lost."""
    if as_json:
        _print_json(outcome.to_json() for outcome in run.outcomes)
    summary = text.interrupted(run.outcomes, run.unfinished, time.monotonic() - started)
    print("\n" + summary, file=sys.stderr if as_json else sys.stdout)
    raise typer.Exit(INTERRUPTED)


class _Display:
    """Lines as they come, above a progress bar where a person watches and the work is long.

    The bar is refreshed from the run's own steps: a thread for it would make copying this process unsafe.
    """

    def __init__(self, run: Run, *, quiet: bool) -> None:
        self._run = run
        self._quiet = quiet
        self._out = Console(soft_wrap=True, highlight=False)
        watched = self._out if self._out.is_terminal and not quiet else Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(20),
            TextColumn("{task.completed}/{task.total} {task.description}"),
            console=watched,
            auto_refresh=False,
            transient=True,
            disable=not watched.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._started = time.monotonic()
        self._shown = False

    def __enter__(self) -> _Display:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.stop()

    def outcomes(self) -> Iterable[Outcome]:
        """The run's outcomes; between them the bar is kept up to date."""
        for outcome in self._run.steps():
            if outcome is not None:
                yield outcome
            self._refresh()

    def show(self, lines: str) -> None:
        """Print the lines, with their first word coloured."""
        if self._quiet:
            return
        first = lines.split(maxsplit=1)[0] if lines.strip() else ""
        styled = Text(lines)
        if first in COLOURS:
            styled.stylize(COLOURS[first], 0, len(first))
        self._out.print(styled, soft_wrap=True)

    def _refresh(self) -> None:
        if not self._shown and time.monotonic() - self._started > LONG_WORK:
            self._bar.start()
            self._shown = True
        if self._shown:
            doing = ", ".join(self._run.running)[:50]
            self._bar.update(self._task, completed=self._run.done, total=self._run.total, description=doing)
            self._bar.refresh()


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"symconv {version('symconv')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave by the front door, so that the workers are ended."""
    sys.exit(128 + signal.SIGTERM)


def main() -> None:
    """Entry point of the command."""
    collect_rarely()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a sigma must not end a run on an old terminal
    signal.signal(signal.SIGTERM, _terminated)
    app()

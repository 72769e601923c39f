"""From outcomes to a document: a table of verdicts, then each file with its claims and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from symconv.faces import text
from symconv.faces.outcome import Outcome
from symconv.faces.report.blocks import (
    Badge,
    Block,
    Code,
    Column,
    Document,
    Gallery,
    Group,
    Link,
    Paragraph,
    Section,
    Table,
    Text,
)
from symconv.faces.report.claim_section import claim_section
from symconv.faces.report.heatmaps import drawn
from symconv.faces.report.prose import blocks_of, inlines, with_signs
from symconv.faces.titles import titled

INTRODUCTION = (
    "A claim says that something holds for everything that its hypotheses allow. A fallacy is believed or printed "
    "somewhere, and false: it is as it should be when a counterexample is found. Proofs are exact; floating point "
    "takes part in spot checks only, which prove nothing. Indices are counted from {} in formulas, and from 0 in code."
)


@dataclass(frozen=True)
class File:
    """One file: what it says of itself, and what became of all that it holds, by line."""

    name: str
    doc: str
    outcomes: tuple[Outcome, ...]

    @property
    def claims(self) -> list[Outcome]:
        """The outcomes that are no pictures."""
        return [outcome for outcome in self.outcomes if outcome.kind != "picture"]


def files_of(outcomes: Iterable[Outcome], docs: Mapping[str, str]) -> list[File]:
    """The outcomes by file, in the order of files, and of lines within each."""
    by_file: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_file.setdefault(outcome.file, []).append(outcome)
    return [
        File(name, docs.get(name, ""), tuple(sorted(items, key=lambda each: each.line or 0)))
        for name, items in by_file.items()
    ]


def document(
    outcomes: Sequence[Outcome], docs: Mapping[str, str], *, pictures: bool, notice: str = "", index_origin: int = 1
) -> Document:
    """The report of these outcomes. ``notice`` says what it lacks, such as its pictures, and why."""
    files = files_of(outcomes, docs)
    anchors = _Anchors(files)
    claims = [outcome for file in files for outcome in file.claims]
    summary: list[Block] = [Paragraph((_counted(claims),), "lead"), Paragraph((INTRODUCTION.format(index_origin),))]
    if notice:
        summary.append(Paragraph((notice,), "warning"))
    glance = Section(("Verdicts at a glance",), "verdicts", (_tally(files, anchors), _verdicts(files, anchors)))
    parts = tuple(_file_section(file, anchors, pictures=pictures) for file in files)
    return Document("Claims and proofs", tuple(summary), (glance, *parts))


def _counted(claims: Sequence[Outcome]) -> str:
    """ "2 claims proved, 1 fallacy refuted: everything as claimed." """
    return re.sub(r" \([\d.]+ s\)$", ".", text.summary(claims, 0.0))


class _Anchors:
    """A name for each section that can be linked to, the same in every run."""

    def __init__(self, files: Sequence[File]) -> None:
        self._names: dict[tuple[str, str | None], str] = {}
        for file in files:
            base = self._add((file.name, None), re.sub(r"\W+", "-", file.name.removesuffix(".py")))
            for outcome in file.outcomes:
                if outcome.name is not None:
                    self._add((file.name, outcome.name), f"{base}-{outcome.name}")

    def _add(self, key: tuple[str, str | None], wanted: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9_-]", "-", wanted).strip("-") or "part"
        used, name, number = set(self._names.values()), plain, 2
        while name in used or name == "verdicts":
            name, number = f"{plain}-{number}", number + 1
        return self._names.setdefault(key, name)

    def of(self, file: str, name: str | None = None) -> str:
        """The anchor of a file or of a claim."""
        return self._names[file, name]

    def within(self, file: str) -> Callable[[str], str | None]:
        """From a claim's name, as docstrings in the file write it, to its anchor."""
        return lambda name: self._names.get((file, name))


# ---- verdicts at a glance --------------------------------------------------------------------------------------------


def _tally(files: Sequence[File], anchors: _Anchors) -> Table:
    columns = [Column("File", 0.38)] + [
        Column(title, 0.12, numbers=True) for title in ("Proved", "Refuted", "Undecided", "Not as claimed", "Seconds")
    ]
    rows = [_tally_row((Link(file.name, anchors.of(file.name), code=True),), file.claims) for file in files]
    if len(files) > 1:
        rows.append(_tally_row(("all",), [outcome for file in files for outcome in file.claims]))
    return Table("Counts for each file", tuple(columns), (Group(tuple(rows)),))


def _tally_row(first: Text, claims: Sequence[Outcome]) -> tuple[Text, ...]:
    counts = [sum(outcome.status == status for outcome in claims) for status in ("proved", "refuted", "undecided")]
    wrong = sum(not outcome.as_claimed for outcome in claims)
    seconds = sum(outcome.verdict.seconds for outcome in claims if outcome.verdict is not None)
    return first, *((str(number),) for number in (*counts, wrong)), (f"{seconds:.1f}",)


def _verdicts(files: Sequence[File], anchors: _Anchors) -> Table:
    columns = (Column("Claim", 0.44), Column("Verdict", 0.13), Column("Scope", 0.33), Column("Seconds", 0.1, True))
    groups = tuple(
        Group(
            tuple(_verdict_row(outcome, anchors) for outcome in file.claims),
            (Link(file.name, anchors.of(file.name), code=True),),
        )
        for file in files
    )
    return Table("Every claim: file, name, verdict, scope and seconds", columns, groups)


def _verdict_row(outcome: Outcome, anchors: _Anchors) -> tuple[Text, ...]:
    verdict = outcome.verdict
    name: Text = (outcome.error or "",)
    if outcome.name is not None:
        name = (Link(outcome.name, anchors.of(outcome.file, outcome.name), code=True),)
    scope = "" if verdict is None else with_signs(verdict.scope)
    if not scope and outcome.kind == "fallacy" and outcome.as_claimed:
        scope = "a fallacy"
    return name, (badge(outcome),), (scope,), (f"{verdict.seconds:.2f}" if verdict is not None else "",)


def badge(outcome: Outcome) -> Badge:
    """The verdict in a word, and whether it is as it should be."""
    if outcome.as_claimed:
        return Badge(outcome.status, "good")
    return Badge(outcome.status, "open" if outcome.status == "undecided" else "bad")


# ---- files -----------------------------------------------------------------------------------------------------------


def _file_section(file: File, anchors: _Anchors, *, pictures: bool) -> Section:
    """The file's docstring, then its claims, each fallacy after the claim that it names; pictures where they stand."""
    title, introduction = titled(file.doc)
    resolve = anchors.within(file.name)
    beside = _beside(file)
    where: Text = (f"{file.name}",) if title else ()
    blocks: list[Block] = [Paragraph(where, "detail")] if where else []
    blocks += blocks_of(introduction, resolve)
    sections = []
    for outcome in _arranged(file, beside):
        if outcome.name is None:
            blocks.append(Paragraph((outcome.error or "",), "warning"))
        elif outcome.kind == "picture":
            if pictures:
                sections.append(_picture_section(outcome, anchors))
        else:
            anchor = anchors.of(file.name, outcome.name)
            links = tuple(Link(name, anchors.of(file.name, name), code=True) for name in beside.get(outcome.name, ()))
            sections.append(claim_section(outcome, anchor, badge(outcome), links, resolve))
    heading: Text = inlines(title.rstrip(".")) if title else (Code(file.name),)
    return Section(heading, anchors.of(file.name), tuple(blocks), tuple(sections))


def _beside(file: File) -> dict[str, list[str]]:
    """For each claim the fallacies whose docstrings name it: what is mistaken for it."""
    claims = {outcome.name for outcome in file.outcomes if outcome.kind == "claim"}
    found: dict[str, list[str]] = {}
    for outcome in file.outcomes:
        if outcome.kind == "fallacy" and outcome.info is not None and outcome.name is not None:
            for name in dict.fromkeys(re.findall(r"`(\w+)`", outcome.info.doc)):
                if name in claims:
                    found.setdefault(name, []).append(outcome.name)
    return found


def _arranged(file: File, beside: Mapping[str, Sequence[str]]) -> list[Outcome]:
    """By line, but each fallacy right after the first claim that it names."""
    fallacies = {outcome.name: outcome for outcome in file.outcomes if outcome.kind == "fallacy"}
    first: dict[str, str] = {}
    for outcome in file.outcomes:
        for name in beside.get(outcome.name or "", ()):
            first.setdefault(name, outcome.name or "")
    arranged = []
    for outcome in file.outcomes:
        if outcome.name not in first:
            arranged.append(outcome)
        arranged += [fallacies[name] for name, claim in first.items() if claim == outcome.name]
    return arranged


def _picture_section(outcome: Outcome, anchors: _Anchors) -> Section:
    anchor = anchors.of(outcome.file, outcome.name)
    title, rest = titled("" if outcome.info is None else outcome.info.doc)
    if outcome.error is not None:
        blocks: tuple[Block, ...] = (Paragraph((outcome.error,), "warning"),)
    else:
        blocks = (*blocks_of(rest), Gallery(anchor, tuple(map(drawn, outcome.panels))))
    return Section(inlines(title.rstrip(".") or outcome.name or ""), anchor, blocks)

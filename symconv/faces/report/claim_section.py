"""The section of one claim: what it says, what is known of it, and on what that rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symconv.faces import text
from symconv.faces.exposition import NO_FORMULA, Chain, Exposition, Formula, Refutation
from symconv.faces.outcome import Outcome
from symconv.faces.report.blocks import (
    Badge,
    Block,
    Bullets,
    Code,
    Derivation,
    Display,
    Folded,
    Gallery,
    Link,
    Listing,
    Matrices,
    Paragraph,
    Section,
    Step,
    Text,
)
from symconv.faces.report.heatmaps import available, drawn
from symconv.faces.report.prose import Resolve, blocks_of, inlines, with_signs
from symconv.faces.report.sides import sides
from symconv.faces.titles import titled
from symconv.verdict import Verdict

EQUATIONS = 3
"""Equations of one claim whose proofs are in sight; the others are to be opened."""


def claim_section(outcome: Outcome, anchor: str, badge: Badge, beside: tuple[Link, ...], resolve: Resolve) -> Section:
    """Everything about one claim. ``beside`` leads to the fallacies that are mistaken for it."""
    blocks: list[Block] = [*_verdict(outcome), *_words(outcome, beside, resolve)]
    exposition = outcome.exposition
    if exposition is not None:
        blocks += [*_statement(exposition), *_proof(exposition), *_results(exposition)]
        if exposition.refutation is not None:
            blocks += _refutation(exposition.refutation)
    blocks += _difference(outcome, anchor)
    blocks += _record(outcome)
    badges = (Badge("fallacy", "good"), badge) if outcome.kind == "fallacy" else (badge,)
    return Section((Code(outcome.name or ""),), anchor, tuple(blocks), badges=badges)


def _words(outcome: Outcome, beside: tuple[Link, ...], resolve: Resolve) -> Iterator[Block]:
    """The claim's docstring, and where its mistaken forms are."""
    first, rest = titled("" if outcome.info is None else outcome.info.doc)
    if first:
        yield Paragraph(inlines(first, resolve), "lead")
    yield from blocks_of(rest, resolve)
    if beside:
        links = [each for link in beside for each in (", ", link)][1:]
        yield Paragraph(("Mistaken for it: ", *links, "."))


def _statement(exposition: Exposition) -> Iterator[Block]:
    """The hypotheses, what the names in the equations stand for, and the equations.

    A proof may say the equations as well: it begins and ends with them where they can only be had entry by entry.
    """
    if exposition.problem:
        yield Paragraph((exposition.problem,), "warning")
    proof_states = _proof_states(exposition)
    stated = () if proof_states else exposition.statement or exposition.entries
    defined = tuple(each.equation for each in exposition.definitions)
    example = any(chain.sizes is not None for chain in exposition.statement or exposition.entries)
    end = f": {NO_FORMULA}" if example else ", with" if defined else ":" if stated or proof_states else "."
    if exposition.hypotheses:
        parts = [each for hypothesis in exposition.hypotheses for each in (", ", hypothesis)][1:]
        yield Paragraph(("For all ", *parts, end))
    if defined and (example or not exposition.hypotheses):
        yield Paragraph(("With",))
    if defined:
        yield Matrices(defined)
    for chain in stated:
        yield from _chain(chain, reasons=False)


def _chain(chain: Chain, *, reasons: bool = True) -> Iterator[Block]:
    """A chain of equalities, with the indices for which it holds."""
    if chain.sizes is not None:
        yield Paragraph(("For example, for ", chain.sizes, ":"))
    first, *rest = chain.lines
    steps = tuple(Step(line.formula, inlines(line.reason) if reasons else ()) for line in rest)
    yield Derivation(first.formula, steps)
    if chain.ranges is not None and chain.ranges.text:
        yield Paragraph(("for ", chain.ranges, "."))


def _verdict(outcome: Outcome) -> Iterator[Block]:
    """What became of it and where it stands, in words; faults and errors stand out."""
    verdict = outcome.verdict
    where = f"{outcome.file}:{outcome.line}"
    if verdict is None:
        yield Paragraph((f"{where}: {outcome.error}",), "warning")
        return
    yield Paragraph((f"{_sentence(verdict)} {where}, {verdict.seconds:.2f} s.",), "detail")
    if verdict.failed_place:
        reason = f": “{verdict.failed_reason}”" if verdict.failed_reason else ""
        yield Paragraph((f"What fails is {verdict.failed_place}{reason}.",))
    for fault in verdict.faults:
        yield Paragraph((f"Fault of symconv, please report it: {fault}",), "warning")


def _sentence(verdict: Verdict) -> str:
    scope = with_signs(verdict.scope)
    if verdict.status == "proved":
        proved = f"Proved{f' for {scope}' if scope else ''}."
        return proved if verdict.kind == "claim" else f"A fallacy, but it holds. {proved}"
    if verdict.status == "refuted":
        return "Refuted, as a fallacy should be." if verdict.kind == "fallacy" else "Refuted."
    return f"Undecided: {verdict.reason or 'no reason is known'}."


def _results(exposition: Exposition) -> Iterator[Block]:
    """What the sides come to, where no line of the proof says so."""
    seen = tuple(f"= {line.formula.latex}" for chain in exposition.proof for line in chain.lines)
    results = [result for result in exposition.results if not f"= {result.latex}".endswith(seen)]
    if results:
        yield Paragraph(("Simplified:",))
        for result in results:
            yield Display(result)


def _is_shown(exposition: Exposition) -> bool:
    """Whether there is a proof to show."""
    return exposition.status == "proved" and bool(exposition.proof)


def _proof_states(exposition: Exposition) -> bool:
    """Whether the proof shown is the statement again, with reasons."""
    if not _is_shown(exposition):
        return False
    stated, proved = (
        [[line.formula for line in chain.lines] for chain in chains]
        for chains in (exposition.statement, exposition.proof)
    )
    return not stated or stated == proved


def _proof(exposition: Exposition) -> Iterator[Block]:
    """The chains of the proof; under a word of its own where the statement stands before it."""
    if not _is_shown(exposition):
        return
    if not _proof_states(exposition):
        yield Paragraph(("Proof.",), "lead")
    first, rest = exposition.proof[:EQUATIONS], exposition.proof[EQUATIONS:]
    yield from _chains(first, numbered=len(exposition.proof) > 1)
    if rest:
        title = f"Equations {rest[0].number} to {rest[-1].number}"
        yield Paragraph((f"{title} are proved in the same way, each for itself.",))
        yield Folded(title, tuple(_chains(rest, numbered=True)), paper=False)


def _chains(chains: Iterable[Chain], *, numbered: bool) -> Iterator[Block]:
    for chain in chains:
        if numbered:
            yield Paragraph((f"Equation {chain.number}.",))
        yield from _chain(chain)


def _refutation(refutation: Refutation) -> Iterator[Block]:
    """The counterexample, put in: the inputs as matrices, then both sides."""
    start: Text = ("Counterexample:",) if refutation.sizes is None else ("Counterexample, with ", refutation.sizes, ":")
    yield Paragraph(start, "lead")
    if refutation.inputs:
        yield Matrices(tuple(each.equation for each in refutation.inputs))
    yield from _values({"left": refutation.left, "right": refutation.right})
    if refutation.where and refutation.where not in refutation.left.text + refutation.right.text:
        yield Paragraph(inlines(refutation.where))
    yield Listing(refutation.call)


def _values(sides: Mapping[str, Formula]) -> Iterator[Block]:
    """The values of both sides beside each other, and in words where one has no value."""
    values = {name: side for name, side in sides.items() if not side.text.startswith("undefined")}
    if values:
        yield Matrices(tuple(_named(name, side) for name, side in values.items()))
    for name in [name for name in sides if name not in values]:
        yield Paragraph((f"The {name} side is {sides[name].text}.",))


def _named(name: str, formula: Formula) -> Formula:
    return Formula(rf"\text{{{name}}} = {formula.latex}", f"{name} = {formula.text}")


def _difference(outcome: Outcome, anchor: str) -> Iterator[Block]:
    """Heat maps of a counterexample's sides, and of where they differ."""
    counterexample = None if outcome.verdict is None else outcome.verdict.counterexample
    if counterexample is None:
        return
    if available() and (panels := sides(counterexample)):
        yield Gallery(f"{anchor}-sides", tuple(map(drawn, panels)), ("Where the sides differ.",))
    if outcome.exposition is None:
        yield Listing("\n".join(text.counterexample_lines(counterexample)))


# ---- what the verdict rests on ---------------------------------------------------------------------------------------


def _record(outcome: Outcome) -> Iterator[Block]:
    """Notes in sight; evidence, examples, spot checks and source to be opened."""
    verdict, exposition = outcome.verdict, outcome.exposition
    if verdict is not None:
        notes = [inlines(note) for note in verdict.notes]
        yield from [Bullets(tuple(notes))] if notes else []
    if exposition is not None and exposition.examples:
        yield Folded("At small sizes", tuple(_examples(exposition)))
    if verdict is not None and (evidence := tuple(_evidence(verdict))):
        yield Folded("What the verdict rests on", evidence)
    if outcome.info is not None and outcome.info.source:
        yield Folded("As it is written", (Listing(outcome.info.source.rstrip()),), paper=False)


def _examples(exposition: Exposition) -> Iterator[Block]:
    """Both sides written out at small sizes; the equations of a chain often come to the same."""
    seen = set()
    for example in exposition.examples:
        parts = (example.left,) if example.left == example.right else (example.left, example.right)
        if (example.sizes, *parts) in seen:
            continue
        seen.add((example.sizes, *parts))
        if example.sizes.text:
            yield Paragraph(("At ", example.sizes, ", both sides are:"))
        yield Display(Formula(" = ".join(part.latex for part in parts), " = ".join(part.text for part in parts)))


def _evidence(verdict: Verdict) -> Iterator[Block]:
    """How it was found, then all spot checks in one item, which evidence may have named as well."""
    checks = {text.spot_check(check): check for check in verdict.spot_checks}
    confirmed = verdict.counterexample.confirmed_by if verdict.counterexample else ()
    lines = [inlines(line) for line in _with_parts(line for line in verdict.evidence if line not in checks)]
    lines += [inlines(f"confirmed by {each}") for each in confirmed]
    if checks:
        lines.append(("spot checks at random entries, in floating point: " + "; ".join(checks),))
    if lines:
        yield Bullets(tuple(lines))


def _with_parts(lines: Iterable[str]) -> list[str]:
    """The lines, each with the indented ones below it as its parts: rules are named in the line that rests on them."""
    found: list[str] = []
    for line in lines:
        if found and line.startswith(" "):
            part = line.strip()
            found[-1] += f"; {part.removeprefix('by: ')}" if "; by: " in found[-1] else f"; {part}"
        else:
            found.append(line)
    return found

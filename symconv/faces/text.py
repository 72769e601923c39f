"""Verdicts as plain text: one line each, counterexamples that can be pasted, and the whole record of one claim.

A word in capitals (``REFUTED``, ``UNDECIDED``, ``PROVED`` for a fallacy, ``ERROR``) is not as claimed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from symconv.faces.outcome import Outcome
from symconv.verdict import Counterexample, SpotCheck, Verdict

WIDTH = 100
INDENT = "  "
PRINTED_LINES = 10
LEFT_LINES = 20
MATTERING = 8


def outcome_text(outcome: Outcome, *, verbose: bool = False) -> str:
    """One line, followed by what its reader needs to know more: the counterexample, the reason, what was printed."""
    lines = [headline(outcome)]
    if outcome.verdict is not None:
        lines += _indented(details(outcome.verdict))
        if verbose:
            lines += _indented(record(outcome.verdict))
    lines += _indented(_printed(outcome.printed))
    return "\n".join(lines)


def failure_text(outcome: Outcome) -> str:
    """The outcome where its reader sees the name anyway; its first line also stands alone, as a summary."""
    verdict = outcome.verdict
    if verdict is None:
        lines = [f"{status_word(outcome)}: {outcome.error}"]
    else:
        counterexample = verdict.counterexample
        brief = verdict.reason if counterexample is None else counterexample.call
        if verdict.status == "proved":
            brief = "; ".join(verdict.faults) or f"a fallacy, but it holds for {verdict.scope}"
        more = [line for line in details(verdict) + record(verdict) if line != brief]
        lines = [f"{status_word(outcome)}: {brief}", *_indented(more)]
    return "\n".join([*lines, *_indented(_printed(outcome.printed))])


def headline(outcome: Outcome) -> str:
    """The line of one outcome in a run."""
    if outcome.verdict is None:
        text = outcome.error or ""
        return f"{'ERROR':<9}  {text}" if outcome.file in text else f"{'ERROR':<9}  {outcome.target}: {text}"
    return f"{status_word(outcome):<9}  {outcome.target}  {_remark(outcome.verdict)}  {_seconds(outcome.verdict)}"


def status_word(outcome: Outcome) -> str:
    """The status; in capitals where it is not as claimed."""
    return outcome.status if outcome.as_claimed else outcome.status.upper()


def _remark(verdict: Verdict) -> str:
    if verdict.kind == "fallacy":
        return {
            "refuted": "(a fallacy, refuted as it should be)",
            "proved": "(a fallacy, but it holds: NOT AS CLAIMED)",
            "undecided": "(a fallacy: NOT AS CLAIMED)",
        }[verdict.status]
    if verdict.status == "proved":
        return verdict.scope if not verdict.faults else f"{verdict.scope} (NOT AS CLAIMED: see the fault)"
    return "(NOT AS CLAIMED)"


def _seconds(verdict: Verdict) -> str:
    return f"{verdict.seconds:.2f} s"


def details(verdict: Verdict) -> list[str]:
    """Why a verdict is what it is, where it is not simply a proof; faults always."""
    lines: list[str] = []
    if verdict.failed_place:
        reason = f': "{verdict.failed_reason}"' if verdict.failed_reason else ""
        lines.append(f"{verdict.failed_place}{reason}")
    if verdict.counterexample is not None:
        lines += counterexample_lines(verdict.counterexample)
    lines += [line for sentence in verdict.where for line in _wrapped(sentence)]
    if verdict.status != "proved" and verdict.reason and verdict.counterexample is None:
        lines += _wrapped(verdict.reason)
    for fault in verdict.faults:
        lines += _wrapped(f"FAULT OF SYMCONV, please report it: {fault}")
    return lines


def counterexample_lines(counterexample: Counterexample) -> list[str]:
    """The smallest case, the call that gives it, and both sides."""
    lines = [f"smallest case: {_bindings({**counterexample.sizes, **counterexample.free})}"]
    if not counterexample.sizes and not counterexample.free:
        lines = []
    lines.append(counterexample.call)
    if counterexample.functions:
        lines.append(f"with {' and '.join(counterexample.functions.values())}")
    sides = _sides(counterexample)
    lines += sides
    if counterexample.undefined and not any(counterexample.undefined in line for line in sides):
        lines.append(counterexample.undefined)
    if counterexample.index:
        where = ", ".join(map(str, counterexample.index))
        lines.append(f"first differs at [{where}]: {counterexample.left_entry} and {counterexample.right_entry}")
    return lines + _what_matters(counterexample)


def _what_matters(counterexample: Counterexample) -> list[str]:
    """Which entries the difference does not depend on, if there are such: named themselves, or by the others."""
    if counterexample.matters is None:
        return []
    unknowns = {n: _places(v) for n, v in counterexample.values.items() if n not in counterexample.functions}
    named = {name: set(counterexample.matters.get(name, ())) for name in unknowns}
    idle = {name: [place for place in places if place not in named[name]] for name, places in unknowns.items()}
    if not any(idle.values()):
        return []
    if not any(named.values()):
        return [f"no entry matters: whatever the numbers are, {_what_fails(counterexample)}"]
    matters = {name: [place for place in places if place in named[name]] for name, places in unknowns.items()}
    few, many = _entries(matters, unknowns), _entries(idle, unknowns)
    if len(many) <= len(few):
        return _wrapped(f"does not matter here: {_listed(many)}")
    return _wrapped(f"only {_listed(few)} matter{'s' * (len(few) == 1)} here")


def _what_fails(counterexample: Counterexample) -> str:
    if counterexample.undefined is None:
        return "the sides differ"
    has_values = not any(side.startswith("undefined") for side in (counterexample.left, counterexample.right))
    return "the shapes differ" if has_values else "a side has no value"


def _places(value: object, place: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """The indices of all entries of nested lists."""
    if not isinstance(value, list):
        return [place]
    return [found for n, item in enumerate(value) for found in _places(item, (*place, n))]


def _entries(chosen: Mapping[str, Sequence[tuple[int, ...]]], whole: Mapping[str, Sequence[object]]) -> list[str]:
    """Entries by name; a tensor of which all are chosen by its own name."""
    found: list[str] = []
    for name, places in chosen.items():
        if places and len(places) == len(whole[name]):
            found.append(name)
        else:
            found += [f"{name}{list(place)}" for place in places]
    return found


def _listed(entries: Sequence[str]) -> str:
    return ", ".join([*entries[:MATTERING], *([f"and {len(entries) - MATTERING} more"] * (len(entries) > MATTERING))])


def _sides(counterexample: Counterexample) -> list[str]:
    one_line = f"left {counterexample.left}   right {counterexample.right}"
    if len(one_line) <= WIDTH and "\n" not in one_line:
        return [one_line]
    return [f"left   {counterexample.left}", f"right  {counterexample.right}"]


def record(verdict: Verdict) -> list[str]:
    """All else that a verdict carries: scope, evidence, notes, second witness, spot checks; each said once."""
    lines = [f"scope: {verdict.scope}"] if verdict.scope else []
    checks = [spot_check(check) for check in verdict.spot_checks]
    lines += _block("evidence", [line for line in verdict.evidence if line not in checks])
    lines += _block("notes", verdict.notes)
    lines += _block("simplified by SymPy", _simplified(verdict))
    lines += _block("spot checks", checks)
    lines += _block("confirmed by", verdict.counterexample.confirmed_by if verdict.counterexample else ())
    return lines


def _simplified(verdict: Verdict) -> list[str]:
    return [
        f"{_bindings(item.sizes)}{', ' if item.sizes else ''}entry {list(item.index)}"
        f"{f', step {item.step}' if item.step > 1 else ''}: {item.expression}"
        for item in verdict.simplified
    ]


def spot_check(check: SpotCheck) -> str:
    """One comparison in floating point, in a line."""
    result = "agrees" if check.agrees else "DISAGREES"
    note = f" ({check.note})" if check.note else ""
    entries = f"{check.entries} entr{'y' if check.entries == 1 else 'ies'}"
    where = f" at {_bindings(check.sizes)}" if check.sizes else ""
    return f"{check.reading} {result}{where}: {entries}, relative error {check.error:.1e}{note}"


def show_text(outcome: Outcome) -> str:
    """Everything about one claim: as it is written, what is assumed, and what is known of it."""
    info = outcome.info
    lines = [f"{outcome.target}  ({outcome.kind}, line {outcome.line})"]
    if info is not None:
        lines += ["", *_indented(textwrap.dedent(info.source).splitlines())] if info.source else []
        lines += ["", f"for      {info.hypotheses}"] if info.hypotheses else []
    lines += ["", headline(outcome)]
    if outcome.verdict is not None:
        lines += _indented(details(outcome.verdict) + record(outcome.verdict))
    lines += _printed(outcome.printed)
    return "\n".join(lines)


def _printed(output: str) -> list[str]:
    """What the file itself printed meanwhile: its first lines, told apart from symconv's own."""
    lines = output.splitlines()
    more = ["..."] if len(lines) > PRINTED_LINES else []
    return ["printed:", *_indented(lines[:PRINTED_LINES] + more)] if lines else []


def listing(outcome: Outcome) -> str:
    """One claim as `symconv list` shows it."""
    if outcome.info is None or outcome.error is not None:
        return headline(outcome)
    title = f"  {outcome.info.title}" if outcome.info.title else ""
    return f"{outcome.kind:<8} {outcome.file}:{outcome.line}  {outcome.name}{title}"


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The last line of a run."""
    if not outcomes:
        return "no claims; a claim is a function marked @claim or @fallacy"
    counts = _counts(outcomes)
    if all(outcome.as_claimed for outcome in outcomes):
        return f"{counts}: everything as claimed ({seconds:.1f} s)"
    wrong = sum(1 for outcome in outcomes if outcome.name is not None and not outcome.as_claimed)
    lost = sum(1 for outcome in outcomes if outcome.name is None)
    found = [f"{wrong} NOT AS CLAIMED"] * bool(wrong)
    found += [f"{lost} {'file or folder' if lost == 1 else 'files or folders'} could not be tried"] * bool(lost)
    return f"{counts}: {', '.join(found)} ({seconds:.1f} s)"


def interrupted(outcomes: Sequence[Outcome], left: Sequence[str], seconds: float) -> str:
    """The last lines of a run that was stopped."""
    done = f"done: {_counts(outcomes)}" if outcomes else "nothing is done"
    more = [f"... and {len(left) - LEFT_LINES} more"] if len(left) > LEFT_LINES else []
    lines = [f"interrupted after {seconds:.1f} s; {done}; {len(left)} left{':' if left else ''}"]
    return "\n".join([*lines, *_indented([*left[:LEFT_LINES], *more])])


def _counts(outcomes: Iterable[Outcome]) -> str:
    """ "3 claims proved, 1 claim refuted, 2 fallacies refuted, 1 error"."""
    tally: dict[tuple[str, str], int] = {}
    for outcome in outcomes:
        key = ("error", "") if outcome.error is not None else (outcome.kind or "", outcome.status)
        tally[key] = tally.get(key, 0) + 1
    words = {"claim": ("claim", "claims"), "fallacy": ("fallacy", "fallacies"), "error": ("error", "errors")}
    order = sorted(tally, key=lambda key: (list(words).index(key[0]), key[1]))
    return ", ".join(f"{tally[key]} {words[key[0]][tally[key] > 1]} {key[1]}".rstrip() for key in order)


def _bindings(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())


def _block(title: str, items: Sequence[str]) -> list[str]:
    return [f"{title}:", *_indented([line for item in items for line in _wrapped(item)])] if items else []


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent=INDENT)


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line if line else line for line in lines]

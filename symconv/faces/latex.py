r"""Claims as LaTeX to put into a paper: fragments for \input, or a document that stands alone.

Nothing but amsmath and amssymb is asked for. A formula that is too wide for a line is broken before its relations and
signs; a reason stands at the right of its line, or below it where there is no room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from symconv.errors import SymconvError
from symconv.faces.exposition import NO_FORMULA, Chain, Example, Exposition, Formula, Line, Named, Refutation
from symconv.faces.outcome import Outcome
from symconv.faces.report.breaking import RELATIONS, Piece, pieces
from symconv.faces.report.mathml import TOKEN
from symconv.faces.report.prose import inlines
from symconv.faces.report.writing import replace_file
from symconv.printing.names import escaped

LINE = 68.0
"""The width of a line, in letters."""

SHORT = 22.0
"""The width of a left side that has the first of its right sides beside it."""

WIDE = 55.0
"""The width of a part of a fraction from which on it is not set as one, where lines have to be broken."""

LONG = 300
"""Letters of LaTeX from which on a formula is left out where something shorter says the same."""

LONG_REASON = 45

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{amssymb}
\setlength{\textwidth}{16cm}
\setlength{\textheight}{23cm}
\setlength{\oddsidemargin}{0cm}
\setlength{\topmargin}{-1cm}
\allowdisplaybreaks
\sloppy
\begin{document}
"""


class LatexError(SymconvError):
    """A file that LaTeX cannot be written to."""


def target(name: str) -> Path:
    """Where to write, known to be possible before any work is done for it.

    Raises: LatexError for a folder, and for a file in a folder that is not there.
    """
    path = Path(name)
    if path.is_dir():
        raise LatexError(f"{name}: is a folder; LaTeX is written to one file")
    if not path.parent.is_dir():
        raise LatexError(f"{name}: there is no folder {path.parent}")
    return path


def write(path: Path, text: str) -> None:
    """Write the file; until it is whole, what was there before stays there. Raises: LatexError."""
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise LatexError(f"{path}: cannot be written: {error.strerror or error}") from error


def document(fragments: Iterable[str]) -> str:
    """A whole document of these fragments."""
    body = "\n\n".join(fragments)
    return f"{PREAMBLE}\n{body}\n\\end{{document}}\n"


def fragment(outcome: Outcome) -> str:
    """One claim with its statement, proof or counterexample."""
    exposition = outcome.exposition
    head = f"% {_comment(outcome.target)}: {outcome.status}"
    if exposition is None:
        name = rf"\paragraph{{{escaped(outcome.name or outcome.file)}.}}"
        return "\n".join([head, name, escaped(_sentence(outcome.error or ""))])
    return "\n".join([head, *_claim(exposition)])


def _comment(text: str) -> str:
    """Text that stays within a comment, whatever it holds."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _claim(exposition: Exposition) -> Iterator[str]:
    title = exposition.title or exposition.name
    yield rf"\paragraph{{{_prose(_sentence(title))}}}"
    if exposition.kind == "fallacy":
        yield r"\emph{(A fallacy.)}"
    yield from [escaped(exposition.problem)] if exposition.problem else _statement(exposition)
    if exposition.refutation is not None:
        yield from _refutation(exposition.refutation)
    if exposition.status == "proved":
        yield from _proof(exposition)
    if exposition.status == "undecided":
        yield rf"\emph{{Undecided:}} {escaped(_sentence(exposition.reason))}"


def _statement(exposition: Exposition) -> Iterator[str]:
    chains = [_ends(chain, exposition) for chain in exposition.statement or exposition.entries]
    example = any(chain.sizes is not None for chain in chains)
    if exposition.hypotheses:
        assumed = ", ".join(map(_hypothesis, exposition.hypotheses))
        yield f"For all {assumed}{': ' + NO_FORMULA if example else ',' if chains else '.'}"
    for number, chain in enumerate(chains):
        last = number == len(chains) - 1
        where = _where(exposition.definitions) if last else ""
        yield from _equation(chain, "," if where or not last else ".")
        if where:
            yield where
    if any(not chain.entries for chain in exposition.statement) and not exposition.proof:
        yield from _by_entries(exposition.entries)


def _hypothesis(formula: Formula) -> str:
    """A formula within a line; words at its end are words of the line, which may end between them."""
    found = re.fullmatch(r"(.*) \\text\{ ([^{}]*)\}", formula.latex)
    return f"${found[1]}$ {found[2]}" if found else f"${formula.latex}$"


def _ends(chain: Chain, exposition: Exposition) -> Chain:
    """A chain whose steps the proof shows, as the equation that it comes to."""
    proved = any(proof.number == chain.number and len(proof.lines) >= len(chain.lines) for proof in exposition.proof)
    return replace(chain, lines=(chain.lines[0], chain.lines[-1])) if proved and len(chain.lines) > 2 else chain


def _by_entries(chains: Sequence[Chain]) -> Iterator[str]:
    """The same at free indices, where no proof says so."""
    for chain in chains:
        if len(chain.lines) > 1 and all(len(line.formula.latex) < LONG for line in chain.lines):
            yield "Entry by entry, that is"
            yield from _equation(replace(chain, sizes=None), ".")


def _equation(chain: Chain, end: str) -> Iterator[str]:
    """An equation, with where it holds."""
    lines = [Line(line.formula) for line in chain.lines]
    if chain.sizes is not None:
        yield f"For example, for ${chain.sizes.latex}$, this says"
    where = rf"for ${chain.ranges.latex}${end}" if chain.ranges is not None and chain.ranges.text else ""
    yield from _aligned(lines, "" if where else end)
    if where:
        yield where


def _where(definitions: Sequence[Named]) -> str:
    if not definitions:
        return ""
    shown = [rf"${each.equation.latex}$" for each in definitions]
    return f"where {', '.join(shown[:-1])}{' and ' if len(shown) > 1 else ''}{shown[-1]}."


def _proof(exposition: Exposition) -> Iterator[str]:
    chains = [chain for chain in exposition.proof if len(chain.lines) > 1]
    scope = _scope(exposition.scope)
    if chains:
        yield rf"\emph{{Proof{f' {scope}' if scope else ''}.}}"
    for chain in chains:
        where = [f"${each.latex}$" for each in (chain.sizes, chain.ranges) if each is not None and each.text]
        if where:
            yield f"{'For' if chain.sizes is None else 'For example, for'} {', '.join(where)},"
        yield from _aligned(chain.lines, ".")
    if not chains:
        yield rf"\emph{{Proved{f' {scope}' if scope else ''}.}}"
    for caveat in exposition.caveats:
        yield escaped(_sentence(caveat[:1].upper() + caveat[1:]))
    yield from _example(exposition.examples)


def _scope(scope: str) -> str:
    shown = escaped(scope.replace(">=", "≥").replace("<=", "≤").replace("!=", "≠"))
    return f"for {shown}" if shown and scope != "every size stated" else ""


def _example(examples: Sequence[Example]) -> Iterator[str]:
    """The first example with entries; a number alone is none."""
    for example in examples:
        if "[" in example.left.text or "(" in example.left.text:
            same = example.left == example.right
            sides = example.left.latex if same else f"{example.left.latex} = {example.right.latex}"
            yield f"For example, for ${example.sizes.latex}$ {'both sides are' if same else 'this says'}"
            yield from _aligned([Line(Formula(sides, ""))], ".")
            return


def _refutation(found: Refutation) -> Iterator[str]:
    sizes = [f"${found.sizes.latex}$"] if found.sizes is not None and found.sizes.text else []
    given = ", ".join([*sizes, *(f"${each.equation.latex}$" for each in found.inputs)])
    fails = f" What fails is {escaped(found.place)}." if found.place else ""
    yield rf"\emph{{Counterexample.}}{fails} {f'For {given}, the' if given else 'The'} left and the right side are"
    yield from _aligned([Line(_both(found.left, found.right))], ".")
    if found.where and found.where not in found.left.text + found.right.text:
        yield escaped(_sentence(found.where[:1].upper() + found.where[1:]))


def _both(left: Formula, right: Formula) -> Formula:
    return Formula(rf"{left.latex} \qquad\text{{and}}\qquad {right.latex}", "")


def _aligned(lines: Sequence[Line], end: str) -> Iterator[str]:
    """A chain of equalities, each with its reason; in one line where there is none and it fits."""
    whole = " = ".join(line.formula.latex for line in lines)
    if not any(line.reason for line in lines) and _width(whole) < LINE:
        yield rf"\[ {whole}{end} \]"
        return
    first, *rest = _fitting(lines)
    opening = first.formula.latex
    rows: list[str] = []
    if rest and _width(opening) < SHORT:
        rows += _rows(f"{opening} &= ", rest[0], LINE - _width(opening))
        rest = rest[1:]
    else:
        rows += _rows("& ", first, LINE)
    for line in rest:
        rows += _rows("&= ", line, LINE)
    rows[-1] = _ended(rows[-1], end)
    separated = " \\\\\n".join(f"  {row}" for row in rows)
    yield f"\\begin{{align*}}\n{separated}\n\\end{{align*}}"


def _fitting(lines: Sequence[Line]) -> list[Line]:
    """The lines without derived ones that no break makes fit; each leaves its reason to the next."""
    kept: list[Line] = []
    reasons: list[str] = []
    for number, line in enumerate(lines):
        reasons += line.reason.split("; ") if line.reason else []
        widest = max(_width(piece.latex) for piece in pieces(_loosened(line.formula.latex)))
        if line.derived and widest > LINE and 0 < number < len(lines) - 1:
            continue
        kept.append(replace(line, reason="; ".join(dict.fromkeys(reasons))))
        reasons = []
    return kept


def _ended(row: str, end: str) -> str:
    """The row with its punctuation, which stands before the reason."""
    formula, tag, reason = row.partition(r" \tag*")
    return f"{formula}{end}{tag}{reason}"


def _rows(begin: str, line: Line, width: float) -> Iterator[str]:
    """A line as rows of align*, the first after ``begin``, the last with the reason."""
    first, *rest = _broken(line.formula.latex, width)
    shown = [f"{begin}{first}", *(rf"&\quad {each}" for each in rest)]
    yield from shown[:-1]
    yield f"{shown[-1]}{_reason(line.reason)}"


def _reason(reason: str) -> str:
    if not reason:
        return ""
    shown = rf"\footnotesize ({_prose(reason)})"
    if len(reason) > LONG_REASON:
        shown = rf"\parbox{{0.45\linewidth}}{{\raggedleft{shown}}}"
    return rf" \tag*{{{shown}}}"


def _prose(text: str) -> str:
    """Text in which what is plainly a formula is set as one."""
    made = []
    for part in inlines(text):
        match part:
            case Formula():
                made.append(f"${part.latex}$")
            case str():
                made.append(_escaped(part))
            case _:
                name = escaped(part.text).replace(r"\_", r"\_\allowbreak{}")
                made.append(rf"\texttt{{{name}}}")
    return "".join(made)


def _escaped(text: str) -> str:
    """Text within a line, which keeps its spaces at both ends."""
    return " " * text.startswith(" ") + escaped(text) + " " * (text.endswith(" ") and bool(text.strip()))


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?:" else f"{text}."


# ---- lines that are too wide -----------------------------------------------------------------------------------------


def _broken(latex: str, width: float) -> Iterator[str]:
    """The formula in lines, broken where it hurts least; a piece that cannot be broken stays whole."""
    if any(_width(piece.latex) > width for piece in pieces(latex)):
        latex = _loosened(latex)
    line: list[Piece] = []
    for piece in pieces(latex):
        if line and _width("".join(each.latex for each in [*line, piece])) > width:
            at = _best_break(line, piece)
            yield _joined(line[:at])
            line = line[at:]
        line.append(piece)
    yield _joined(line)


def _loosened(latex: str) -> str:
    r"""The formula with \left( and \right) as large parentheses of one size, between which lines may end.

    Those around rows keep their own height, and stay together. Fractions as wide as a line become quotients.
    """
    made: list[str] = []
    opened: list[int] = []
    for token in TOKEN.findall(_unfolded(latex)):
        made.append(token)
        if token == r"\left":
            opened.append(len(made) - 1)
        elif token == r"\right" and opened:
            start = opened.pop()
            if r"\begin" not in made[start:] and made[start + 1 : start + 2] == ["("]:
                made[start], made[-1] = r"\Bigl", r"\Bigr"
    return "".join(made)


def _unfolded(latex: str) -> str:
    r"""The formula with \frac{a}{b} as (a) / (b) where one of the two is nearly as wide as a line."""
    before, fraction, after = latex.partition(r"\frac{")
    if not fraction:
        return latex
    top, after = _braced(after)
    bottom, after = _braced(after.removeprefix("{"))
    shown = rf"\frac{{{top}}}{{{bottom}}}"
    if max(_width(top), _width(bottom)) > WIDE:
        shown = rf"\left({_unfolded(top)}\right) \, \Big/ \left({_unfolded(bottom)}\right)"
    return f"{before}{shown}{_unfolded(after)}"


def _braced(latex: str) -> tuple[str, str]:
    """What stands before the brace that closes what is open at the beginning, and what stands after it."""
    depth = 1
    for token in TOKEN.finditer(latex):
        depth += (token[0] == "{") - (token[0] == "}")
        if not depth:
            return latex[: token.start()], latex[token.end() :]
    return latex, ""


def _best_break(line: list[Piece], following: Piece) -> int:
    """The place in the second half of a full line at which a break is least unwelcome."""
    candidates = [*line, following]
    half = max(1, len(line) // 2)
    return min(range(half, len(candidates)), key=lambda place: (candidates[place].penalty, -place))


def _joined(line: Iterable[Piece]) -> str:
    """A line; an operator at its start keeps its distance from what is before it."""
    shown = "".join(piece.latex for piece in line).strip()
    first = TOKEN.match(shown)
    lonely = first is not None and (first[0] in RELATIONS or first[0] in ("+", "-"))
    return f"{{}}{shown}" if lonely else shown


def _width(latex: str) -> float:
    """About how wide a formula is, in letters. Of rows, the widest counts."""
    found = re.search(r"\\begin\{(cases|pmatrix)\}", latex)
    if found is None:
        return _row_width(latex)
    end = _end_of(latex, found.start(), found[1])
    rows = re.split(r" \\\\(?:\[0\.6ex\])? ", latex[found.end() : end])
    after = latex[end + len(rf"\end{{{found[1]}}}") :]
    return _row_width(latex[: found.start()]) + 2 + max(map(_width, rows)) + _width(after)


def _end_of(latex: str, start: int, name: str) -> int:
    """Where the environment that begins at ``start`` ends."""
    depth = 0
    for token in re.finditer(rf"\\(begin|end)\{{{name}\}}", latex[start:]):
        depth += 1 if token[1] == "begin" else -1
        if not depth:
            return start + token.start()
    return len(latex)


def _row_width(latex: str) -> float:
    total, left = 0.0, latex
    while left:
        token = TOKEN.match(left)[0]  # type: ignore[index]
        left = left[len(token) :]
        if token == r"\frac":
            top, left = _braced(left.removeprefix("{"))
            bottom, left = _braced(left.removeprefix("{"))
            total += max(_row_width(top), _row_width(bottom)) + 0.7
        elif token in ("_", "^") and left.startswith("{"):
            script, left = _braced(left[1:])
            total += 0.7 * _row_width(script)
        elif not token.isspace() and token not in "_^&{}":
            total += _letters(token)
    return total


def _letters(token: str) -> float:
    if not token.startswith("\\"):
        return 1.8 if token in "=<>+-" else 0.6 if token in ",.()[]|" else float(len(token))
    if token in (r"\sum", r"\le", r"\ge", r"\ne", r"\in", r"\odot", r"\quad"):
        return 2.2
    if re.fullmatch(r"\\(left|right|frac|sqrt|operatorname|text|mathrm|mathsf|mathbb|begin|end|,|!|_)", token):
        return 0.2
    return 3.5 if token in (r"\max", r"\min", r"\log", r"\exp", r"\tanh") else 1.0

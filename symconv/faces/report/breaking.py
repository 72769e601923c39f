r"""Where a long formula may be broken: before relations, signs and factors, after commas; least willingly in brackets.

>>> [piece.latex for piece in pieces("a = b + f(c, d)")]
['a ', '= b ', '+ f(c,', ' d)']
"""

from __future__ import annotations

from dataclasses import dataclass

from symconv.faces.report.mathml import TOKEN

RELATIONS = frozenset(("=", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\in", r"\to", r"\mapsto"))
SIGNS = frozenset(("+", "-", r"\cdot", r"\times", r"\odot"))
FACTORS = frozenset((r"\,", r"\text", r"\sum", r"\prod", r"\max", r"\min"))
"""What a factor begins with, or what stands between two."""

LARGE = frozenset((r"\sum", r"\prod"))
"""What had better stay with what is before it, often another of its kind."""

OPENING = frozenset(("{", "(", "[", r"\left", r"\begin", r"\{", r"\lfloor", r"\lceil", r"\bigl", r"\Bigl", r"\biggl"))
CLOSING = frozenset(("}", ")", "]", r"\right", r"\end", r"\}", r"\rfloor", r"\rceil", r"\bigr", r"\Bigr", r"\biggr"))
DELIMITED = frozenset((r"\left", r"\right", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl", r"\biggr"))
RIGID = frozenset(("{", r"\left", r"\begin"))
"""What opens a part that cannot be broken at all."""


@dataclass(frozen=True)
class Piece:
    """A part of a formula that stays together, and how unwelcome a break before it is (0 to 1000)."""

    latex: str
    penalty: int = 0


def pieces(latex: str) -> list[Piece]:
    """The formula cut wherever it may be broken."""
    made: list[Piece] = []
    start = at = penalty = 0
    depth: list[str] = []
    before = ""
    tokens = TOKEN.findall(latex)
    for number, token in enumerate(tokens):
        cost = None if _rigid(depth) else _cost(token, before, len(depth))
        if cost is not None and latex[start:at].strip():
            made.append(Piece(latex[start:at], penalty))
            start, penalty = at, cost
        if token in OPENING and not _is_delimiter_of_left(tokens, number):
            depth.append(token)
        elif token in CLOSING and depth and not _is_delimiter_of_left(tokens, number):
            depth.pop()
        at += len(token)
        before = before if token.isspace() else token
    return [*made, Piece(latex[start:], penalty)]


def listed(latex: str) -> list[str]:
    r"""The items of a list of formulas, without the commas between them.

    >>> listed(r"1 \le i \le m,\ x \in f(a, b)")
    ['1 \\le i \\le m', 'x \\in f(a, b)']
    """
    items, depth, before = [""], 0, ""
    for token in TOKEN.findall(latex):
        belongs = before in DELIMITED  # the bracket of a \left counts with it
        depth += (token in OPENING and not belongs) - (token in CLOSING and not belongs)
        if token == "," and depth == 0:
            items.append("")
        elif items[-1] or not (token.isspace() or token in (r"\ ", r"\,", r"\;", r"\quad")):
            items[-1] += token
        before = before if token.isspace() else token
    return items


def _rigid(depth: list[str]) -> bool:
    return any(opening in RIGID for opening in depth)


def _cost(token: str, before: str, depth: int) -> int | None:
    """How unwelcome a break before the token is, or None where there can be none."""
    unary = not before or before in RELATIONS or before in SIGNS or before in OPENING or before in (",", "^", "_")
    if before == "," and depth:
        return min(900, 150 * depth)
    if token in (r"\quad", r"\qquad"):
        return 0
    if token in RELATIONS:
        return min(900, 350 * depth)
    if token in SIGNS and not unary:
        return min(900, 20 + 300 * depth)
    if token in FACTORS and not unary:
        return min(900, (500 if token in LARGE else 250) + 300 * depth)
    return None


def _is_delimiter_of_left(tokens: list[str], number: int) -> bool:
    r"""Whether the bracket belongs to the \left, \right or \bigl before it, which counts already."""
    words = [token for token in tokens[max(0, number - 2) : number] if not token.isspace()]
    return bool(words) and words[-1] in DELIMITED

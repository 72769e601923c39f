r"""Notation as LaTeX for math mode, with nothing but amsmath and amssymb."""

from __future__ import annotations

import re

from symconv.printing import notation as n
from symconv.printing.names import escaped
from symconv.printing.notation import Level, Notation

_SIGNS = {"=": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "in": r"\in"}
_COMMANDS = {"exp", "log", "tanh", "max", "min"}
_BIG = {"sum": r"\sum", "max": r"\max", "min": r"\min"}


def latex(item: Notation) -> str:
    r"""The notation in LaTeX.

    >>> from symconv.printing.names import name_of
    >>> x = n.Symbol(name_of("x"))
    >>> latex(n.Powered(n.Subscripted(x, (n.Integer(1),)), n.Integer(2)))
    '\\left(x_{1}\\right)^{2}'
    """
    match item:
        case n.Integer():
            return str(item.value)
        case n.Symbol():
            return item.name.latex
        case n.Word():
            return word(item.text)
        case n.Infinite():
            return r"\infty"
        case n.Whole():
            return r"\cdot"
        case n.Span():
            return f"{latex(item.low)}:{latex(item.high)}"
        case n.Subscripted():
            return f"{_base(item.base)}_{{{','.join(_close(latex(index)) for index in item.indices)}}}"
        case n.Plus():
            return _plus(item)
        case n.Times():
            return _times(item)
        case n.Big():
            return _big(item)
        case n.Call():
            return _call(item)
        case n.Cases():
            return _cases(item)
        case n.Matrix():
            return _matrix(item)
        case n.Relation():
            return _relation(item)
        case n.Logic():
            return _logic(item)
        case n.Partial() | n.Slope():
            return _derivative(item)
        case _:
            return _compact(item)


def word(text: str) -> str:
    """The name of an operation, upright and spaced as one; a decimal as it is; any other text as text."""
    if re.fullmatch(r"-?[\d.]+", text, re.ASCII):
        return text
    if not text.isidentifier():
        return rf"\text{{{escaped(text)}}}"
    return rf"\{text}" if text in _COMMANDS else rf"\operatorname{{{escaped(text)}}}"


def _compact(item: Notation) -> str:
    """Forms that are one piece."""
    match item:
        case n.Fraction():
            return rf"\frac{{{latex(item.top)}}}{{{latex(item.bottom)}}}"
        case n.Powered():
            exponent = latex(item.exponent)
            if item.entrywise:
                wrapped = n.level(item.exponent) <= n.Level.SUM
                exponent = rf"\odot ({exponent})" if wrapped else rf"\odot {exponent}"
            return f"{_power_base(item.base)}^{{{exponent}}}"
        case n.Transposed():
            base = latex(item.base) if isinstance(item.base, n.Symbol) else _power_base(item.base)
            return rf"{base}^{{\mathsf{{T}}}}"
        case n.Exponential():
            return f"e^{{{latex(item.exponent)}}}"
        case n.Root():
            degree = "" if item.degree == 2 else f"[{item.degree}]"
            return rf"\sqrt{degree}{{{latex(item.radicand)}}}"
        case n.Absolute():
            return rf"\left|{latex(item.content)}\right|"
        case n.Floored():
            return rf"\left\lfloor\frac{{{latex(item.top)}}}{{{latex(item.bottom)}}}\right\rfloor"
        case n.Remainder():
            return rf"{_part(item.top, Level.PRODUCT)} \bmod {_part(item.bottom, Level.POWER)}"
        case n.Delta():
            return rf"\delta_{{{_close(latex(item.left))},{_close(latex(item.right))}}}"
        case n.Bracket():
            shown = latex(item.condition)
            return rf"\left[{shown}\right]" if n.is_tall(item.condition) else f"[{shown}]"
        case n.Vector():
            bounds = rf"_{{{latex(item.variable)}={latex(item.low)}}}^{{{latex(item.high)}}}"
            return rf"\left({latex(item.body)}\right){bounds}"
        case n.Tuple():
            return parenthesised(", ".join(map(latex, item.items)), n.is_tall(item))
        case _:
            raise TypeError(f"no notation: {item!r}")


def parenthesised(content: str, tall: bool) -> str:
    return rf"\left({content}\right)" if tall else f"({content})"


def _part(item: Notation, least: Level, *, last: bool = True) -> str:
    shown = latex(item)
    return parenthesised(shown, n.is_tall(item)) if n.needs_parentheses(item, least, last=last) else shown


def _close(text: str) -> str:
    """Without the spaces that TeX does not need: only those between a command and a letter are kept."""
    return re.sub(r"(\\[a-zA-Z]+ )(?=[a-zA-Z])| ", lambda found: found[1] or "", text)


def _base(base: Notation) -> str:
    """What carries indices. A letter that has a subscript of its own is kept apart from them."""
    shown = latex(base)
    if isinstance(base, n.Symbol):
        return f"({shown})" if "_" in shown and not base.name.word else shown
    return parenthesised(shown, n.is_tall(base)) if not isinstance(base, n.Call | n.Word) else shown


def _power_base(base: Notation) -> str:
    shown = latex(base)
    if isinstance(base, n.Subscripted | n.Symbol) and "_" in shown:
        return rf"\left({shown}\right)"
    return parenthesised(shown, n.is_tall(base)) if n.level(base) <= Level.POWER else shown


def _plus(item: n.Plus) -> str:
    text = ""
    for place, (negative, part) in enumerate(item.terms):
        least = Level.PRODUCT if negative else Level.OPEN
        shown = _part(part, least)
        sign = ("-" if negative else "") if not place else (" - " if negative else " + ")
        text += sign + shown
    return text


def _times(item: n.Times) -> str:
    if item.sign:
        between = r" \odot " if item.sign == "odot" else " "
        return between.join(_factor(factor) for factor in item.factors)
    text = ""
    for place, factor in enumerate(item.factors):
        shown = _part(factor, Level.PRODUCT, last=place == len(item.factors) - 1)
        text += (_between(item.factors[place - 1], factor) if place else "") + shown
    return text


def _factor(factor: Notation) -> str:
    """A factor of a product of tensors; a product within it is kept apart."""
    if isinstance(factor, n.Times) and factor.sign:
        return parenthesised(latex(factor), n.is_tall(factor))
    return _part(factor, Level.PRODUCT, last=False)


def _between(left: Notation, right: Notation) -> str:
    """What stands between two factors: a dot before a number, a thin space beside a word."""
    if isinstance(right, n.Integer) or (isinstance(right, n.Powered) and isinstance(right.base, n.Integer)):
        return r" \cdot "
    if isinstance(right, n.Fraction) and isinstance(left, n.Integer):
        return r" \cdot "
    words = any(isinstance(_head(part), n.Symbol) and _head(part).name.word for part in (left, right))  # type: ignore[union-attr]
    calls = isinstance(left, n.Call | n.Partial | n.Slope) or isinstance(right, n.Partial | n.Slope | n.Bracket)
    return r" \, " if words or calls or isinstance(left, n.Bracket | n.Delta) else " "


def _head(item: Notation) -> Notation:
    return _head(item.base) if isinstance(item, n.Subscripted | n.Powered | n.Transposed) else item


def _big(item: n.Big) -> str:
    variable, low, high = map(latex, (item.variable, item.low, item.high))
    if item.operator == "sum":
        return rf"\sum_{{{variable}={low}}}^{{{high}}} {_part(item.body, Level.OPEN)}"
    body = item.body
    while isinstance(body, n.Big) and (body.operator, body.low, body.high) == (item.operator, item.low, item.high):
        variable, body = f"{variable},{latex(body.variable)}", body.body
    return rf"{_BIG[item.operator]}_{{{low} \le {variable} \le {high}}} {_part(body, Level.OPEN)}"


def _call(item: n.Call) -> str:
    primes = "'" * item.primes if item.primes <= 3 else f"^{{({item.primes})}}"
    function = latex(item.function)
    arguments = ", ".join(map(latex, item.arguments))
    if item.options:
        shown = ",\\, ".join(rf"\mathrm{{{escaped(name)}}}={latex(value)}" for name, value in item.options)
        arguments += rf";\, {shown}"
    return function + primes + parenthesised(arguments, any(map(n.is_tall, item.arguments)))


def _cases(item: n.Cases) -> str:
    rows = []
    for value, condition in item.rows:
        when = r"\text{otherwise}" if condition is None else rf"\text{{if }} {_beside_text(latex(condition))}"
        rows.append(rf"{latex(value)} & {when}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _beside_text(formula: str) -> str:
    """A formula behind words: a sign at its start is no subtraction from them."""
    return f"{{{formula}}}" if formula.startswith("-") else formula


def _matrix(item: n.Matrix) -> str:
    fractions = any(r"\frac" in latex(cell) for row in item.rows for cell in row)
    between = r" \\[0.6ex] " if fractions else r" \\ "
    rows = between.join(" & ".join(map(latex, row)) for row in item.rows)
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _relation(item: n.Relation) -> str:
    text = _part(item.items[0], Level.CASES)
    for sign, part in zip(item.signs, item.items[1:], strict=True):
        text += f" {_SIGNS[sign]} {_part(part, Level.CASES)}"
    return text


def _logic(item: n.Logic) -> str:
    if item.operator == "not":
        return rf"\neg ({latex(item.parts[0])})"
    joint = r",\, " if item.operator == "and" else r" \text{ or } "
    return joint.join(f"({latex(p)})" if n.is_connected(p) else latex(p) for p in item.parts)


def _derivative(item: n.Partial | n.Slope) -> str:
    if isinstance(item, n.Partial):
        places = " ".join(rf"\partial_{{{latex(place)}}}" for place in item.places)
        argument = latex(item.argument)
        if not isinstance(item.argument, n.Tuple):
            argument = parenthesised(argument, n.is_tall(item.argument))
        return f"{places} {latex(item.function)}{argument}"
    by = latex(item.by)
    if not n.is_tall(item.of):
        shown = rf"\frac{{\partial {_part(item.of, Level.POWER)}}}{{\partial {by}}}"
    else:
        shown = rf"\frac{{\partial}}{{\partial {by}}} {_part(item.of, Level.POWER)}"
    if item.at is None:
        return shown
    return rf"\left.{shown}\right|_{{{latex(item.at)}}}"

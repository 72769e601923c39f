"""Notation as Unicode text, for terminals: one line where it can be, several for cases and matrices."""

from __future__ import annotations

from symconv.printing import notation as n
from symconv.printing.notation import Level, Notation

_SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "in": "∈"}
_BIG = {"sum": "Σ", "max": "max", "min": "min"}
_RAISED = dict(zip("0123456789+-()nijkm", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱʲᵏᵐ", strict=True))
_FENCES = {"(": ("⎛", "⎜", "⎝"), ")": ("⎞", "⎟", "⎠"), "{": ("⎧", "⎨", "⎩", "⎪")}
_ROOTS = {2: "√", 3: "∛", 4: "∜"}


def plain(item: Notation) -> str:
    """The notation in Unicode.

    >>> from symconv.printing.names import name_of
    >>> x = n.Subscripted(n.Symbol(name_of("x")), (n.Symbol(name_of("i")), n.Integer(1)))
    >>> plain(n.Powered(x, n.Integer(2)))
    'x[i, 1]²'
    """
    match item:
        case n.Integer():
            return str(item.value)
        case n.Symbol():
            return item.name.text
        case n.Word():
            return item.text
        case n.Infinite():
            return "∞"
        case n.Whole():
            return ":"
        case n.Span():
            return f"{plain(item.low)}:{plain(item.high)}"
        case n.Subscripted():
            return beside(
                _part(item.base, Level.POWER), f"[{', '.join(_close(plain(index)) for index in item.indices)}]"
            )
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
        case n.Fraction():
            bottom = plain(item.bottom)
            if n.level(item.bottom) < Level.POWER or isinstance(item.bottom, n.Fraction):
                bottom = parenthesised(bottom)
            return beside(_part(item.top, Level.PRODUCT, last=False), "/", bottom)
        case n.Powered():
            return _powered(item)
        case _:
            return _compact(item)


def beside(*blocks: str) -> str:
    """Blocks of text side by side, each centred on the middle line."""
    parts = [block.split("\n") for block in blocks]
    height = max(map(len, parts), default=1)
    columns = []
    for lines in parts:
        above = (height - len(lines)) // 2
        width = max(map(len, lines))
        padded = [""] * above + lines + [""] * (height - len(lines) - above)
        columns.append([line.ljust(width) for line in padded])
    return "\n".join("".join(row).rstrip() for row in zip(*columns, strict=True)) if height > 1 else "".join(blocks)


def parenthesised(block: str) -> str:
    """A block in parentheses of its own height."""
    height = block.count("\n") + 1
    if height == 1:
        return f"({block})"
    return beside(_fence("(", height), block, _fence(")", height))


def _close(text: str) -> str:
    """An index without spaces around its signs."""
    return text.replace(" + ", "+").replace(" - ", "-")


def _fence(sign: str, height: int) -> str:
    top, middle, bottom = _FENCES[sign][:3]
    return "\n".join([top, *[middle] * (height - 2), bottom])


def _compact(item: Notation) -> str:
    match item:
        case n.Transposed():
            return beside(_part(item.base, Level.ATOM), "ᵀ")
        case n.Exponential():
            return beside("exp", parenthesised(plain(item.exponent)))
        case n.Root():
            sign = _ROOTS.get(item.degree)
            shown = plain(item.radicand)
            simple = isinstance(item.radicand, n.Integer | n.Symbol | n.Subscripted)
            if sign is None:
                return beside(f"root{item.degree}", parenthesised(shown))
            return beside(sign, shown if simple else parenthesised(shown))
        case n.Absolute():
            return beside("|", plain(item.content), "|")
        case n.Floored():
            return f"⌊{_part(item.top, Level.PRODUCT)}/{_part(item.bottom, Level.POWER)}⌋"
        case n.Remainder():
            return f"{_part(item.top, Level.PRODUCT)} mod {_part(item.bottom, Level.POWER)}"
        case n.Delta():
            return f"δ[{_close(plain(item.left))}, {_close(plain(item.right))}]"
        case n.Bracket():
            return beside("[", plain(item.condition), "]")
        case n.Vector():
            bounds = f"_{plain(item.variable)}={plain(item.low)}..{plain(item.high)}"
            return beside(parenthesised(plain(item.body)), bounds)
        case n.Tuple():
            return parenthesised(beside(*_joined([plain(part) for part in item.items], ", ")))
        case n.Partial():
            places = "".join(f"∂[{plain(place)}]" for place in item.places)
            argument = plain(item.argument)
            shown = argument if isinstance(item.argument, n.Tuple) else parenthesised(argument)
            return beside(places, plain(item.function), shown)
        case n.Slope():
            shown = beside("∂", _part(item.of, Level.POWER), "/∂", plain(item.by))
            return shown if item.at is None else beside(shown, " at ", plain(item.at))
        case _:
            raise TypeError(f"no notation: {item!r}")


def _part(item: Notation, least: Level, *, last: bool = True) -> str:
    shown = plain(item)
    return parenthesised(shown) if n.needs_parentheses(item, least, last=last) else shown


def _joined(parts: list[str], between: str) -> list[str]:
    return [piece for part in parts for piece in (between, part)][1:]


def _plus(item: n.Plus) -> str:
    pieces: list[str] = []
    for place, (negative, part) in enumerate(item.terms):
        pieces.append(("-" if negative else "") if not place else (" - " if negative else " + "))
        pieces.append(_part(part, Level.PRODUCT if negative else Level.OPEN))
    return beside(*pieces)


def _times(item: n.Times) -> str:
    if item.sign:
        return beside(*_joined([_factor(factor) for factor in item.factors], " ⊙ " if item.sign == "odot" else " "))
    pieces: list[str] = []
    for place, factor in enumerate(item.factors):
        if place:
            pieces.append(_between(item.factors[place - 1], factor))
        last = place == len(item.factors) - 1
        pieces.append(plain(factor) if isinstance(factor, n.Fraction) else _part(factor, Level.PRODUCT, last=last))
    return beside(*pieces)


def _factor(factor: Notation) -> str:
    """A factor of a product of tensors; a product within it is kept apart."""
    if isinstance(factor, n.Times) and factor.sign:
        return parenthesised(plain(factor))
    return _part(factor, Level.PRODUCT, last=False)


def _between(left: Notation, right: Notation) -> str:
    """Nothing between a number or letter and what cannot be mistaken for its argument; else a dot."""
    if isinstance(right, n.Big) or isinstance(left, n.Fraction | n.Bracket):
        return " · "
    close = isinstance(left, n.Integer | n.Symbol) and not (isinstance(left, n.Symbol) and left.name.word)
    if close and isinstance(right, n.Plus):
        return ""
    if isinstance(left, n.Integer) and isinstance(right, n.Symbol | n.Subscripted) and not n.level(right) < Level.POWER:
        return ""
    return "·"


def _powered(item: n.Powered) -> str:
    base, exponent = _power_base(item.base), plain(item.exponent)
    if item.entrywise:
        return beside(base, "^⊙", exponent if exponent.isalnum() else parenthesised(exponent))
    if all(letter in _RAISED for letter in exponent.replace(" ", "")) and "\n" not in base:
        return base + "".join(_RAISED[letter] for letter in exponent.replace(" ", ""))
    return beside(base, "^", exponent if exponent.isalnum() else parenthesised(exponent))


def _power_base(base: Notation) -> str:
    if isinstance(base, n.Subscripted):
        return plain(base)
    shown = plain(base)
    return parenthesised(shown) if n.level(base) <= Level.POWER else shown


def _big(item: n.Big) -> str:
    bounds = f"{_BIG[item.operator]}_{plain(item.variable)}={plain(item.low)}..{_bound(item.high)} "
    return beside(bounds, _part(item.body, Level.OPEN))


def _bound(high: Notation) -> str:
    shown = plain(high).replace(" ", "")
    return shown if n.level(high) >= Level.PRODUCT else f"({shown})"


def _call(item: n.Call) -> str:
    primes = "′" * item.primes if item.primes <= 3 else f"^({item.primes})"
    pieces = _joined([plain(part) for part in item.arguments], ", ")
    for place, (name, value) in enumerate(item.options):
        pieces += ["; " if not place else ", ", f"{name}=", plain(value)]
    return beside(plain(item.function), primes, parenthesised(beside(*pieces)))


def _cases(item: n.Cases) -> str:
    values = [plain(value).split("\n") for value, _ in item.rows]
    width = max(len(line) for lines in values for line in lines)
    rows = []
    for lines, (_, condition) in zip(values, item.rows, strict=True):
        when = "otherwise" if condition is None else f"if {plain(condition)}"
        middle = len(lines) // 2
        rows += [
            f"{line.ljust(width)}{f'  {when}' if place == middle else ''}".rstrip() for place, line in enumerate(lines)
        ]
    top, point, bottom, bar = _FENCES["{"]
    if len(rows) == 2:
        fences = [top, bottom]
    else:
        fences = [top, *[bar] * (len(rows) - 2), bottom]
        fences[len(rows) // 2] = point if len(rows) % 2 else bar
    return "\n".join(f"{fence} {row}" for fence, row in zip(fences, rows, strict=True))


def _matrix(item: n.Matrix) -> str:
    cells = [[plain(cell) for cell in row] for row in item.rows]
    if any("\n" in cell for row in cells for cell in row):
        cells = [[" ".join(cell.split()) for cell in row] for row in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return parenthesised("\n".join(lines))


def _relation(item: n.Relation) -> str:
    pieces = [_part(item.items[0], Level.CASES)]
    for sign, part in zip(item.signs, item.items[1:], strict=True):
        pieces += [f" {_SIGNS[sign]} ", _part(part, Level.CASES)]
    return beside(*pieces)


def _logic(item: n.Logic) -> str:
    if item.operator == "not":
        return beside("¬", parenthesised(plain(item.parts[0])))
    joint = ", " if item.operator == "and" else " or "
    parts = [parenthesised(plain(p)) if n.is_connected(p) else plain(p) for p in item.parts]
    return beside(*_joined(parts, joint))

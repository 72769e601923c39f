r"""LaTeX formulas as MathML Core, which browsers show by themselves: no script, no font to load.

A reader of its own for the LaTeX that this package prints (and near kin), since the result has to be exact: what it
does not know is refused, never dropped, and its caller then shows the formula as text.

>>> convert(r"x_{i}^2")
'<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from symconv.faces.report import mathml_tables as tables

TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
RELATIONS = "=<>+-*/,:;!|.?"
MATRICES = {
    "matrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "aligned": ("", ""),
    "gathered": ("", ""),
    "split": ("", ""),
}


class NotMathML(ValueError):
    """A formula that holds something this reader does not know; says what."""


def convert(latex: str, *, display: bool = False) -> str:
    r"""The formula as one `math` element.

    Raises: NotMathML on a command that is not known, and on braces or environments that do not match.

    >>> convert(r"\frac{1}{k}", display=True)
    '<math display="block"><mfrac><mn>1</mn><mi>k</mi></mfrac></math>'
    """
    reader = _Reader(latex)
    body = reader.row(until=None)
    return f'<math display="block">{body}</math>' if display else f"<math>{body}</math>"


class _Reader:
    """One formula being read, token by token."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._tokens = TOKEN.findall(latex)
        self._at = 0

    # ---- tokens ----------------------------------------------------------------------------------------------------

    def _peek(self) -> str | None:
        """The next token that is no space."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        if token is None:
            raise NotMathML(f"{self._latex!r} ends too early")
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise NotMathML(f"{self._latex!r} has {found!r} where {token!r} is needed")

    def _raw_group(self) -> str:
        """What stands in the braces that come next, as it is."""
        self._expect("{")
        depth, start = 1, self._at
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            depth += (token == "{") - (token == "}")
            self._at += 1
            if depth == 0:
                return "".join(self._tokens[start : self._at - 1])
        raise NotMathML(f"{self._latex!r} has a brace that is not closed")

    # ---- rows and scripts ------------------------------------------------------------------------------------------

    def row(self, until: str | None) -> str:
        """Elements up to the token, which is taken too; in an `mrow` unless there is exactly one."""
        items = self._items((until,))
        if until is not None:
            self._expect(until)
        return _row(items)

    def _items(self, ends: tuple[str | None, ...]) -> list[str]:
        items: list[str] = []
        while (token := self._peek()) not in ends:
            if token is None or token in ("}", r"\right", r"\end", "&", r"\\"):
                raise NotMathML(f"{self._latex!r} has {token or 'its end'} in the wrong place")
            if token in (r"\displaystyle", r"\textstyle"):
                self._next()
                style = "true" if token == r"\displaystyle" else "false"
                items.append(f'<mstyle displaystyle="{style}">{_row(self._items(ends))}</mstyle>')
            else:
                items += self._scripted(sign=not items or _expects_operand(items[-1]))
        return items

    def _scripted(self, *, sign: bool) -> list[str]:
        """An element with its scripts; nothing where the command has no look of its own. A ``sign`` may stand here."""
        if sign and self._peek() in ("+", "-"):
            return [_operator("−" if self._next() == "-" else "+", ' form="prefix"')]
        limits = self._takes_limits()
        base = "<mrow></mrow>" if self._peek() in ("^", "_", "'") else self._atom()
        if base is None:
            return []
        while (token := self._peek()) in (r"\limits", r"\nolimits"):
            limits = token == r"\limits"
            self._next()
        below, above = self._scripts()
        if below is None and above is None:
            return [base]
        kind = "under" if limits else "sub", "over" if limits else "sup"
        if above is None:
            return [f"<m{kind[0]}>{base}{below}</m{kind[0]}>"]
        if below is None:
            return [f"<m{kind[1]}>{base}{above}</m{kind[1]}>"]
        return [f"<m{kind[0]}{kind[1]}>{base}{below}{above}</m{kind[0]}{kind[1]}>"]

    def _takes_limits(self) -> bool:
        name = (self._peek() or "").lstrip("\\")
        return (name in tables.LARGE and name != "int") or name in tables.NAMES_WITH_LIMITS or name == "operatorname*"

    def _scripts(self) -> tuple[str | None, str | None]:
        below: str | None = None
        above: list[str] = []
        raised = False
        while (token := self._peek()) in ("^", "_", "'"):
            self._next()
            if token == "'":
                above.append("<mo>′</mo>")
            elif token == "^" and not raised:
                above.append(self._argument())
                raised = True
            elif token == "_" and below is None:
                below = self._argument()
            else:
                raise NotMathML(f"{self._latex!r} has two scripts in one place")
        return below, _row(above) if above else None

    def _argument(self) -> str:
        if self._peek() == "{":
            self._next()
            return self.row(until="}")
        token = self._peek() or ""
        if token[:1].isdigit() and len(token) > 1:  # without braces an argument is one digit
            self._tokens[self._at] = token[1:]
            return f"<mn>{token[0]}</mn>"
        return self._atom() or "<mrow></mrow>"

    # ---- atoms -----------------------------------------------------------------------------------------------------

    def _atom(self) -> str | None:
        token = self._next()
        if token == "{":
            return self.row(until="}")
        if token.startswith("\\"):
            return self._command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{escape(token)}</mi>"
        if token in "()[]":
            return f'<mo stretchy="false">{token}</mo>'
        if token in RELATIONS:
            return _operator("−" if token == "-" else token)
        if token == "~":
            return '<mspace width="0.25em"></mspace>'
        if token.isascii():
            raise NotMathML(f"{self._latex!r} has {token!r}, which is not known here")
        return _operator(token)

    def _command(self, name: str) -> str | None:
        if name in tables.IGNORED:
            return None
        if (made := _symbol(name)) is not None:
            return made
        if name in tables.ALPHABETS:
            return _in_alphabet(name, self._raw_group())
        if name in tables.ACCENTS:
            return f'<mover accent="true">{self._argument()}<mo>{tables.ACCENTS[name]}</mo></mover>'
        if name in tables.SIZES:
            return self._delimiter(stretchy=True)
        commands = self._commands()
        if name not in commands:
            raise NotMathML(f"{self._latex!r} has the command \\{name}, which is not known here")
        return commands[name]()

    def _commands(self) -> dict[str, Callable[[], str]]:
        upright = self._upright
        return {
            "frac": self._fraction,
            "dfrac": self._fraction,
            "tfrac": self._fraction,
            "sqrt": self._root,
            "text": self._text,
            "textrm": self._text,
            "textit": self._text,
            "mbox": self._text,
            "texttt": lambda: f'<mtext class="tt">{escape(_unescaped(self._raw_group()))}</mtext>',
            "operatorname": upright,
            "operatorname*": upright,
            "mathrm": upright,
            "mathit": lambda: f'<mi class="it">{escape(_unescaped(self._raw_group()))}</mi>',
            "left": self._fenced,
            "begin": self._environment,
            "substack": self._stack,
            "bmod": lambda: '<mo lspace="0.22em" rspace="0.22em">mod</mo>',
            "overset": lambda: self._stacked("mover"),
            "underset": lambda: self._stacked("munder"),
            "mathbin": self._argument,
            "mathrel": self._argument,
            "mathopen": self._argument,
            "mathclose": self._argument,
            "mathop": self._argument,
            "phantom": lambda: f"<mphantom>{self._argument()}</mphantom>",
        }

    def _fraction(self) -> str:
        return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"

    def _root(self) -> str:
        if self._peek() == "[":
            self._next()
            degree = self.row(until="]")
            return f"<mroot>{self._argument()}{degree}</mroot>"
        return f"<msqrt>{self._argument()}</msqrt>"

    def _text(self) -> str:
        # Spaces at the ends of an mtext are dropped, unlike those of LaTeX's text.
        words = re.sub(r"^\s|\s$", "\N{NO-BREAK SPACE}", _unescaped(self._raw_group()))
        return f"<mtext>{escape(words)}</mtext>"

    def _upright(self) -> str:
        name = escape(_unescaped(self._raw_group()))
        return f'<mi mathvariant="normal">{name}</mi>' if len(name) == 1 else f"<mi>{name}</mi>"

    def _stacked(self, kind: str) -> str:
        script, base = self._argument(), self._argument()
        return f"<{kind}>{base}{script}</{kind}>"

    # ---- fences and environments -----------------------------------------------------------------------------------

    def _fenced(self) -> str:
        opening = self._delimiter(stretchy=True)
        inside = self._items((r"\right",))
        self._expect(r"\right")
        return f"<mrow>{opening}{''.join(inside)}{self._delimiter(stretchy=True)}</mrow>"

    def _delimiter(self, *, stretchy: bool) -> str:
        token = self._next()
        if token == ".":
            return ""
        character = tables.FENCES.get(token[1:]) if token.startswith("\\") else token
        if character is None or character not in "()[]{}|‖⌊⌋⌈⌉⟨⟩/<>":
            raise NotMathML(f"{self._latex!r} has {token!r} where a delimiter is needed")
        return _operator(character, f' stretchy="{"true" if stretchy else "false"}"')

    def _environment(self) -> str:
        name = self._raw_group()
        if name not in MATRICES:
            raise NotMathML(f"{self._latex!r} has the environment {name}, which is not known here")
        columns = self._raw_group() if name == "array" else _columns(name)
        rows = self._rows(r"\end")
        self._expect(r"\end")
        if self._raw_group() != name:
            raise NotMathML(f"{self._latex!r} ends another environment than {name}")
        before, after = (_operator(fence, ' stretchy="true"') if fence else "" for fence in MATRICES[name])
        kind = f' class="{name}"' if name in ("aligned", "cases", "dcases", "gathered") else ""
        display = ' displaystyle="true"' if name in ("aligned", "dcases", "gathered", "split") else ""
        table = f"<mtable{kind}{display}>{''.join(_table_row(row, columns) for row in rows)}</mtable>"
        return f"<mrow>{before}{table}{after}</mrow>" if before or after else table

    def _rows(self, end: str) -> list[list[str]]:
        """The cells of an environment, up to its end."""
        rows: list[list[str]] = [[]]
        while True:
            rows[-1].append(_row(self._items(("&", r"\\", end))))
            token = self._peek()
            if token == end:
                break
            self._next()
            if token == r"\\":
                self._row_distance()
                rows.append([])
        if rows[-1] == ["<mrow></mrow>"] and len(rows) > 1:
            rows.pop()
        return rows

    def _row_distance(self) -> None:
        """Take the [4pt] after the end of a row."""
        rest = "".join(self._tokens[self._at : self._at + 8])
        if re.match(r"\[[\d.]+(pt|em|ex|mm)\]", rest):
            while self._next() != "]":
                pass

    def _stack(self) -> str:
        self._expect("{")
        rows = self._rows("}")
        self._expect("}")
        return f'<mtable class="stack">{"".join(_table_row(row, "c") for row in rows)}</mtable>'


def _expects_operand(element: str) -> bool:
    """Whether a minus after this element is a sign rather than an operation."""
    return element.startswith("<mo") and not element.startswith(("<mover", "<mo>′")) and element[-6:-5] not in ")]}!"


def _row(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"<mrow>{''.join(items)}</mrow>"


def _operator(character: str, attributes: str = "") -> str:
    return f"<mo{attributes}>{escape(character, quote=False)}</mo>"


def _symbol(name: str) -> str | None:
    """A command that stands for one character or one word."""
    if name in tables.LETTERS:
        upright = name[0].isupper() or name in ("infty", "emptyset", "varnothing", "top", "bot", "nabla")
        variant = ' mathvariant="normal"' if upright else ""
        return f"<mi{variant}>{tables.LETTERS[name]}</mi>"
    if name in tables.OPERATORS:
        return _operator(tables.OPERATORS[name])
    if name in tables.LARGE:
        return _operator(tables.LARGE[name])
    if name in tables.NAMES_WITH_LIMITS:
        return f'<mo movablelimits="true" rspace="0.17em">{name}</mo>'
    if name in tables.NAMES:
        return f"<mi>{name}</mi>"
    if name in tables.FENCES:
        return _operator(tables.FENCES[name], ' stretchy="false"')
    if name in tables.SPACES:
        return f'<mspace width="{tables.SPACES[name]}"></mspace>'
    if name in ("_", "%", "#", "&", "$"):
        return f"<mi>{escape(name)}</mi>"
    return None


def _in_alphabet(alphabet: str, text: str) -> str:
    capitals, small, digits = tables.ALPHABETS[alphabet]
    known = tables.EXCEPTIONS.get(alphabet, {})

    def letter(character: str) -> str:
        if character in known:
            return known[character]
        starts = ((capitals, "A", 26), (small, "a", 26), (digits, "0", 10))
        for start, first, count in starts:
            if start is not None and 0 <= ord(character) - ord(first) < count:
                return chr(start + ord(character) - ord(first))
        raise NotMathML(f"\\{alphabet}{{{text}}} has {character!r}, which has no such letter")

    letters = "".join(map(letter, _unescaped(text)))
    return f"<mn>{letters}</mn>" if text.isdigit() else f"<mi>{letters}</mi>"


def _columns(environment: str) -> str:
    """How the columns of an environment are aligned, the last of these for all that follow."""
    return {"cases": "l", "dcases": "l", "aligned": "rl" * 8, "split": "rl"}.get(environment, "c")


def _table_row(cells: list[str], columns: str) -> str:
    letters = re.sub("[^lcr]", "", columns) or "c"
    made = (_cell(cell, letters[min(number, len(letters) - 1)]) for number, cell in enumerate(cells))
    return f"<mtr>{''.join(made)}</mtr>"


def _cell(cell: str, alignment: str) -> str:
    if alignment == "c":
        return f"<mtd>{cell}</mtd>"
    word = "left" if alignment == "l" else "right"
    return f'<mtd columnalign="{word}" class="{word}">{cell}</mtd>'


def _unescaped(text: str) -> str:
    """Words of a text command as they are read: LaTeX's escapes undone, a command with no such meaning refused."""
    words = re.sub(r"\\textbackslash\s*(\{\})?", lambda _: "\0", text)
    for command, character in tables.TEXT.items():
        words = re.sub(rf"\\{command}(?![A-Za-z])\s?(\{{\}})?", character, words)
    words = words.replace("``", "“").replace("''", "”")
    words = re.sub(r"\\([_%#&${} ])", r"\1", words)
    if "\\" in words:
        raise NotMathML(f"the text {text!r} has a command in it")
    return words.replace("\0", "\\").replace("~", "\N{NO-BREAK SPACE}").replace("{}", "")

"""The title of a docstring: its first sentence, wherever its lines are broken."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?](?=$|\s+[A-Z`\"(])")
_BLOCK = re.compile(r"\s*([-*>]|\d+\.)\s")
"""How a line starts that is no part of a sentence: an item of a list, or an example."""


def titled(doc: str) -> tuple[str, str]:
    """The first sentence of a docstring, and the rest.

    >>> titled('''Believed: it rains. The sun
    ... shines.
    ...
    ... More.''')
    ('Believed: it rains.', 'The sun\\nshines.\\n\\nMore.')
    """
    title, lines = "", doc.strip().split("\n")
    while lines and lines[0].strip() and not (title and _BLOCK.match(lines[0])):
        title = f"{title} {lines.pop(0).strip()}".strip()
        end = _END.search(title)
        if end:
            rest = [title[end.end() :].strip(), *lines]
            return title[: end.end()], "\n".join(rest).strip("\n")
    return title, "\n".join(lines)

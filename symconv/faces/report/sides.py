"""A counterexample's two sides and where they differ, as panels, read from the text of a verdict."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from symconv.faces.outcome import Panel
from symconv.verdict import Counterexample

NUMBER = r"-?\d+(?:/\d+|\.\d+)?"
CHARACTERS = re.compile(r"[-\[\]\d\s,./]+")
"""All that nested lists of numbers are made of; what else they must be, reading them tells."""


def sides(counterexample: Counterexample) -> tuple[Panel, ...]:
    """Left, right and left - right, where both are arrays of the same shape with two numbers or more; else nothing."""
    import numpy as np

    left, right = _numbers(counterexample.left), _numbers(counterexample.right)
    if left is None or right is None:
        return ()
    try:
        arrays = [np.array(side, dtype=float) for side in (left, right)]
    except ValueError:  # lists of different lengths
        return ()
    if arrays[0].shape != arrays[1].shape or arrays[0].size < 2:
        return ()
    captions = ("left side", "right side", "left − right")
    values = (*arrays, arrays[0] - arrays[1])
    return tuple(Panel(caption, _flat(each)) for caption, each in zip(captions, values, strict=True))


def _numbers(text: str) -> Any:
    """Nested lists of exact numbers, or None where the text is something else.

    >>> _numbers("[[1, -1/2], [0.5, 0]]")
    [[Fraction(1, 1), Fraction(-1, 2)], [Fraction(1, 2), Fraction(0, 1)]]
    >>> _numbers("undefined: division by zero") is None
    True
    """
    text = text.replace("≈ ", "")  # digits of a number that is not rational, enough for a picture
    if not CHARACTERS.fullmatch(text):
        return None
    try:
        return _exact(json.loads(re.sub(NUMBER, lambda found: f'"{found[0]}"', text)))
    except (ValueError, ZeroDivisionError, RecursionError):
        return None


def _exact(value: Any) -> Any:
    return [_exact(item) for item in value] if isinstance(value, list) else Fraction(value)


def _flat(values: Any) -> Any:
    """As a matrix, a row where there is one axis, or a grid of matrices."""
    import numpy as np

    squeezed = np.squeeze(values)
    if squeezed.ndim <= 2:
        return np.atleast_2d(squeezed)
    return squeezed.reshape(-1, *squeezed.shape[-3:]) if squeezed.ndim > 3 else squeezed[None]

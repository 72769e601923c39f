"""A picture that illustrates a file of claims: what its operations do to a photograph. It proves nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any


@dataclass(frozen=True)
class Picture:
    """A function from a photograph to captioned arrays, which a report shows where it stands among the claims.

    `takes_photo` is false for a function without parameters, which draws filters, say, and no photograph.
    """

    name: str
    file: str
    line: int
    doc: str
    takes_photo: bool
    function: Callable[..., Mapping[str, Any]] = field(repr=False)

    def __call__(self, *photo: Any) -> Mapping[str, Any]:
        """What the function gives."""
        return self.function(*photo)


def picture(function: Callable[..., Mapping[str, Any]], /) -> Picture:
    """Mark a function of a proof file as a picture for `symconv report`.

    It takes a photograph, an array of shape (3, 360, 360) with red, green and blue between 0 and 1 (or takes nothing),
    and gives a dictionary from captions to arrays; its docstring is the caption of the whole. symconv's operations mean
    their NumPy twins in it, so that the same code that a claim is about makes the picture. An array of shape (m, n) is
    shown in gray, or in blue, white and red where it has negative entries; a small one as a heat map with its numbers;
    (3, m, n) as a colour image; (channels, channels, m, n), a filter, as a grid of heat maps.

    Raises: TypeError on what is not a function of at most one parameter.

    >>> @picture
    ... def negative(photo):
    ...     '''A photograph and its negative.'''
    ...     return {"photo": photo, "1 - photo": 1 - photo}
    >>> negative.takes_photo, list(negative(0))
    (True, ['photo', '1 - photo'])
    """
    if not isinstance(function, FunctionType):
        raise TypeError(f"@picture takes a function, and got {type(function).__name__}")
    parameters = inspect.signature(function).parameters
    if len(parameters) > 1:
        raise TypeError(
            f"@picture {function.__name__} has the parameters {', '.join(parameters)}; "
            "a picture takes one, the photograph, or none"
        )
    code = function.__code__
    doc = inspect.cleandoc(function.__doc__ or "")
    return Picture(function.__name__, code.co_filename, code.co_firstlineno, doc, bool(parameters), function)


def pictures_of(namespace: Mapping[str, Any]) -> list[Picture]:
    """The pictures that are defined in the module of this namespace, each once, in the order of their lines."""
    found = {id(value): value for value in namespace.values() if isinstance(value, Picture)}
    own = (each for each in found.values() if getattr(each.function, "__globals__", namespace) is namespace)
    return sorted(own, key=lambda each: each.line)

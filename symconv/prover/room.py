"""The hypothesis on sizes that a side lacks to have a value, where it is easily said: how an axis is to be written."""

from __future__ import annotations

from collections.abc import Mapping

from symconv.claims import Claim, SizeType
from symconv.kernel import index as ix
from symconv.kernel.index import IndexTerm, IndexVar


def advice(claim: Claim, room: IndexTerm, failed_at: Mapping[str, int]) -> str | None:
    """How to assume that there is room, which is at least 0 where the window or the index fits; ``None`` if not easily.

    An axis n with the room n - r is written as n + r - 1, which leaves the room n - 1, and every size is at least 1.
    """
    sizes = {variable.name: variable for variable in room.variables()}
    if not set(sizes) <= set(failed_at) or room.evaluate({v: failed_at[name] for name, v in sizes.items()}) >= 0:
        return None
    for name, variable in sizes.items():
        rest = _without(room, variable)
        if rest is not None and _is_axis_alone(claim, name):
            more = -rest - 1
            written = str(ix.index(variable) + more) if str(more).startswith("-") else f"{name} + {more}"
            return f'a side has a value only where {room} >= 0: write the axis "{name}" as "{written}" to assume it'
    return None


def _without(room: IndexTerm, variable: IndexVar) -> IndexTerm | None:
    """The room less a size that occurs in it once, with the factor 1."""
    rest = room - ix.index(variable)
    plain = dict(room.terms).get((variable,)) == 1 and variable not in set(rest.variables())
    return rest if plain else None


def _is_axis_alone(claim: Claim, name: str) -> bool:
    """Whether a size is an axis of its own and nothing else, so that writing it in another way changes no more."""
    named = [dimension for dimension in claim.dimensions if name in dimension.names]
    size = any(isinstance(p.type, SizeType) and p.name == name for p in claim.parameters)
    return not size and [str(dimension) for dimension in named] == [name]

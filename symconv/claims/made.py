"""Which claims are made meanwhile: a file that is loaded may have made more of them than it holds in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symconv.claims.statement import Claim

# A tuple, so that nobody can add to the default; the list in it is the innermost block's own.
_RECORDS: ContextVar[tuple[list[Claim], ...]] = ContextVar("the records of the blocks that are under way", default=())


@contextlib.contextmanager
def claims_made() -> Iterator[list[Claim]]:
    """The claims that are made in the block, in order.

    >>> from symconv.claims import claim
    >>> with claims_made() as made:
    ...     for number in range(2):
    ...         @claim
    ...         def stated(): ...
    >>> [each.name for each in made]
    ['stated', 'stated']
    """
    record: list[Claim] = []
    token = _RECORDS.set((record,))
    try:
        yield record
    finally:
        _RECORDS.reset(token)


def note(claim: Claim) -> Claim:
    """Put a new claim on record, where one is kept."""
    for record in _RECORDS.get():
        record.append(claim)
    return claim

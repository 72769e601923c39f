"""Python's own names (`len`, `all`, `print`) mean the same after a user's code as before: proofs rest on them."""

from __future__ import annotations

import builtins
from types import TracebackType
from typing import Any, Final

_NAMES: Final = vars(builtins)
_LAST_SHOWN: Final = "_"
"""An interactive Python keeps there what it has shown last."""


class BuiltinsKept:
    """Put back, after the block, what it has put in the place of Python's own names; ``changed`` then lists these.

    Written by syntax alone, since each name that leaving could call may be one that was changed.

    >>> with BuiltinsKept() as kept:
    ...     builtins.len = lambda value: 3
    >>> kept.changed, len([])
    (('len',), 0)
    """

    def __init__(self) -> None:
        self.changed: tuple[str, ...] = ()
        self._former: dict[str, Any] = {}

    def __enter__(self) -> BuiltinsKept:
        self._former = {**_NAMES}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._former:
            if name != _LAST_SHOWN and (name not in _NAMES or _NAMES[name] is not self._former[name]):
                _NAMES[name] = self._former[name]
                self.changed = (*self.changed, name)

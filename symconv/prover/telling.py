"""A derivation as Unicode text: one line for each ``=``, with its reason. Indices start at 0, as in Python."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.kernel import index as ix
from symconv.kernel.general.gate import Theorem
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Lambda
from symconv.printing.indices import Indices
from symconv.printing.plain import beside, plain
from symconv.printing.scope import Scope
from symconv.printing.writing import TooLong, Writer
from symconv.prover.derivation import Line

_TOO_LONG = "(too long to be read)"


def derivation_text(theorem: Theorem, lines: Sequence[Line]) -> str:
    """The lines one below the other, and where their free indices run; a line that looks like the last is left out."""
    scope = Scope(0, [size.name for size in theorem.goal.sizes])
    ranges = [(scope.declare(variable, extent, named=True), extent) for variable, extent in theorem.goal.ranges]
    shape = next((line.tensor.shape for line in lines if line.tensor.shape), ())
    axes = scope.axes(_long(shape))
    left = iter(axes)
    index = tuple(ix.ZERO if extent.constant == 1 else ix.index(next(left)) for extent in shape)
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        shown = _entry(scope, line.tensor, index)
        if not blocks or blocks[-1][0] != shown or shown == _TOO_LONG:
            blocks.append((shown, []))
        if line.reason and len(blocks) > 1:  # the first is there as it is written
            blocks[-1][1].extend(line.reason.split("; "))
    ranges += zip(axes, _long(shape), strict=True)
    told = [_line(shown, reasons, first=number == 0) for number, (shown, reasons) in enumerate(blocks)]
    return "\n".join([*([f"for {', '.join(_range(scope, *each) for each in ranges)}:"] if ranges else []), *told])


def _long(shape: Sequence[IndexTerm]) -> tuple[IndexTerm, ...]:
    """The extents along which there is more than one place."""
    return tuple(extent for extent in shape if extent.constant != 1)


def _entry(scope: Scope, tensor: Lambda, index: Sequence[IndexTerm]) -> str:
    try:
        return plain(Writer(scope).entry(tensor, index if tensor.variables else ()))
    except TooLong:
        return _TOO_LONG


def _range(scope: Scope, variable: IndexVar, extent: IndexTerm) -> str:
    return f"0 ≤ {scope.symbol(variable).text} < {plain(Indices(scope).value(extent))}"


def _line(shown: str, reasons: Sequence[str], *, first: bool) -> str:
    reason = f"   ({'; '.join(dict.fromkeys(reasons))})" if reasons else ""
    return beside("  " if first else "= ", shown, reason)

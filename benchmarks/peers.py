"""How other engines decide a family: each builds its own entries and tests its own differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

from families import Family, grid

Peer = Callable[[Family, int], bool]


def _named(family: Family, n: int) -> dict[tuple[str, tuple[int, ...]], str]:
    """A name for each unknown entry."""
    return {
        (tensor, position): "_".join([tensor, *map(str, position)])
        for tensor, shape in family.shapes(n).items()
        for position in grid(*shape)
    }


def _unknowns(family: Family, n: int, values: Iterable[Any]) -> dict[str, dict[tuple[int, ...], Any]]:
    """The engine's unknowns, in the order of their names, by tensor and position."""
    found: dict[str, dict[tuple[int, ...], Any]] = {}
    for (tensor, position), value in zip(_named(family, n), values, strict=True):
        found.setdefault(tensor, {})[position] = value
    return found


def _sympy_sides(family: Family, n: int) -> Any:
    import sympy

    symbols = map(sympy.Symbol, _named(family, n).values())
    return family.sides(n, _unknowns(family, n, symbols), lambda values: sympy.Add(*values))


def sympy_simplify(family: Family, n: int) -> bool:
    import sympy

    return all(sympy.simplify(left - right) == 0 for left, right in _sympy_sides(family, n))


def sympy_expand(family: Family, n: int) -> bool:
    import sympy

    return all(sympy.expand(left - right) == 0 for left, right in _sympy_sides(family, n))


def sympy_ring(family: Family, n: int) -> bool:
    import sympy

    ring, *generators = sympy.ring(list(_named(family, n).values()), sympy.QQ)
    sides = family.sides(n, _unknowns(family, n, generators), lambda values: ring.add(*values))
    return all(left - right == 0 for left, right in sides)


def z3_solver(family: Family, n: int) -> bool:
    """No point at which some entry differs."""
    import z3

    sides = family.sides(n, _unknowns(family, n, map(z3.Real, _named(family, n).values())), z3.Sum)
    solver = z3.SimpleSolver()
    solver.add(z3.Or([left != right for left, right in sides]))
    return bool(solver.check() == z3.unsat)


def z3_simplify(family: Family, n: int) -> bool:
    """Each difference as a sum of monomials."""
    import z3

    sides = family.sides(n, _unknowns(family, n, map(z3.Real, _named(family, n).values())), z3.Sum)
    return all(z3.simplify(left - right, som=True).eq(z3.RealVal(0)) for left, right in sides)


def flint_polynomials(family: Family, n: int) -> bool:
    from flint import Ordering, fmpq_mpoly_ctx

    context = fmpq_mpoly_ctx.get(list(_named(family, n).values()), Ordering.lex)
    sides = family.sides(n, _unknowns(family, n, context.gens()), sum)
    return all(left == right for left, right in sides)


_PEERS: dict[str, tuple[str, Peer]] = {
    "sympy.simplify": ("sympy", sympy_simplify),
    "sympy.expand": ("sympy", sympy_expand),
    "sympy PolyRing": ("sympy", sympy_ring),
    "z3 SimpleSolver": ("z3", z3_solver),
    "z3.simplify(som=True)": ("z3", z3_simplify),
    "python-flint fmpq_mpoly": ("flint", flint_polynomials),
}


def installed() -> dict[str, Peer]:
    """The peers that can be imported here."""
    return {name: peer for name, (module, peer) in _PEERS.items() if find_spec(module) is not None}

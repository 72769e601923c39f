"""(d) The gradient of a two-layer network by its weights, sigma abstract, against SymPy's diff and expand."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from families import grid
from statements import proved_bounded, proved_in_general, shifted_weight_gradient, weight_gradient
from timing import Runs, Target, milliseconds, side_by_side, table

WIDTHS = (2, 3, 4, 5, 6)
CLAIMS = {"plain": weight_gradient, "shifted": shifted_weight_gradient}

Cells = dict[str, dict[int, dict[str, float]]]


def sympy_gradient(w: int, *, shifted: bool) -> bool:
    """dy_k/dA_ij - C_ki sigma'(A x + b)_i x_j expands to 0 for all k, i, j."""
    import sympy

    def vector(name: str) -> list[Any]:
        return [sympy.Symbol(f"{name}_{i}") for i in range(w)]

    def matrix(name: str) -> list[list[Any]]:
        return [vector(f"{name}_{i}") for i in range(w)]

    def affine(rows: list[list[Any]], column: list[Any], shift: list[Any]) -> list[Any]:
        return [sympy.Add(*(rows[i][j] * column[j] for j in range(w)), shift[i]) for i in range(w)]

    A, b, C, d, x = matrix("A"), vector("b"), matrix("C"), vector("d"), vector("x")
    other = affine(A, x, b)
    if shifted:
        E, f = matrix("E"), vector("f")
        AE = [[sympy.Add(*(A[i][j] * E[j][k] for j in range(w))) for k in range(w)] for i in range(w)]
        other, x = affine(AE, x, affine(A, f, b)), affine(E, x, f)
    sigma, z = sympy.Function("sigma"), sympy.Symbol("z")
    slope = [sigma(z).diff(z).subs(z, v) for v in other]
    y = affine(C, [sigma(v) for v in affine(A, x, b)], d)
    return all(sympy.expand(y[k].diff(A[i][j]) - C[k][i] * slope[i] * x[j]) == 0 for k, i, j in grid(w, w, w))


def measure(runs: Runs, *, quick: bool) -> Cells:
    """``found["plain"][w]``: seconds of each engine at width w; the general proof is for every width."""
    found: Cells = {}
    for name, claim in CLAIMS.items():
        found[name] = {}
        for w in WIDTHS[:3] if quick else WIDTHS:
            engines = {
                "general": lambda claim=claim: proved_in_general(claim),
                "bounded": lambda claim=claim, w=w: proved_bounded(claim, {"w": w}),
            }
            if find_spec("sympy") is not None:
                engines["sympy diff, expand"] = lambda w=w, name=name: sympy_gradient(w, shifted=name == "shifted")
            found[name][w] = side_by_side(engines, runs)
    return found


def report(cells: Cells) -> str:
    widths = list(next(iter(cells.values())))
    rows = [
        (f"{name}, {engine}", *(milliseconds(at[w][engine]) for w in widths))
        for name, at in cells.items()
        for engine in at[widths[0]]
    ]
    return table(("ms at width", *map(str, widths)), rows)


def targets(cells: Cells) -> list[Target]:
    """None is set for this family: the table shows the ratios."""
    return []


def as_data(cells: Cells) -> Any:
    return cells

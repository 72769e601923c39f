"""What a claim assumes, as a mathematician writes it after "for all"."""

from __future__ import annotations

import itertools

from symconv.claims import Claim, FunctionType, IndexType, Parameter, ScalarType, SizeType, TensorType
from symconv.claims.dimensions import Dimension
from symconv.faces.exposing.formulas import dimension, formula, joined
from symconv.faces.exposition import Formula
from symconv.printing import notation as n
from symconv.printing.scope import Scope

_REALS = Formula(r"\mathbb{R}", "ℝ")
_SIGNS = {"real": (r"\in \mathbb{R}", "∈ ℝ"), "positive": ("> 0", "> 0"), "nonnegative": (r"\ge 0", "≥ 0")}
_SIGNED_REALS = {"real": ("", ""), "positive": ("_{> 0}", ">0"), "nonnegative": (r"_{\ge 0}", "≥0")}
_KINDS = {"nondecreasing": "non-decreasing", "differentiable": "continuously differentiable", "smooth": "smooth"}


def hypotheses(claim: Claim, scope: Scope) -> tuple[Formula, ...]:
    """Each hypothesis; parameters of one kind in a row share one."""
    found = [_at_least_one(scope, claim.sizes)] if claim.sizes else []
    found += [_positive(scope, size) for size in claim.restrictions]
    rest = [p for p in claim.parameters if not isinstance(p.type, SizeType)]
    for kind, group in itertools.groupby(rest, key=lambda p: p.type):
        found.append(_of_kind(scope, kind, list(group)))
    return tuple(found)


def _at_least_one(scope: Scope, names: tuple[str, ...]) -> Formula:
    shown = joined((formula(n.Symbol(scope.named(name))) for name in names), ", ")
    return Formula(rf"{shown.latex} \ge 1", f"{shown.text} ≥ 1")


def _positive(scope: Scope, size: Dimension) -> Formula:
    return formula(n.Relation((dimension(scope, size), n.Integer(1)), (">=",)))


def _of_kind(scope: Scope, kind: object, parameters: list[Parameter]) -> Formula:
    names = joined((formula(n.Symbol(scope.named(p.name))) for p in parameters), ", ")
    match kind:
        case TensorType():
            shape = _space(scope, kind.dimensions, kind.sign)
            return Formula(rf"{names.latex} \in {shape.latex}", f"{names.text} ∈ {shape.text}")
        case ScalarType():
            latex, text = _SIGNS[kind.sign]
            return Formula(f"{names.latex} {latex}", f"{names.text} {text}")
        case IndexType(extent):
            low, shown = n.Integer(scope.origin), formula(dimension(scope, extent))
            sign = (r"\le", "≤") if scope.origin else ("<", "<")
            return Formula(
                rf"{formula(low).latex} \le {names.latex} {sign[0]} {shown.latex}",
                f"{formula(low).text} ≤ {names.text} {sign[1]} {shown.text}",
            )
        case FunctionType():
            return _function(scope, kind, names)
        case _:
            raise TypeError(f"no kind of parameter: {kind!r}")


def _function(scope: Scope, kind: FunctionType, names: Formula) -> Formula:
    source = _REALS if kind.domain is None else _space(scope, (kind.domain,))
    target = _REALS if kind.codomain is None else _space(scope, (kind.codomain,))
    word = _KINDS.get(kind.kind, "")
    latex = rf"{names.latex} \colon {source.latex} \to {target.latex}" + (rf" \text{{ {word}}}" if word else "")
    return Formula(latex, f"{names.text}: {source.text} → {target.text}" + (f" {word}" if word else ""))


def _space(scope: Scope, dimensions: tuple[Dimension, ...], sign: str = "real") -> Formula:
    """R^{C x m k x m k}; the numbers themselves without dimensions."""
    latex, text = _SIGNED_REALS[sign]
    if not dimensions:
        return Formula(rf"\mathbb{{R}}{latex}", f"ℝ{text}")
    parts = []
    for size in dimensions:
        shown = dimension(scope, size)
        part = formula(shown)
        wrapped = len(dimensions) > 1 and n.level(shown) <= n.Level.SUM
        parts.append(Formula(f"({part.latex})", f"({part.text})") if wrapped else part)
    inside = joined(parts, r" \times ", " × ")
    simple = len(parts) == 1 and len(parts[0].text) == 1
    power = f"^{inside.text}" if simple else f"^({inside.text})"
    return Formula(rf"\mathbb{{R}}{latex}^{{{inside.latex}}}", f"ℝ{text}{power}")

"""Mutants: a claim's source changed in one place, as a slip of its author would change it.

`sites` lists the changes that its syntax tree admits, by kind; `mutant` makes one of them. What comes out is the source
of a file with that one claim, its imports and helpers, so that it can be pasted.
"""

from __future__ import annotations

import ast
import copy
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

FOLDS = ("summation", "maximum_over", "minimum_over", "fromfunction")
TWINS = {
    "max": "min",
    "min": "max",
    "sum": "mean",
    "mean": "sum",
    "maximum": "minimum",
    "minimum": "maximum",
    "max_pool2d": "avg_pool2d",
    "avg_pool2d": "max_pool2d",
    "max_pool1d": "avg_pool1d",
    "avg_pool1d": "max_pool1d",
    "maximum_over": "minimum_over",
    "relu": "abs",
    "abs": "relu",
    "softmax": "log_softmax",
    "tanh": "sigmoid",
    "sigmoid": "tanh",
    "exp": "tanh",
    "ones": "zeros",
    "flip": "roll",
    "concat": "stack",
}
WEAKER = {"Positive": "Real", "Nonnegative": "Real", "Nondecreasing": "Function"}
COMPARISONS: dict[type, type] = {
    ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Eq: ast.GtE, ast.NotEq: ast.Eq,
}  # fmt: skip
Change = Callable[[], None]


@dataclass(frozen=True)
class Site:
    """A change in place of a tree: what kind, and how."""

    kind: str
    change: Change


def claims_in(source: str) -> list[str]:
    """The names of the claims and fallacies of a file."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and is_claim(node)]


def is_claim(node: ast.FunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id in ("claim", "fallacy") for d in node.decorator_list)


def alone(source: str, name: str) -> ast.Module:
    """The file with one of its claims: without the others, docstrings, what only they use, and `run`."""
    module = ast.parse(source)
    own = next(n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == name)
    own.decorator_list = [ast.Name("claim", ast.Load())]
    if ast.get_docstring(own):
        own.body = own.body[1:]
    others = [
        node
        for node in module.body
        if not isinstance(node, ast.Expr) and not (isinstance(node, ast.FunctionDef) and is_claim(node))
    ]
    module.body = [*others, own]
    _without_unused(module, own)
    return module


def _without_unused(module: ast.Module, own: ast.FunctionDef) -> None:
    used, before = _names(own), set[str]()
    while used != before:
        before = set(used)
        for node in module.body:
            if isinstance(node, ast.FunctionDef | ast.Assign) and used & set(_defined(node)):
                used |= _names(node)
    kept: list[ast.stmt] = []
    for node in module.body:
        if isinstance(node, ast.ImportFrom | ast.Import):
            node.names = [alias for alias in node.names if (alias.asname or alias.name) in used]
            kept += [node] if node.names else []
        elif node is own or used & set(_defined(node)):
            kept.append(node)
    module.body = kept


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    for target in getattr(node, "targets", [getattr(node, "target", None)]):
        yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name)) if target is not None else ()


def mutant(source: str, name: str, source_of_choice: random.Random) -> tuple[str, str] | None:
    """One mutant of a claim, and the kind of its change; None where nothing can be changed."""
    module = alone(source, name)
    own = module.body[-1]
    before = ast.unparse(module)
    found = list(sites(own))
    kinds = sorted({site.kind for site in found})
    if not kinds:
        return None
    kind = source_of_choice.choice(kinds)
    source_of_choice.choice([site for site in found if site.kind == kind]).change()
    text = ast.unparse(ast.fix_missing_locations(_with_imports(module)))
    return (text, kind) if text != before else None


def _with_imports(module: ast.Module) -> ast.Module:
    """The names that a change brought in are imported too."""
    imported = {a.asname or a.name for n in module.body if isinstance(n, ast.ImportFrom) for a in n.names}
    new = (_names(module) & {*TWINS, *TWINS.values(), *WEAKER.values(), "Tensor", "claim"}) - imported
    own = {name for node in module.body for name in _defined(node)} | _bound(module)
    for name in sorted(new - own):
        module.body.insert(0, ast.ImportFrom("symconv", [ast.alias(name)], 0))
    return module


def _bound(module: ast.Module) -> set[str]:
    stored = {n.id for n in ast.walk(module) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(module) if isinstance(n, ast.arg)}


def sites(function: Any) -> Iterator[Site]:
    """The places of a claim that can be changed."""
    for argument in function.args.args:
        yield from _of_annotation(argument)
    yield from _of_sizes(function)
    for statement in function.body:
        for node in ast.walk(statement):
            for rule in RULES:
                yield from rule(node)


def _of_sizes(function: Any) -> Iterator[Site]:
    """A size for another: one stride for two, or that of the other axis."""
    kinds = {argument.arg: argument.annotation for argument in function.args.args}
    sizes = [name for name, kind in kinds.items() if isinstance(kind, ast.Name) and kind.id == "Size"]
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id in sizes:
                yield from (Site("size", _set(node, "id", other)) for other in sizes if other != node.id)


def _set(node: Any, name: str, value: Any) -> Change:
    return lambda: setattr(node, name, value)


def _put(items: list[Any], place: int, value: Any) -> Change:
    return lambda: items.__setitem__(place, value)


def _number(value: int) -> ast.Constant:
    return ast.Constant(value)


def _plus(node: Any, value: int) -> ast.BinOp:
    operator: ast.operator = ast.Add() if value > 0 else ast.Sub()
    return ast.BinOp(copy.deepcopy(node), operator, _number(abs(value)))


def _of_annotation(argument: ast.arg) -> Iterator[Site]:
    """A weaker hypothesis: another kind, or a dimension that says less."""
    node = argument.annotation
    if isinstance(node, ast.Name) and node.id in WEAKER:
        yield Site("hypothesis", _set(node, "id", WEAKER[node.id]))
    if not isinstance(node, ast.Subscript):
        return
    if isinstance(node.value, ast.Name) and node.value.id in ("Positive", "Nonnegative"):
        yield Site("hypothesis", _set(node.value, "id", "Tensor"))
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for item in items:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            for changed in _dimensions(item.value):
                yield Site("dimension", _set(item, "value", changed))


def _dimensions(text: str) -> Iterator[str]:
    if " - 1" in text:
        yield text.replace(" - 1", "")
    if "*" in text:
        yield text.replace("*", " + ", 1)
        yield text.partition("*")[0]
    yield f"{text} + 1"


def _of_index(node: ast.AST) -> Iterator[Site]:
    if not isinstance(node, ast.Subscript):
        return
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else None
    for place, item in enumerate(items or [node.slice]):
        if isinstance(item, ast.Slice):
            for bound in ("lower", "upper"):
                if getattr(item, bound) is not None:
                    yield Site("slice", _set(item, bound, _plus(getattr(item, bound), 1)))
            if isinstance(item.step, ast.Constant):
                yield Site("slice", _set(item, "step", _number(int(item.step.value) + 1)))
        elif not isinstance(item, ast.Constant):
            for shift in (1, -1):
                changed = _plus(item, shift)
                yield Site("index", _put(items, place, changed) if items else _set(node, "slice", changed))
    if items and len(items) > 1 and not any(isinstance(i, ast.Slice | ast.Constant) for i in items):
        yield Site("indices exchanged", lambda: items.reverse())


def _of_operator(node: ast.AST) -> Iterator[Site]:
    if isinstance(node, ast.BinOp):
        match node.op:
            case ast.Add():
                yield Site("sign", _set(node, "op", ast.Sub()))
            case ast.Sub():
                yield Site("sign", _set(node, "op", ast.Add()))
            case ast.Mult():
                yield Site("operation", _set(node, "op", ast.Add()))
            case ast.Div():
                yield Site("operation", _set(node, "op", ast.Mult()))
            case ast.MatMult():
                yield Site("factors exchanged", lambda: _exchange(node))
                yield Site("transposed", lambda: setattr(node, "left", ast.Attribute(node.left, "T", ast.Load())))
                yield Site("transposed", lambda: setattr(node, "right", ast.Attribute(node.right, "T", ast.Load())))
            case ast.Pow():
                yield Site("operation", _set(node, "op", ast.Mult()))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield Site("sign", _set(node, "op", ast.UAdd()))


def _exchange(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _of_constant(node: ast.AST) -> Iterator[Site]:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield Site("constant", _set(node, "value", node.value + 1))
        if node.value > 0:
            yield Site("constant", _set(node, "value", node.value - 1))


def _of_call(node: ast.AST) -> Iterator[Site]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in FOLDS:
        yield from _of_ranges(node)
    if isinstance(node.func, ast.Name) and name in TWINS:
        yield Site("function", _set(node.func, "id", TWINS[name]))
    if isinstance(node.func, ast.Attribute) and name in ("max", "min", "sum", "mean"):
        yield Site("function", _set(node.func, "attr", TWINS[name]))
    if name == "where" and len(node.args) == 3:
        yield Site("condition dropped", lambda: node.args.__setitem__(2, copy.deepcopy(node.args[1])))
        yield Site("branches exchanged", lambda: node.args.__setitem__(slice(1, 3), node.args[:0:-1]))
    if name == "einsum" and isinstance(node.args[0], ast.Constant):
        yield from _of_subscripts(node.args[0])
    if name not in ("by", "equal", "where", "einsum", *FOLDS) and len(node.args) == 2:
        yield Site("arguments exchanged", lambda: node.args.reverse())
    yield from _of_keywords(node)


def _of_ranges(node: ast.Call) -> Iterator[Site]:
    ranges: list[Any] = node.args
    if isinstance(node.func, ast.Name) and node.func.id == "fromfunction":
        return
    for place in range(1, len(ranges)):
        given = ranges[place]
        if isinstance(given, ast.Tuple):
            yield Site("range", _put(given.elts, 1, _plus(given.elts[1], -1)))
        elif not isinstance(given, ast.Starred):
            yield Site("range", _put(ranges, place, _plus(given, -1)))
            yield Site("range", _put(ranges, place, _plus(given, 1)))


def _of_subscripts(node: ast.Constant) -> Iterator[Site]:
    left, arrow, output = str(node.value).partition("->")
    if len(output) > 1:
        yield Site("subscripts", _set(node, "value", left + arrow + output[::-1]))
    terms = left.split(",")
    for place, term in enumerate(terms):
        if len(term) > 1 and "." not in term:
            changed = [*terms[:place], term[::-1], *terms[place + 1 :]]
            yield Site("subscripts", _set(node, "value", ",".join(changed) + arrow + output))


def _of_keywords(node: ast.Call) -> Iterator[Site]:
    named = {k.arg: k for k in node.keywords}
    for one, two in (("stride", "padding"), ("stride", "dilation"), ("padding", "dilation"), ("padding", "groups")):
        if one in named and two in named:
            yield Site("options exchanged", lambda a=named[one], b=named[two]: _exchange_values(a, b))  # type: ignore[misc]
        elif one in named or two in named:
            given, other = (one, two) if one in named else (two, one)
            if given in ("stride", "padding", "dilation") and other in ("stride", "padding", "dilation"):
                yield Site("options exchanged", _set(named[given], "arg", other))
    for keyword in node.keywords:
        if keyword.arg in ("axis", "axes"):
            yield from _of_axis(keyword)
        elif keyword.arg is not None:
            yield Site("option dropped", lambda k=keyword: node.keywords.remove(k))  # type: ignore[misc]
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool):
            yield Site("option", _set(keyword.value, "value", not keyword.value.value))


def _exchange_values(one: ast.keyword, two: ast.keyword) -> None:
    one.value, two.value = two.value, one.value


def _of_axis(keyword: ast.keyword) -> Iterator[Site]:
    if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int):
        for axis in (0, 1, -1):
            if axis != keyword.value.value:
                yield Site("axis", _set(keyword, "value", _number(axis)))
    else:
        yield Site("axis", _set(keyword, "value", _number(0)))


def _of_comparison(node: ast.AST) -> Iterator[Site]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield Site("comparison", _put(node.ops, 0, COMPARISONS[type(node.ops[0])]()))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        yield Site("condition dropped", lambda: setattr(node, "left", copy.deepcopy(node.right)))
        yield Site("condition dropped", lambda: setattr(node, "right", copy.deepcopy(node.left)))
        yield Site("comparison", _set(node, "op", ast.BitOr()))


def _of_transpose(node: ast.AST) -> Iterator[Site]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.Attribute) and value.attr == "T":
            yield Site("transposed", _set(node, name, value.value))
        if isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, ast.Attribute) and item.attr == "T":
                    yield Site("transposed", _put(value, place, item.value))


RULES = [_of_index, _of_operator, _of_constant, _of_call, _of_comparison, _of_transpose]


def renamed(text: str, name: str, new: str) -> str:
    """The source with its claim under another name."""
    return re.sub(rf"\b{name}\b", new, text)

"""Claims that a file defines and loses: a second definition of the same name takes the place of the first, say.

Python says nothing of that, and a claim that is not there cannot fail, so it is an error of the file. Its text tells
what was defined, a record tells what was made while it ran (by a function that is called in a loop, say), and the
module that it has become tells what is left.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.claims import Claim

Branches = Mapping[int, str]
"""For each `if`, `try` and `match` around a definition the branch in which it stands."""


@dataclass(frozen=True)
class _Definition:
    """A function or class at the top level of a file; ``mark`` is the name of its outermost decorator, if it has one
    that makes a claim or picture of it.
    """

    name: str
    line: int
    mark: str | None
    branches: Branches

    def may_follow(self, earlier: _Definition) -> bool:
        """Whether one run of the file may come to both: they are not in two branches of one statement."""
        return all(self.branches.get(key, branch) == branch for key, branch in earlier.branches.items())


def lost_claim(source: bytes, namespace: Mapping[str, Any], made: Iterable[Claim] = ()) -> tuple[int, str] | None:
    """The line of the first claim that the file loses, and what has become of it; None where all are there."""
    body = ast.parse(source).body
    return _redefined(body, namespace) or _held_by_nothing(body, namespace, made)


def _held_by_nothing(
    body: list[ast.stmt], namespace: Mapping[str, Any], made: Iterable[Claim]
) -> tuple[int, str] | None:
    """The first of the claims that were made to which no name of the file leads, but for those that it deletes."""
    from symconv.claims import claims_of
    from symconv.claims.statement import is_of

    # By function: a claim under another name, made by `dataclasses.replace`, is there.
    kept = {id(each.function) for each in claims_of(namespace)}
    deleted = set(_deleted(body)) - namespace.keys()
    for each in made:
        if is_of(each, namespace) and id(each.function) not in kept and each.name not in deleted:
            reason = "is lost, since no name of the file stands for it once the file has run"
            remedy = f"give each a name of its own, and write other decorators below @{each.kind}"
            return each.line, f"{each.kind} {each.name} {reason}; {remedy}"
    return None


def _deleted(body: list[ast.stmt]) -> Iterator[str]:
    """The names that these statements delete in the module itself."""
    for statement in body:
        if isinstance(statement, ast.Delete):
            yield from (each.id for each in statement.targets if isinstance(each, ast.Name))
        for _, inner in _blocks(statement):
            yield from _deleted(inner)


def _redefined(body: list[ast.stmt], namespace: Mapping[str, Any]) -> tuple[int, str] | None:
    """The first claim or picture of which another definition has taken the name."""
    from symconv.claims import Claim, Picture

    kept = {each.line for each in namespace.values() if isinstance(each, Claim | Picture)}
    found = list(_definitions(body, namespace, {}))
    for number, each in enumerate(found):
        if each.mark is None or each.line in kept or each.name not in namespace:
            continue
        later = next((d for d in found[number + 1 :] if d.name == each.name and d.may_follow(each)), None)
        if later is not None:
            reason = f"is lost, since line {later.line} defines {each.name} again; give each a name of its own"
            return each.line, f"{each.mark} {each.name} {reason}"
        if not each.branches:
            return each.line, f"{each.mark} {each.name} is lost, since the file gives its name to something else"
    return None


def _definitions(body: list[ast.stmt], namespace: Mapping[str, Any], branches: Branches) -> Iterator[_Definition]:
    """The functions and classes that these statements define in the module itself, in order."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators = statement.decorator_list
            line = min([statement.lineno, *(each.lineno for each in decorators)])
            mark = _mark(decorators[0], namespace) if decorators else None
            yield _Definition(statement.name, line, mark, branches)
            continue
        for branch, inner in _blocks(statement):
            choice = {} if branch is None else {id(statement): branch}
            yield from _definitions(inner, namespace, {**branches, **choice})


def _blocks(statement: ast.stmt) -> Iterator[tuple[str | None, list[ast.stmt]]]:
    """The blocks of a compound statement; those of which one run takes one are named apart."""
    match statement:
        case ast.If():
            yield from (("if", statement.body), ("else", statement.orelse))
        case ast.Try() | ast.TryStar():
            yield "try", statement.body
            yield from ((f"except {number}", handler.body) for number, handler in enumerate(statement.handlers))
            yield from (("try", statement.orelse), (None, statement.finalbody))
        case ast.Match():
            yield from ((f"case {number}", case.body) for number, case in enumerate(statement.cases))
        case ast.With():
            yield None, statement.body
        case ast.For() | ast.While():
            yield from (("loop", statement.body), ("loop", statement.orelse))


def _mark(decorator: ast.expr, namespace: Mapping[str, Any]) -> str | None:
    """What a decorator makes of a function, where it is one of ours by whatever name: ``@claim``, ``@sc.fallacy()``."""
    from symconv.claims import claim, fallacy, picture

    value = _value(decorator.func if isinstance(decorator, ast.Call) else decorator, namespace)
    return next((each.__name__ for each in (claim, fallacy, picture) if value is each), None)


def _value(expression: ast.expr, namespace: Mapping[str, Any]) -> Any:
    if isinstance(expression, ast.Name):
        return namespace.get(expression.id)
    if isinstance(expression, ast.Attribute):
        owner = _value(expression.value, namespace)
        # Of a module only: to ask anything else could run its code.
        return vars(owner).get(expression.attr) if isinstance(owner, ModuleType) else None
    return None

"""Random terms of the kernel over three sizes n, m, k and an index i < n, and the tensors that they read.

With ``products`` there are strides, dilations and floors that are sizes, and conditions on products of sizes and
indices, some of which mean the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symconv.kernel import calculus
from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.index import IndexTerm, IndexVar
from symconv.kernel.terms import Term

N, M, K = IndexVar("n", 1), IndexVar("m", 1), IndexVar("k", 1)
I = IndexVar("i")
n, m, k, i = map(ix.index, (N, M, K, I))
SIZES = (N, M, K)
X, Y = t.Variable("x", (n,)), t.Variable("y", (m,))
A, B, D = t.Variable("A", (n, m)), t.Variable("B", (n, n)), t.Variable("D", (m * k,))
H, U = t.Variable("h", (2 * n,)), t.Variable("U", (2 * n, 3 * m))
V, C = t.Variable("v", (k * (n - 1) + m,)), t.Variable("C", (k * n, n))
Z, W, P = t.Variable("z", ()), t.Variable("w", ()), t.Variable("p", (n,), "positive")
F = t.FunctionSymbol("F", domain=n, smoothness=None)
SIGMA, RISING = t.FunctionSymbol("sigma", smoothness=None), t.FunctionSymbol("rho", nondecreasing=True)
Scope = list[tuple[IndexVar, IndexTerm]]
KINDS = ["add", "mul", *["sum"] * 3, "square", *["where"] * 2, "sigma", "exp", *["max"] * 2, "network", "tensor"]
KINDS += ["softmax", "slope", "larger", "compare", "absolute"]


@dataclass
class Terms:
    """A random term for each seed. Every node has a source of its own, so that one node can be drawn anew."""

    seed: int
    changed: str | None = None
    products: bool = False
    """Whether there are strides, dilations and floors that are sizes."""
    blocks: bool = False
    """Whether there are axes of 2*n and 3*m, and indices of their blocks."""
    nodes: list[str] = field(default_factory=list)

    def source(self, node: str) -> random.Random:
        self.nodes.append(node)
        return random.Random(f"{self.seed}/{node}" + ("/changed" if node == self.changed else ""))

    def term(self, node: str, scope: Scope, depth: int) -> Term:
        source = self.source(node)
        if depth == 0:
            return self.leaf(node + "l", scope)
        below: Callable[[int], Term] = lambda place: self.term(f"{node}{place}", scope, depth - 1)  # noqa: E731
        match source.choice(KINDS):
            case "add":
                return t.add(below(0), t.negate(below(1)))
            case "mul":
                return t.multiply(below(0), below(1))
            case "sum":
                return self.ranging(t.Sum, node, scope, depth)
            case "square":
                term = self.ranging(t.Sum, node, scope, depth)
                return t.multiply(term, term)
            case "where":
                return t.where(self.condition(node + "c", scope), below(0), below(1))
            case "sigma":
                return t.Apply(source.choice([SIGMA, RISING, calculus.RELU]), below(0))
            case "exp":
                return t.Apply(source.choice([calculus.EXP, calculus.SIGMOID]), below(0))
            case "max":
                return self.ranging(t.MaxOver, node, scope, depth)
            case "larger":
                return t.maximum(
                    below(0), t.multiply(t.number(source.choice([1, -1, 2])), below(source.choice([0, 1])))
                )
            case "compare":
                gap = below(source.choice([0, 1]))
                relation: Any = source.choice(["gt", "ge", "eq"])
                return t.where(t.Compare(gap, source.choice([t.ZERO, t.negate(gap)]), relation), below(0), below(1))
            case "absolute":
                return t.Apply(source.choice([calculus.ABS, calculus.RELU]), below(0))
            case "network":
                place = IndexVar("r")
                return t.Network(
                    F, None, t.Lambda((place,), (n,), self.term(node + "r", [*scope, (place, n)], depth - 1))
                )
            case "tensor":
                return self.tensor(node, scope, depth)
            case "softmax":
                total = self.ranging(t.Sum, node, scope, depth, lambda body: t.Apply(calculus.EXP, body))
                return t.divide(below(1), t.add(t.ONE, total))
            case _:
                position = self.position(node + "p", X.shape, scope)
                return calculus.Derivative(X, position).of(below(0))

    def ranging(
        self, kind: Any, node: str, scope: Scope, depth: int, around: Callable[[Term], Term] = lambda body: body
    ) -> Term:
        variable, extent = IndexVar("a"), self.extent(node + "n", scope)
        return kind(variable, extent, around(self.term(node + "b", [*scope, (variable, extent)], depth - 1)))

    def tensor(self, node: str, scope: Scope, depth: int) -> Term:
        """One definition that is read at two places."""
        variable, extent = IndexVar("v"), self.source(node + "s").choice([n, m, n + 1])
        tensor = t.Lambda((variable,), (extent,), self.term(node + "d", [*scope, (variable, extent)], depth - 1))
        reads = []
        for place in "01":
            index = self.position(node + place, (extent,), scope)
            reads.append(t.where(t.inside(index, (extent,)), t.Read(tensor, index), t.ZERO))
        return t.multiply(*reads)

    def leaf(self, node: str, scope: Scope) -> Term:
        source = self.source(node)
        if scope and source.random() < 0.2:
            return t.index_number(self.index(node + "i", scope))
        known = [X, Y, V, V, C, D, P] if self.products else [X, H, H, U, Y] if self.blocks else [X, X, Y, A, B, D, Z, P]
        variable = source.choice(known)
        position = self.position(node + "p", variable.shape, scope)
        read = t.Entry(variable, position)
        return read if source.random() < 0.1 else t.where(t.inside(position, variable.shape), read, t.ZERO)

    def position(self, node: str, shape: tuple[IndexTerm, ...], scope: Scope) -> tuple[IndexTerm, ...]:
        return tuple(self.index(f"{node}{axis}", scope, extent) for axis, extent in enumerate(shape))

    def index(self, node: str, scope: Scope, extent: IndexTerm | None = None) -> IndexTerm:
        source = self.source(node)
        fitting = [v for v, other in scope if other == extent] or [v for v, _ in scope]
        if not fitting:
            return ix.index(source.choice([0, 0, 1]))
        e, other = ix.index(source.choice(fitting)), ix.index(source.choice(scope)[0])
        if self.products and source.random() < 0.6:
            return self.multiplied(source, e, other)
        if self.blocks and source.random() < 0.6:
            return source.choice(
                [e + n, n * other + e, m * other + e, e - n, 2 * n - 1 - e, e // n, e % n, e // m, 2 * e, e + 2 * m]
            )
        return source.choice([e, e, e, e + 1, e - 1, e + other, e - other, 2 * e, e // 2, (e - 1) % 3, n - 1 - e])

    def multiplied(self, source: random.Random, e: IndexTerm, other: IndexTerm) -> IndexTerm:
        """An index with products or floors by sizes; k is mostly a stride, and m a dilation or another stride."""
        s = source.choice([k, k, m])
        options = [
            s * e,
            s * e + other,
            s * e - other,
            s * e + m - 1,
            k * (e + 1) - other,
            k * e + m * other,
            s * other,
        ]
        options += [
            e // s,
            (e + 1) // s,
            e % s,
            (e + other) // s,
            e - s,
            e - s * other,
            (s * e) // 2,
            (s * e + other) // s,
        ]
        options += [e * other, k * m - 1 - e, s * (n - 1 - e), (m * e) // k, e // (m * k), s * (e // s)]
        return source.choice(options)

    def extent(self, node: str, scope: Scope) -> IndexTerm:
        if self.products and self.source(node + "s").random() < 0.5:
            e = ix.index(scope[-1][0]) if scope else n
            options = [
                k * (n - 1) + m,
                (n - 1) // k + 1,
                n // k,
                (n + m) // k,
                k,
                m * k,
                n * k,
                k * e,
                n - k,
                n - k * e,
            ]
            return self.source(node).choice(
                [*options, e // k + 1, (n - m) // k + 1, k * (m - 1) + 1, (e + k) // k, n * n]
            )
        options = [n, n, m, n + 1, n - 1, n - m, n // 2, 2 * n, m * k, ix.index(2)]
        options += [2 * n, 2 * n, 3 * m, 3 * m, ix.index(2), ix.index(3), 2 * n + 1] if self.blocks else []
        options += [e for v, _ in scope[-1:] for e in (ix.index(v) + 1, ix.index(v), n - v)]
        return self.source(node).choice(options)

    def condition(self, node: str, scope: Scope, depth: int = 2) -> t.Condition:
        source = self.source(node)
        first, second = self.index(node + "x", scope), self.index(node + "y", scope)
        if self.products and source.random() < 0.3:
            return self.alike(node, scope)
        if depth == 0 or source.random() < 0.4:
            return source.choice([t.equals, t.at_least])(first, source.choice([second, n - 1, m]))
        parts = [self.condition(f"{node}{place}", scope, depth - 1) for place in "01"]
        connected = source.choice([t.conjunction, t.disjunction])(*parts)
        return t.negation(connected) if source.random() < 0.3 else connected

    def alike(self, node: str, scope: Scope) -> t.Condition:
        """One of several conditions that mean the same, or almost."""
        e = ix.index(self.source(node + "e").choice(scope)[0]) if scope else n - 1
        written = [
            [t.at_least(n, k * e), t.at_least(n // k, e), t.at_least(n, k * e + 1)],
            [t.at_least(k * (n - 1), k * e), t.at_least(n - 1, e), t.at_least(k * n - 1, k * e), t.at_least(m, k * e)],
            [t.equals(k * e, k * (n - 1)), t.equals(e, n - 1), t.equals(k * e, k * n - 1), t.equals(k * e, m)],
            [t.equals(e // k, 0), t.at_least(k - 1, e), t.at_least(k, e), t.equals(k * (e // k), 0)],
            [t.equals(e % k, 0), t.equals(k * (e // k), e), t.at_least(k * (e // k), e), t.equals(e % m, 0)],
        ]
        return self.source(node + "w").choice(self.source(node + "a").choice(written))

"""Random claims over the whole language, as source text.

A claim is grown as a pair of expressions of one shape. Each node is a row of a table: the shapes of its children, ways
of writing it that are equal, and ways that are not. Both sides are written anew at each node, so that what is grown is
true as far as its author knows; in a false one, one node is written wrongly on the right. Who is right is for the judge
to say: rows are not trusted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import symconv

Shape = tuple[str, ...]
DIMENSIONS = ["n", "n", "m", "m", "k", "3", "2", "2*n", "n + 1", "m*k", "n + k - 1", "n + 2", "n - 1", "(n + 1)//2"]


@dataclass(frozen=True)
class Row:
    """A node of a rank: its children's shapes in the letters N, M, P of its own and K of a new size."""

    children: tuple[str, ...]
    equal: tuple[str, ...]
    wrong: tuple[str, ...] = ()


def row(children: str, equal: Sequence[str], wrong: Sequence[str] = ()) -> Row:
    return Row(tuple(children.split("|")) if children else (), tuple(equal), tuple(wrong))


ENTRYWISE = [  # the children S are of the node's own shape
    row("S|S", ["{0} + {1}", "{1} + {0}", "{0} - (-{1})", "2*{0} - {0} + {1}"], ["{0} - {1}", "{0} + {0}"]),
    row("S|S", ["{0}*{1}", "{1}*{0}", "(({0} + {1})**2 - ({0} - {1})**2)/4"], ["{0}*{0}", "({0} + {1})**2/2"]),
    row("S|S|S", ["{0}*({1} + {2})", "{0}*{1} + {0}*{2}"], ["{0}*{1} + {2}", "{0}*{1} + {1}*{2}"]),
    row(
        "S|S",
        [
            "maximum({0}, {1})",
            "maximum({1}, {0})",
            "{0} + relu({1} - {0})",
            "-minimum(-{0}, -{1})",
            "where({0} > {1}, {0}, {1})",
            "where({0} >= {1}, {0}, {1})",
            "({0} + {1} + abs({0} - {1}))/2",
        ],
        ["minimum({0}, {1})", "where({0} > {1}, {1}, {0})", "({0} + {1})/2"],
    ),
    row(
        "S",
        ["relu({0})", "maximum({0}, 0)", "where({0} > 0, {0}, 0)", "({0} + abs({0}))/2", "-minimum(-{0}, 0)"],
        ["abs({0})", "where({0} > 0, 1, 0)", "maximum({0}, 1)", "relu(-{0})"],
    ),
    row("S", ["{0}**2", "{0}*{0}", "abs({0})**2"], ["2*{0}", "abs({0})"]),
    row("S", ["clip({0}, -1, 2)", "minimum(maximum({0}, -1), 2)", "hardtanh({0}, -1, 2)"], ["clip({0}, -1, 1)"]),
    row("S", ["exp({0})", "1/exp(-{0})", "exp({0}/2)**2"], ["exp(-{0})", "1 + {0}"]),
    row("S", ["sigmoid({0})", "1/(1 + exp(-{0}))", "1 - sigmoid(-{0})"], ["sigmoid(-{0})", "sigmoid({0} + 1)"]),
    row("S", ["tanh({0})", "2*sigmoid(2*{0}) - 1", "-tanh(-{0})"], ["tanh(-{0})", "2*sigmoid({0}) - 1"]),
    row("S", ["{f}({0})"], ["{f}(-{0})", "-{f}(-{0})", "{f}({0} + 1)"]),
    row(
        "S|S",
        ["{g}(maximum({0}, {1}))", "maximum({g}({0}), {g}({1}))"],
        ["minimum({g}({0}), {g}({1}))", "{g}(minimum({0}, {1}))"],
    ),
    row("S|S", ["maximum({f}({0}), {f}({1}))"], ["{f}(maximum({0}, {1}))"]),
    row("S", ["{p}*{0}", "{0}*{p}", "{0}/{p}*{p}**2", "{0}*exp(log({p}))"], ["{0}*{r}/{r}*{p}", "{0}/{p}"]),
    row("S", ["relu({p}*{0})", "{p}*relu({0})"], ["{r}*relu({0})", "relu({r}*{0})"]),
    row("S", ["{r}*{0}", "{0}*{r}", "({r} + 1)*{0} - {0}"], ["{0}*{r}**2/{r}", "{r} + {0}"]),
    row("S", ["sqrt({0}**2)", "abs({0})", "maximum({0}, -{0})", "relu({0}) + relu(-{0})", "sign({0})*{0}"], ["{0}"]),
    row("S", ["softplus({0})", "log(1 + exp({0}))", "{0} + softplus(-{0})"], ["softplus(-{0})", "log(exp({0}))"]),
    row("S", ["silu({0})", "{0}*sigmoid({0})"], ["sigmoid({0})", "relu({0})"]),
    row("S", ["leaky_relu({0}, 0.1)", "maximum({0}, {0}/10)"], ["leaky_relu({0})", "minimum({0}, {0}/10)"]),
    row("S", ["derivative(tanh)({0})", "1 - tanh({0})**2"], ["1 + tanh({0})**2", "derivative(sigmoid)({0})"]),
    row("S", ["derivative(sigmoid)({0})", "sigmoid({0})*(1 - sigmoid({0}))"], ["sigmoid({0})**2"]),
    row("S", ["derivative(lambda t: t**3)({0})", "3*{0}**2"], ["3*{0}**3", "2*{0}**2"]),
    row("S", ["derivative(relu)({0})*{0}", "relu({0})"], ["{0}", "derivative(relu)({0})"]),
    row("S", ["derivative({d})({0})"], ["{d}({0})", "derivative({d})(-{0})"]),
    row("S", ["derivative(lambda t: {d}(2*t))({0})", "2*derivative({d})(2*{0})"], ["derivative({d})(2*{0})"]),
    row("S", ["where({0} == 0, 0, {0})", "{0}"], ["where({0} == 0, 1, {0})", "where({0} == {r}, 0, {0})"]),
    row("S", ["{0}**2/(1 + {0}**2)", "1 - 1/(1 + {0}**2)"], ["{0}**2/(2 + {0}**2)", "{0}/{0}"]),
    row("S", ["gelu({0})", "{0}/2*(1 + erf({0}/sqrt(2)))"], ["gelu({0}, approximate='tanh')", "gelu(-{0})"]),
    row("S", ["mish({0})", "{0}*tanh(softplus({0}))"], ["{0}*tanh(exp({0}))"]),
    row("S", ["power({0}, 2)", "{0}**2"], ["power(2, {0})"]),
    row("S", ["pi*{0}", "{0}/(1/pi)"], ["3*{0}", "{0}/pi"]),
    row("S|S", ["mse_loss({0}, {1}, reduction='none')", "({0} - {1})**2"], ["({0} + {1})**2", "abs({0} - {1})"]),
    row("S", ["relu6({0})", "clip({0}, 0, 6)"], ["clip({0}, 0, 5)", "relu({0})"]),
    row("S", ["elu({0})", "where({0} > 0, {0}, exp({0}) - 1)"], ["where({0} > 0, {0}, exp({0}))"]),
]

SOME_AXIS = [  # of rank 1 or more, along the first axis
    row("S", ["flip({0}, 0)", "{0}[::-1]"], ["{0}", "roll({0}, 1, 0)"]),
    row(
        "S",
        ["roll({0}, 1, 0)", "concat([{0}[-1:], {0}[:-1]], axis=0)", "roll(roll({0}, 3, 0), -2, 0)"],
        ["roll({0}, -1, 0)", "concat([{0}[:1], {0}[1:]], axis=0)"],
    ),
    row(
        "S",
        ["softmax({0}, axis=0)", "softmax({0} + 1, axis=0)", "exp({0})/exp({0}).sum(axis=0, keepdims=True)"],
        ["softmax(2*{0}, axis=0)", "exp({0})/exp({0}).sum()"],
    ),
    row("S", ["{0} - {0}.mean(axis=0)", "{0} - {0}.sum(axis=0)/{N}"], ["{0} - {0}.sum(axis=0)", "{0} - {0}.mean()"]),
    row("S", ["maximum({0}, {0}.max(axis=0))", "broadcast_to({0}.max(axis=0), {0}.shape)"], ["{0}"]),
    row("S|S", ["concat([{0}, {1}], axis=0)[:{N}]", "{0}"], ["concat([{1}, {0}], axis=0)[:{N}]"]),
    row("S|S", ["stack([{0}, {1}])[1]", "{1}"], ["stack([{0}, {1}])[0]"]),
    row("S", ["cumsum({0}, 0)[::-1][::-1]", "cumsum({0}, 0)"], ["cumsum({0}[::-1], 0)[::-1]"]),
    row("S|S", ["cumsum({0} + {1}, 0)", "cumsum({0}, 0) + cumsum({1}, 0)"], ["cumsum({0}*{1}, 0)"]),
]

VECTORS = [
    row(
        "K,N",
        [
            "{0}.sum(axis=0)",
            "sum({0}, 0)",
            "ones({K}) @ {0}",
            "einsum('ij->j', {0})",
            "fromfunction(lambda j: summation(lambda i: {0}[i, j], {K}), ({N},))",
        ],
        ["{0}.mean(axis=0)", "fromfunction(lambda j: summation(lambda i: {0}[i, j], {K} - 1), ({N},))"],
    ),
    row(
        "N,K",
        [
            "{0}.max(axis=1)",
            "max({0}, -1)",
            "fromfunction(lambda i: maximum_over(lambda j: {0}[i, j], {K}), ({N},))",
            "-(-{0}).min(axis=1)",
        ],
        ["{0}.min(axis=1)", "{0}[:, 0]", "{0}.mean(axis=1)"],
    ),
    row(
        "N,K|K",
        [
            "{0} @ {1}",
            "einsum('ij,j->i', {0}, {1})",
            "tensordot({0}, {1}, 1)",
            "fromfunction(lambda i: summation(lambda j: {0}[i, j]*{1}[j], {K}), ({N},))",
            "({0}*{1}).sum(axis=1)",
            "linear({1}, {0})",
        ],
        ["fromfunction(lambda i: summation(lambda j: {0}[i, j]*{1}[j], (1, {K} - 1)), ({N},))", "{0} @ {1}[::-1]"],
    ),
    row(
        "N + K - 1|K",
        ["conv1d({0}, {1})", "fromfunction(lambda i: summation(lambda a: {1}[a]*{0}[i + a], {K}), ({N},))"],
        ["conv1d({0}, flip({1}))", "fromfunction(lambda i: summation(lambda a: {1}[a]*{0}[i + a], {K} - 1), ({N},))"],
    ),
    row(
        "N|3",
        [
            "conv1d({0}, {1}, padding=1)",
            "fromfunction(lambda i: summation(lambda a: {1}[a]*zero_extended({0})[i + a - 1], 3), ({N},))",
            "conv1d(pad({0}, 1), {1})",
            "conv1d({0}, {1}, padding='same')",
        ],
        ["conv1d(roll({0}, 1), {1}, padding=1)", "conv1d({0}, {1}[::-1], padding=1)"],
    ),
    row(
        "2*N + 1|3",
        [
            "conv1d({0}, {1}, stride=2)",
            "conv1d({0}, {1})[::2]",
            "fromfunction(lambda i: summation(lambda a: {1}[a]*{0}[2*i + a], 3), ({N},))",
        ],
        ["conv1d({0}, {1})[1::2]", "conv1d({0}, {1})[:{N}]"],
    ),
    row(
        "N + 4|3",
        ["conv1d({0}, {1}, dilation=2)", "{0}[:-4]*{1}[0] + {0}[2:-2]*{1}[1] + {0}[4:]*{1}[2]"],
        ["conv1d({0}, {1})[1:-1]", "{0}[:-4]*{1}[0] + {0}[2:-2]*{1}[2] + {0}[4:]*{1}[1]"],
    ),
    row(
        "2*N",
        [
            "avg_pool1d({0}, 2)",
            "({0}[::2] + {0}[1::2])/2",
            "reshape({0}, ({N}, 2)).mean(axis=1)",
            "fromfunction(lambda i: ({0}[2*i] + {0}[2*i + 1])/2, ({N},))",
            "conv1d({0}, ones(2)/2, stride=2)",
        ],
        ["max_pool1d({0}, 2)", "({0}[:{N}] + {0}[{N}:])/2", "({0}[::2] + {0}[1::2])"],
    ),
    row(
        "2*N",
        ["max_pool1d({0}, 2)", "maximum({0}[::2], {0}[1::2])", "reshape({0}, ({N}, 2)).max(axis=1)"],
        ["reshape({0}, (2, {N})).max(axis=0)", "{0}[::2]"],
    ),
    row(
        "N,N",
        [
            "diag({0})",
            "fromfunction(lambda i: {0}[i, i], ({N},))",
            "({0}*eye({N})).sum(axis=0)",
            "einsum('ii->i', {0})",
        ],
        ["{0}[0]", "{0}.sum(axis=1)", "fromfunction(lambda i: {0}[i, {N} - 1 - i], ({N},))"],
    ),
    row(
        "N",
        [
            "fromfunction(lambda i: where(i >= 1, {0}[i - 1], 0), ({N},))",
            "fromfunction(lambda i: zero_extended({0})[i - 1], ({N},))",
            "pad({0}, (1, 0))[:-1]",
            "concat([zeros(1), {0}])[:{N}]",
        ],
        ["fromfunction(lambda i: where(i > 1, {0}[i - 1], 0), ({N},))", "roll({0}, 1)", "pad({0}, (0, 1))[1:]"],
    ),
    row(
        "N",
        [
            "fromfunction(lambda i: summation(lambda j: kronecker_delta(i, j)*{0}[j], {N}), ({N},))",
            "{0}",
            "eye({N}) @ {0}",
            "pad({0}, 2)[2:-2]",
            "reshape({0}[:, None], ({N},))",
        ],
        [
            "fromfunction(lambda i: summation(lambda j: kronecker_delta(i + 1, j)*{0}[j], {N}), ({N},))",
            "fromfunction(lambda i: summation(lambda j: kronecker_delta(2*i, j)*{0}[j], {N}), ({N},))",
        ],
    ),
    row("N|N", ["grad(lambda v: (v*v*{0}).sum())({1})", "2*{0}*{1}"], ["{0}*{1}", "2*{0}*{0}"]),
    row("N|N,N", ["grad(lambda v: v @ {1} @ v)({0})", "({1} + {1}.T) @ {0}"], ["2*({1} @ {0})", "({1} - {1}.T) @ {0}"]),
    row("N", ["grad({L})({0})", "jacobian({L})({0})"], ["-grad({L})(-{0})", "grad({L})({0}[::-1])"]),
    row("N", ["grad(lambda v: {L}(3*v))({0})", "3*grad({L})(3*{0})"], ["grad({L})(3*{0})", "3*grad({L})({0})"]),
    row("N", ["grad(lambda v: logsumexp(v))({0})", "softmax({0})"], ["log_softmax({0})", "softmax(-{0})"]),
    row("N", ["log_softmax({0})", "log(softmax({0}))", "{0} - logsumexp({0})"], ["{0} - exp({0}).sum()"]),
    row(
        "N",
        ["cumsum({0})", "fromfunction(lambda i: summation(lambda a: {0}[a], i + 1), ({N},))"],
        ["fromfunction(lambda i: summation(lambda a: {0}[a], i), ({N},))"],
    ),
    row(
        "N",
        [
            "layer_norm({0}, ({N},), eps=1)",
            "({0} - {0}.mean())/sqrt(var({0}) + 1)",
            "rms_norm({0} - {0}.mean(), ({N},), eps=1)",
        ],
        ["({0} - {0}.mean())/sqrt(var({0}) + 2)", "({0} - {0}.mean())/sqrt(({0}**2).mean() + 1)"],
    ),
    row("N,K", ["min({0}, axis=1)", "-max(-{0}, axis=1)"], ["max({0}, axis=1)", "min({0}, axis=0)"]),
    row("N", ["expand_dims({0}, 1)[:, 0]", "squeeze({0}[None], 0)"], ["expand_dims({0}, 1)[0]*{0}", "-{0}"]),
    row("N", ["{0}*arange({N})", "fromfunction(lambda i: i*{0}[i], ({N},))"], ["{0}*(arange({N}) + 1)"]),
    row("N", ["full(({N},), 2)*{0}", "{0} + {0}"], ["full(({N},), 1)*{0}"]),
    row("2*N", ["adaptive_avg_pool1d({0}[None], {N})[0]", "avg_pool1d({0}, 2)"], ["avg_pool1d({0}, 2)[::-1]"]),
    row("N,K,2", ["{0}.sum(axis=(1, 2))", "{0}.sum(axis=2).sum(axis=1)"], ["{0}.sum(axis=2)[:, 0]"]),
    row("N", ["where({0} > 0, 1/{0}, 0)*{0}", "where({0} > 0, 1, 0)"], ["{0}/{0}", "where({0} >= 0, 1, 0)"]),
]

MATRICES = [
    row(
        "M,N",
        [
            "{0}.T",
            "permute_dims({0}, (1, 0))",
            "transpose({0})",
            "einsum('ij->ji', {0})",
            "fromfunction(lambda i, j: {0}[j, i], ({N}, {M}))",
        ],
        ["reshape({0}, ({N}, {M}))", "{0}[::-1].T"],
    ),
    row(
        "N,K|K,M",
        [
            "{0} @ {1}",
            "matmul({0}, {1})",
            "einsum('ij,jk->ik', {0}, {1})",
            "tensordot({0}, {1}, 1)",
            "({1}.T @ {0}.T).T",
            "fromfunction(lambda i, l: summation(lambda j: {0}[i, j]*{1}[j, l], {K}), ({N}, {M}))",
            "summation(lambda j: outer({0}[:, j], {1}[j]), {K})",
        ],
        ["{0} @ {1}[::-1]", "fromfunction(lambda i, l: summation(lambda j: {0}[i, j]*{1}[j, l], {K} - 1), ({N}, {M}))"],
    ),
    row(
        "N,K|2,K|2,M",
        ["scaled_dot_product_attention({0}, {1}, {2})", "softmax({0} @ {1}.T/sqrt({K}), axis=1) @ {2}"],
        ["softmax({0} @ {1}.T/{K}, axis=1) @ {2}", "softmax({0} @ {1}.T/sqrt({K}), axis=0) @ {2}"],
    ),
    row("N,K|K,2|2,M", ["({0} @ {1}) @ {2}", "{0} @ ({1} @ {2})"], ["{0} @ {1} @ {2}[::-1]"]),
    row(
        "N|M",
        ["outer({0}, {1})", "{0}[:, None]*{1}[None, :]", "einsum('i,j->ij', {0}, {1})", "outer({1}, {0}).T"],
        ["{0}[:, None] + {1}", "outer({0}, {1})[::-1]"],
    ),
    row("N,M|M", ["{0} + {1}", "fromfunction(lambda i, j: {0}[i, j] + {1}[j], ({N}, {M}))"], ["{0} + {1}[::-1]"]),
    row("N,M|N", ["{0}*{1}[:, None]", "diag({1}) @ {0}"], ["{0}*{1}[::-1][:, None]"]),
    row(
        "N + 2,M + 2|3,3",
        [
            "conv2d({0}, {1})",
            "fromfunction(lambda i, j: summation(lambda a, b: {1}[a, b]*{0}[i + a, j + b], 3, 3), ({N}, {M}))",
            "conv2d({0}[::-1], {1}[::-1])[::-1]",
        ],
        [
            "conv2d({0}, {1}.T)",
            "fromfunction(lambda i, j: summation(lambda a, b: {1}[a, b]*{0}[i + a, j + b], 3, 2), ({N}, {M}))",
        ],
    ),
    row(
        "N,M|3,3",
        [
            "conv2d({0}, {1}, padding=1)",
            "conv_transpose2d({0}, flip({1}), padding=1)",
            "conv2d(pad({0}, 1), {1})",
            "conv2d({0}.T, {1}.T, padding=1).T",
        ],
        ["conv_transpose2d({0}, {1}, padding=1)", "conv2d({0}, {1}, padding=2)[:-2, :-2]"],
    ),
    row(
        "2*N + 1,2*M|3,2",
        ["conv2d({0}, {1}, stride=2)", "conv2d({0}, {1})[::2, ::2]"],
        ["conv2d({0}, {1}, stride=(2, 1))[:, :{M}]", "conv2d({0}, {1})[:{N}, :{M}]"],
    ),
    row(
        "2*N,2*M",
        [
            "avg_pool2d({0}, 2)",
            "({0}[::2, ::2] + {0}[1::2, ::2] + {0}[::2, 1::2] + {0}[1::2, 1::2])/4",
            "conv2d({0}, ones((2, 2))/4, stride=2)",
            "reshape({0}, ({N}, 2, {M}, 2)).mean(axis=(1, 3))",
        ],
        ["max_pool2d({0}, 2)", "reshape({0}, (2, {N}, 2, {M})).mean(axis=(0, 2))"],
    ),
    row(
        "2*N,2*M",
        [
            "max_pool2d({0}, 2)",
            "maximum_over(lambda a, b: {0}[a::2, b::2], 2, 2)",
            "maximum(maximum({0}[::2, ::2], {0}[1::2, ::2]), maximum({0}[::2, 1::2], {0}[1::2, 1::2]))",
        ],
        ["avg_pool2d({0}, 2)", "maximum({0}[::2, ::2], {0}[1::2, 1::2])"],
    ),
    row(
        "N,M",
        [
            "avg_pool2d({0}, 3, stride=1, padding=1)",
            "conv2d({0}, ones((3, 3))/9, padding=1)",
            "avg_pool2d(pad({0}, 1), 3, stride=1)",
        ],
        ["avg_pool2d({0}, 3, stride=1, padding=1, count_include_pad=False)"],
    ),
    row(
        "N,M",
        [
            "max_pool2d({0}, 3, stride=1, padding=1)",
            "max_pool2d(max_pool2d({0}, (3, 1), stride=1, padding=(1, 0)), (1, 3), stride=1, padding=(0, 1))",
            "max_pool2d({0}.T, 3, stride=1, padding=1).T",
        ],
        ["max_pool2d(pad({0}, 1), 3, stride=1)", "{0}"],
    ),
    row(
        "N,M",
        ["softmax({0}, axis=1)", "softmax({0}.T, axis=0).T", "exp({0} - logsumexp({0}, axis=1, keepdims=True))"],
        ["softmax({0}, axis=0)", "exp({0} - logsumexp({0}, axis=0, keepdims=True))"],
    ),
    row(
        "N,M",
        ["layer_norm({0}, ({M},), eps=1)", "({0} - {0}.mean(axis=1, keepdims=True))/sqrt(var({0}, 1, True) + 1)"],
        ["layer_norm({0}, ({M},), eps=2)", "layer_norm({0}, ({N}, {M}), eps=1)"],
    ),
    row("N,M|M", ["jacobian(lambda v: {0} @ v)({1})", "{0}"], ["jacobian(lambda v: {0} @ v)({1})[::-1]", "2*{0}"]),
    row(
        "N,M|M|N",
        ["jacobian(lambda v: tanh({0} @ v + {2}))({1})", "(1 - tanh({0} @ {1} + {2})**2)[:, None]*{0}"],
        ["(1 - tanh({0} @ {1})**2)[:, None]*{0}", "(1 + tanh({0} @ {1} + {2})**2)[:, None]*{0}"],
    ),
    row("N,M|N,M", ["grad(lambda A: (A*{1}).sum())({0})", "{1}"], ["{0}", "2*{1}"]),
    row("N,K|K,M", ["grad(lambda A: (({0} @ {1})*A).sum())({0} @ {1})", "{0} @ {1}"], ["2*({0} @ {1})"]),
    row(
        "N*M",
        ["reshape({0}, ({N}, {M}))", "fromfunction(lambda i, j: {0}[i*({M}) + j], ({N}, {M}))"],
        ["reshape({0}, ({M}, {N})).T", "fromfunction(lambda i, j: {0}[i + ({N})*j], ({N}, {M}))"],
    ),
    row("N,M", ["pad({0}, ((1, 2), (0, 1)))[1:-2, :-1]", "{0}"], ["pad({0}, ((1, 2), (0, 1)))[:-3, :-1]"]),
    row("N,M|K,M", ["concat([{0}, {1}])[:{N}]", "{0}"], ["concat([{1}, {0}])[:{N}]", "concat([{0}, {1}])[{K}:]"]),
    row(
        "N,M",
        ["roll({0}, (1, 2), (0, 1))", "roll(roll({0}, 1, 0), 2, 1)", "roll({0}, (2, 1), (1, 0))"],
        ["roll({0}, (2, 1), (0, 1))", "roll({0}, 3)"],
    ),
    row(
        "N,M",
        [
            "fromfunction(lambda i, j: where((i == 0) | (j == 0), 0, {0}[i, j]), ({N}, {M}))",
            "pad({0}[1:, 1:], ((1, 0), (1, 0)))",
        ],
        ["fromfunction(lambda i, j: where((i == 0) & (j == 0), 0, {0}[i, j]), ({N}, {M}))", "{0}"],
    ),
]

IMAGES = [
    row(
        "K,N + 1,M + 1|P,K,2,2",
        [
            "conv2d({0}, {1})",
            "summation(lambda c: conv2d({0}[c][None], {1}[:, c][:, None]), {K})",
            "fromfunction(lambda o, i, j: summation(lambda c, a, b: {1}[o, c, a, b]*{0}[c, i + a, j + b], {K}, 2, 2), "
            "({P}, {N}, {M}))",
        ],
        [
            "conv2d({0}, flip({1}, (2, 3)))",
            "fromfunction(lambda o, i, j: summation(lambda c, a, b: {1}[o, c, a, b]*{0}[c, i + a, j + b], "
            "(1, {K} - 1), 2, 2), ({P}, {N}, {M}))",
        ],
    ),
    row(
        "K,N,M|P,K,1,1",
        ["conv2d({0}, {1})", "einsum('oc,cij->oij', {1}[:, :, 0, 0], {0})", "tensordot({1}[:, :, 0, 0], {0}, 1)"],
        ["conv2d({0}[::-1], {1})", "einsum('oc,cij->oij', {1}[:, ::-1, 0, 0], {0})"],
    ),
    row(
        "P,N,M|P,1,3,3",
        ["conv2d({0}, {1}, padding=1, groups={P})", "stack([{0}])[0]*0 + conv2d({0}, {1}, None, 1, 1, 1, {P})"],
        ["conv2d({0}, {1}[::-1], padding=1, groups={P})"],
    ),
    row("P,N,M|P", ["{0} + {1}[:, None, None]", "{0} + reshape({1}, (-1, 1, 1))"], ["{0} + {1}[::-1][:, None, None]"]),
    row(
        "P,2*N,2*M",
        ["avg_pool2d({0}, 2)", "reshape({0}, ({P}, {N}, 2, {M}, 2)).mean(axis=(2, 4))"],
        ["max_pool2d({0}, 2)"],
    ),
    row("P,N,M|P,N,M", ["{g}(maximum({0}, {1}))", "maximum({g}({0}), {g}({1}))"], ["{f}(maximum({0}, {1}))"]),
    row("P,2*N,2*M", ["{g}(max_pool2d({0}, 2))", "max_pool2d({g}({0}), 2)"], ["max_pool2d({f}({0}), 2)"]),
    row(
        "P,2*N,2*M",
        ["adaptive_avg_pool2d({0}, ({N}, {M}))", "avg_pool2d({0}, 2)"],
        ["adaptive_avg_pool2d({0}, ({N}, {M}))*4", "max_pool2d({0}, 2)"],
    ),
    row("P,N,M", ["interpolate({0}[None], scale_factor=2)[0][:, ::2, ::2]", "{0}"], ["2*{0}"]),
    row(
        "P,N,M",
        ["group_norm({0}[None], 1, eps=1)[0]", "({0} - {0}.mean())/sqrt(var({0}) + 1)"],
        ["instance_norm({0}[None], eps=1)[0]"],
    ),
    row(
        "P,N,M",
        ["instance_norm({0}[None], eps=1)[0]", "({0} - mean({0}, (1, 2), True))/sqrt(var({0}, (1, 2), True) + 1)"],
        ["({0} - {0}.mean())/sqrt(var({0}) + 1)"],
    ),
    row("M,P,N", ["permute_dims({0}, (1, 2, 0))", "einsum('abc->bca', {0})"], ["permute_dims({0}, (1, 2, 0))[::-1]"]),
    row(
        "P,N,M",
        ["batch_norm({0}, zeros({N}), ones({N}), eps=3)", "{0}/2"],
        ["{0}", "batch_norm({0}, ones({N}), ones({N}), eps=3)"],
    ),
    row("4*P,N,M", ["pixel_shuffle({0}, 2)[:, ::2, ::2]", "{0}[::4]"], ["{0}[:{P}]", "{0}[1::4]"]),
    row(
        "P,N,M",
        ["softmax({0}, axis=0)", "permute_dims(softmax(permute_dims({0}, (1, 2, 0))), (2, 0, 1))"],
        ["softmax({0})"],
    ),
]

SCALARS = [
    row("K", ["{0}.sum()", "summation(lambda i: {0}[i], {K})", "{0} @ ones({K})", "sum({0}[::-1])"], ["{0}.mean()"]),
    row(
        "K",
        ["({0}).sum()**2", "summation(lambda i, j: {0}[i]*{0}[j], {K}, {K})"],
        ["({0}**2).sum()", "2*summation(lambda j: summation(lambda i: {0}[i]*{0}[j], j), {K})"],
    ),
    row("K,2", ["{0}.mean()", "{0}.sum()/(2*({K}))", "{0}.mean(axis=0).mean()"], ["{0}.sum()/({K})"]),
    row("K", ["{0}.max()", "maximum_over(lambda i: {0}[i], {K})", "-(-{0}).min()"], ["{0}.min()", "{0}[0]"]),
    row("K|K", ["dot({0}, {1})", "{0} @ {1}", "einsum('i,i->', {0}, {1})", "({1}*{0}).sum()"], ["{0} @ {1}[::-1]"]),
    row(
        "K,K", ["trace({0})", "einsum('ii', {0})", "summation(lambda i: {0}[i, i], {K})", "trace({0}.T)"], ["{0}.sum()"]
    ),
    row("K,2|2,K", ["trace({0} @ {1})", "trace({1} @ {0})", "({0}*{1}.T).sum()"], ["{0}.sum()"]),
    row("K", ["logsumexp({0})", "log(exp({0}).sum())", "logsumexp({0} + 1) - 1"], ["logsumexp({0} + 1)", "{0}.max()"]),
    row("K", ["minimum_over(lambda i: {0}[i], {K})", "{0}.min()"], ["{0}.max()", "{0}[0]"]),
    row("K|K", ["mse_loss({0}, {1})", "(({0} - {1})**2).mean()"], ["(({0} - {1})**2).sum()", "mse_loss({0}, -{1})"]),
    row(
        "K|K",
        ["kl_div({0}, {1}**2 + 1)*({K})", "kl_div({0}, {1}**2 + 1, reduction='sum')"],
        ["kl_div({0}, {1}**2 + 2)"],
    ),
    row("K|K", ["cross_entropy({0}, {1})", "-({1}*log_softmax({0})).sum()"], ["({1}*log_softmax({0})).sum()"]),
    row("K", ["{L}({0})"], ["{L}({0}[::-1])", "{L}(2*{0})", "{L}(roll({0}, 1))"]),
    row("K", ["var({0})", "({0}**2).mean() - {0}.mean()**2"], ["({0}**2).mean()", "var({0})*2"]),
    row("K", ["prod(exp({0}))", "exp({0}.sum())"], ["exp({0}).sum()"]),
    row("2", ["prod({0})", "{0}[0]*{0}[1]"], ["{0}[0] + {0}[1]"]),
    row(
        "K|K",
        [
            "({0}**2).sum()*({1}**2).sum() - ({0} @ {1})**2",
            "summation(lambda i, j: ({0}[i]*{1}[j] - {0}[j]*{1}[i])**2, {K}, {K})/2",
        ],
        ["summation(lambda i, j: ({0}[i]*{1}[j] - {0}[j]*{1}[i])**2, {K}, {K})"],
    ),
]

BY_RANK = [SCALARS, [*VECTORS, *SOME_AXIS], [*MATRICES, *SOME_AXIS], IMAGES]
FUNCTIONS = {"f": "Function", "g": "Nondecreasing", "d": "Differentiable", "p": "Positive", "r": "Real"}


@dataclass
class Writer:
    """One claim being grown."""

    source: random.Random
    parameters: dict[str, str] = field(default_factory=dict)
    nodes: list[int] = field(default_factory=list)
    broken: int | None = None

    def grow(self, shape: Shape, depth: int) -> tuple[str, str]:
        """An expression of a shape, written for the left and for the right."""
        if depth <= 0 or len(shape) >= len(BY_RANK) or (depth == 1 and self.source.random() < 0.25):
            leaf = self.leaf(shape)
            return leaf, leaf
        own = BY_RANK[len(shape)]
        chosen = self.source.choice(own if self.source.random() < 0.6 else ENTRYWISE)
        number = len(self.nodes)
        self.nodes.append(number)
        letters = dict(zip(("N", "M") if len(shape) < 3 else ("P", "N", "M"), shape, strict=False))
        letters["K"] = self.source.choice(DIMENSIONS)
        children = [self.grow(_shape(text, shape, letters), depth - 1) for text in chosen.children]
        wrong = number == self.broken and chosen.wrong
        forms = [self.source.choice(chosen.equal), self.source.choice(chosen.wrong if wrong else chosen.equal)]
        left, right = (
            self.written(form, [child[side] for child in children], letters) for side, form in enumerate(forms)
        )
        return left, right

    def leaf(self, shape: Shape) -> str:
        sign = self.source.choices(("", "Positive", "Nonnegative"), (8, 1, 1))[0]
        dimensions = f"[{', '.join(_quoted(d) for d in shape)}]" if shape else ""
        annotation = (sign or ("Tensor" if shape else "Real")) + dimensions
        known = [name for name, kind in self.parameters.items() if kind == annotation and name != "r"]
        if known and self.source.random() < 0.5:
            return self.source.choice(known)
        name = f"x{sum(name.startswith('x') for name in self.parameters)}"
        self.parameters[name] = annotation
        return name

    def written(self, form: str, children: list[str], letters: dict[str, str]) -> str:
        names = {}
        for letter in re.findall(r"\{(\w)\}", form):
            if letter in letters:
                names[letter] = self.size(letters[letter])
            elif letter in FUNCTIONS:
                names[letter] = letter
                self.parameters[letter] = FUNCTIONS[letter]
            elif letter == "L":
                names[letter] = self.network(letters.get("N", letters["K"]) if len(letters) > 1 else letters["K"])
        shown = [child if re.fullmatch(r"\w+", child) else f"({child})" for child in children]
        return form.format(*shown, **names)

    def network(self, length: str) -> str:
        annotation = f"Differentiable[{_quoted(length)}]"
        known = [name for name, kind in self.parameters.items() if kind == annotation]
        name = known[0] if known else f"F{len(self.parameters)}"
        self.parameters[name] = annotation
        return name

    def size(self, text: str) -> str:
        for name in re.findall(r"[a-z]+", text):
            self.parameters[name] = "Size"
        return text if re.fullmatch(r"\w+", text) else f"({text})"


def _quoted(dimension: str) -> str:
    return dimension if dimension.isdigit() else f'"{dimension}"'


def _shape(text: str, own: Shape, letters: dict[str, str]) -> Shape:
    if text == "S":
        return own
    return tuple(_in_letters(dimension, letters) for dimension in text.split(","))


def _in_letters(text: str, letters: dict[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        found = letters[match.group()]
        return found if found == text or re.fullmatch(r"\w+", found) or match.group() == text else f"({found})"

    return re.sub("[NMPK]", put, text)


def random_claim(seed: int, name: str = "stated") -> str:
    """The source of a random claim; every other one is wrong in one node."""
    source = random.Random(f"claim/{seed}")
    rank, depth = source.choice((0, 1, 1, 2, 2, 3)), source.choice((1, 1, 2, 2, 3))
    shape = tuple(source.choice(DIMENSIONS[:10]) for _ in range(rank))
    start = source.getstate()
    writer = Writer(source)
    sides = writer.grow(shape, depth)
    if seed % 2 and writer.nodes:
        broken = random.Random(f"broken/{seed}").choice(writer.nodes)
        source.setstate(start)
        writer = Writer(source, broken=broken)
        sides = writer.grow(shape, depth)
    return _file(writer, shape, sides, name)


def _file(writer: Writer, shape: Shape, sides: tuple[str, str], name: str) -> str:
    left, right = sides
    if shape and writer.source.random() < 0.25:
        indices = ["i", "j", "l"][: len(shape)]
        writer.parameters |= {i: f"Index[{_quoted(n)}]" for i, n in zip(indices, shape, strict=True)}
        left, right = (f"({side})[{', '.join(indices)}]" for side in sides)
    body = f"equal({left}, {right})"
    parameters = ", ".join(f"{name}: {kind}" for name, kind in sorted(writer.parameters.items(), key=_order))
    text = f"@claim\ndef {name}({parameters}):\n    return {body}\n"
    used = sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", text)) & set(symconv.__all__) | {"claim", "equal"})
    return f"from symconv import {', '.join(used)}\n\n\n{text}"


def _order(item: tuple[str, str]) -> tuple[bool, str]:
    return item[1] == "Size", item[0]

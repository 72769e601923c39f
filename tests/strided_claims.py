"""Random claims about convolution, pooling, slices and windows whose strides, dilations and paddings are sizes.

As in `random_claims`, a row has ways of writing something that are equal as far as its author knows, and ways that are
not, and the judge says who is right. Beside what is written wrongly, sizes are exchanged: a stride that is another's,
or the length of a kernel.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import symconv


@dataclass(frozen=True)
class Statement:
    """Tensors by name, and what is said of them. A length in ``shape`` makes an entry at a free index of it."""

    tensors: dict[str, str]
    equal: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    shape: str = ""


def said(tensors: str, equal: list[str], wrong: list[str], shape: str = "") -> Statement:
    named = dict(part.split(": ") for part in tensors.split("; "))
    return Statement(named, tuple(equal), tuple(wrong), shape)


STATEMENTS = [
    said(
        "x: s*(n - 1) + k; w: k",
        [
            "conv1d(x, w, stride=s)",
            "conv1d(x, w)[::s]",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + a], k), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[k - 1 - a]*x[s*i + k - 1 - a], k), (n,))",
            "unfold(x[None, None], (1, k), stride=(1, s)).T @ w",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + k - 1 - a], k), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + a], k - 1), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[i + a], k), (n,))",
            "conv1d(flip(x), w, stride=s)",
        ],
        "n",
    ),
    said(
        "x: n + d*(k - 1); w: k",
        [
            "conv1d(x, w, dilation=d)",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[i + d*a], k), (n,))",
            "conv1d(x, fromfunction(lambda j: where(j % d == 0, w[j // d], 0), (d*(k - 1) + 1,)))",
            "flip(conv1d(flip(x), flip(w), dilation=d))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*x[i + d*(k - 1 - a)], k), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[d*i + a], k), (n,))",
            "conv1d(x, fromfunction(lambda j: where(j % k == 0, w[j // k], 0), (d*(k - 1) + 1,)))",
        ],
        "n",
    ),
    said(
        "x: s*(n - 1) + d*(k - 1) + 1; w: k",
        [
            "conv1d(x, w, stride=s, dilation=d)",
            "conv1d(x, w, dilation=d)[::s]",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + d*a], k), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[d*a + s*i], k), (n,))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[d*i + s*a], k), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[s*(i + d*a)], k), (n,))",
        ],
        "n",
    ),
    said(
        "x: n; w: 2*p + 1",
        [
            "conv1d(x, w, padding=p)",
            "conv1d(pad(x, p), w)",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[i + a - p], 2*p + 1), (n,))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[i + a - p + 1], 2*p + 1), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[i + a - p], 2*p), (n,))",
        ],
        "n",
    ),
    said(
        "x: s*(n - 1) + 1; w: 2*p + 1",
        [
            "conv1d(x, w, stride=s, padding=p)",
            "conv1d(pad(x, p), w)[::s]",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[s*i + a - p], 2*p + 1), (n,))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[s*i + a - s], 2*p + 1), (n,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*zero_extended(x)[s*(i + a - p)], 2*p + 1), (n,))",
        ],
        "n",
    ),
    said(
        "x: s*(n - 1) + k",
        [
            "avg_pool1d(x, k, stride=s)",
            "conv1d(x, ones(k)/k, stride=s)",
            "avg_pool1d(x, k, stride=1)[::s]",
            "fromfunction(lambda i: summation(lambda a: x[s*i + a], k)/k, (n,))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: x[s*i + a], k)/s, (n,))",
            "max_pool1d(x, k, stride=s)",
            "fromfunction(lambda i: summation(lambda a: zero_extended(x)[k*i + a], k)/k, (n,))",
        ],
        "n",
    ),
    said(
        "x: s*(n - 1) + k",
        [
            "max_pool1d(x, k, stride=s)",
            "max_pool1d(x, k, stride=1)[::s]",
            "-(-unfold(x[None, None], (1, k), stride=(1, s))).min(axis=0)",
            "fromfunction(lambda i: maximum_over(lambda a: x[s*i + a], k), (n,))",
            "fromfunction(lambda i: maximum_over(lambda a: x[s*i + k - 1 - a], k), (n,))",
        ],
        [
            "fromfunction(lambda i: maximum_over(lambda a: x[s*i], k), (n,))",
            "fromfunction(lambda i: maximum_over(lambda a: zero_extended(x)[s*i + a], s), (n,))",
            "fromfunction(lambda i: maximum(0, maximum_over(lambda a: x[s*i + a], k)), (n,))",
        ],
        "n",
    ),
    said(
        "x: s*t*(n - 1) + k",
        ["max_pool1d(x, k, stride=s*t)", "max_pool1d(x, k, stride=s)[::t]", "max_pool1d(x, k, stride=t)[::s]"],
        ["max_pool1d(x, k, stride=t)[::t][:n]", "max_pool1d(flip(x), k, stride=s*t)"],
        "n",
    ),
    said(
        "x: s*n",
        ["x[::s]", "fromfunction(lambda i: x[s*i], (n,))", "reshape(x, (n, s))[:, 0]", "flip(flip(x)[s - 1::s])"],
        ["x[:n]", "x[s - 1::s]", "fromfunction(lambda i: x[s*(n - 1) - s*i], (n,))", "reshape(x, (s, n))[0]"],
        "n",
    ),
    said(
        "x: s*t*n",
        ["x[::s][::t]", "x[::t][::s]", "x[::s*t]", "fromfunction(lambda i: x[s*(t*i)], (n,))", "x[::s*t][::1]"],
        ["x[t - 1::s*t]", "x[::s][:n]", "x[::t][n*(s - 1):]", "fromfunction(lambda i: x[s*i], (n,))"],
        "n",
    ),
    said(
        "x: s*n",
        [
            "avg_pool1d(x, s)",
            "reshape(x, (n, s)).mean(axis=1)",
            "fromfunction(lambda i: summation(lambda a: x[s*i + a], s)/s, (n,))",
        ],
        ["reshape(x, (s, n)).mean(axis=0)", "fromfunction(lambda i: summation(lambda a: x[s*i + a], s)/n, (n,))"],
        "n",
    ),
    said(
        "x: s*t*n",
        ["max_pool1d(x, s*t)", "max_pool1d(max_pool1d(x, s), t)", "max_pool1d(max_pool1d(x, t), s)"],
        ["max_pool1d(x[::s], t)", "avg_pool1d(max_pool1d(x, t), s)"],
        "n",
    ),
    said(
        "x: s*(n - 1) + k; w: k; y: n",
        [
            "(conv1d(x, w, stride=s)*y).sum()",
            "(x*conv_transpose2d(y[None], w[None], stride=(1, s))[0]).sum()",
            "summation(lambda i, a: y[i]*w[a]*x[s*i + a], n, k)",
            "summation(lambda j, i: x[j]*y[i]*zero_extended(w)[j - s*i], s*(n - 1) + k, n)",
        ],
        [
            "(x*conv_transpose2d(y[None], flip(w)[None], stride=(1, s))[0]).sum()",
            "summation(lambda j, i: x[j]*y[i]*zero_extended(w)[s*i - j], s*(n - 1) + k, n)",
        ],
    ),
    said(
        "y: n; w: k",
        [
            "conv_transpose2d(y[None], w[None], stride=(1, s))[0]",
            "fromfunction(lambda j: summation(lambda i: y[i]*zero_extended(w)[j - s*i], n), (s*(n - 1) + k,))",
            "grad(lambda v: (conv1d(v, w, stride=s)*y).sum())(zeros(s*(n - 1) + k))",
        ],
        [
            "fromfunction(lambda j: summation(lambda i: y[i]*zero_extended(w)[s*i - j], n), (s*(n - 1) + k,))",
            "fromfunction(lambda j: summation(lambda i: y[i]*zero_extended(w)[j - k*i], n), (s*(n - 1) + k,))",
        ],
        "s*(n - 1) + k",
    ),
    said(
        "y: n",
        [
            "fromfunction(lambda j: summation(lambda i: kronecker_delta(s*i, j)*y[i], n), (s*n,))",
            "fromfunction(lambda j: where(j % s == 0, y[j // s], 0), (s*n,))",
            "reshape(pad(y[:, None], ((0, 0), (0, s - 1))), (s*n,))",
        ],
        [
            "fromfunction(lambda j: where(j % s == 0, y[j % n], 0), (s*n,))",
            "fromfunction(lambda j: where(j // s == 0, y[j // s], 0), (s*n,))",
            "fromfunction(lambda j: y[j // s], (s*n,))",
        ],
        "s*n",
    ),
    said(
        "y: n",
        [
            "fromfunction(lambda j: y[j // s], (s*n,))",
            "reshape(y[:, None]*ones((n, s)), (s*n,))",
            "fromfunction(lambda j: summation(lambda i: where((s*i <= j) & (j < s*i + s), y[i], 0), n), (s*n,))",
        ],
        [
            "fromfunction(lambda j: y[j % n], (s*n,))",
            "fromfunction(lambda j: summation(lambda i: where((s*i <= j) & (j <= s*i + s), y[i], 0), n), (s*n,))",
            "fromfunction(lambda j: summation(lambda i: where((s*i <= j) & (j < n*i + s), y[i], 0), n), (s*n,))",
        ],
        "s*n",
    ),
    said(
        "x: n + k - 1; w: k",
        [
            "conv1d(x, w, stride=s)",
            "conv1d(x, w)[::s]",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + a], k), ((n - 1)//s + 1,))",
        ],
        [
            "fromfunction(lambda i: summation(lambda a: w[a]*x[s*i + a], k), (n//s + 1,))",
            "fromfunction(lambda i: summation(lambda a: w[a]*x[i + a], k), ((n - 1)//s + 1,))",
        ],
    ),
    said(
        "x: s*n",
        ["x.sum()", "summation(lambda i, a: x[s*i + a], n, s)", "summation(lambda i, a: x[n*a + i], n, s)"],
        ["summation(lambda i, a: x[s*i], n, s)", "summation(lambda i, a: x[s*i + a], n, s - 1)"],
    ),
    said(
        "x: s*n",
        ["summation(lambda i: x[s*i], n)", "x[::s].sum()", "summation(lambda j: where(j % s == 0, x[j], 0), s*n)"],
        ["summation(lambda j: where(j % n == 0, x[j], 0), s*n)", "s*summation(lambda i: x[i], n)"],
    ),
    said(
        "x: s*(n - 1) + k, t*(m - 1) + l; w: k, l",
        [
            "conv2d(x, w, stride=(s, t))",
            "conv2d(x, w)[::s, ::t]",
            "conv2d(x.T, w.T, stride=(t, s)).T",
            "fromfunction(lambda i, j: summation(lambda a, b: w[a, b]*x[s*i + a, t*j + b], k, l), (n, m))",
        ],
        [
            "conv2d(x, w, stride=(t, s))",
            "fromfunction(lambda i, j: summation(lambda a, b: w[a, b]*x[s*i + a, t*j], k, l), (n, m))",
            "conv2d(x[::-1], w, stride=(s, t))",
        ],
    ),
    said(
        "x: s*(n - 1) + k, t*(m - 1) + l",
        [
            "max_pool2d(x, (k, l), stride=(s, t))",
            "max_pool2d(max_pool2d(x, (k, 1), stride=(s, 1)), (1, l), stride=(1, t))",
            "fromfunction(lambda i, j: maximum_over(lambda a, b: x[s*i + a, t*j + b], k, l), (n, m))",
        ],
        ["max_pool2d(x, (l, k), stride=(s, t))", "avg_pool2d(x, (k, l), stride=(s, t))"],
    ),
    said(
        "x: n",
        [
            "fromfunction(lambda i: where(s*i < n, zero_extended(x)[s*i], 0), (m,))",
            "fromfunction(lambda i: where(i <= (n - 1)//s, zero_extended(x)[s*i], 0), (m,))",
        ],
        [
            "fromfunction(lambda i: where(s*i < m, zero_extended(x)[s*i], 0), (m,))",
            "fromfunction(lambda i: where(i < n, zero_extended(x)[s*i], s), (m,))",
        ],
        "m",
    ),
    said(
        "x: n",
        [
            "fromfunction(lambda i: zero_extended(x)[i // s], (m,))",
            "fromfunction(lambda i: where(i < s*n, zero_extended(x)[i // s], 0), (m,))",
        ],
        [
            "fromfunction(lambda i: where(i <= s*n, zero_extended(x)[i // s], 1), (m,))",
            "fromfunction(lambda i: where(i < s*n - 1, zero_extended(x)[i // s], 0), (m,))",
        ],
        "m",
    ),
]

SIZES = "nmkltsdp"


def strided_claim(seed: int, name: str = "stated") -> str:
    """The source of a random claim; every other one is wrong in one place."""
    source = random.Random(f"strided/{seed}")
    chosen = source.choice(STATEMENTS)
    left, right = source.sample(chosen.equal, 2)
    if seed % 2 and source.random() < 0.5:
        right = source.choice(chosen.wrong)
    elif seed % 2:
        right = exchanged(right, source)
    if chosen.shape and source.random() < 0.3:
        left, right = (f"({side})[i]" for side in (left, right))
    if source.random() < 0.2:
        function = source.choice(["relu", "tanh", "exp", "abs"])
        left, right = f"{function}({left})", f"{function}({right})"
    return _file(chosen, left, right, name)


def exchanged(text: str, source: random.Random) -> str:
    """The text with another size in one place, or all over."""
    places = [
        match for match in re.finditer(rf"\b[{SIZES}]\b(?!\()", text) if not text[: match.start()].endswith("lambda ")
    ]
    if not places:
        return text
    place = source.choice(places)
    others = [m.group() for m in places if m.group() != place.group()] or list(SIZES.replace(place.group(), ""))
    other = source.choice(others)
    if source.random() < 0.5:
        return text[: place.start()] + other + text[place.end() :]
    return re.sub(rf"\b{place.group()}\b", other, text)


def _file(chosen: Statement, left: str, right: str, name: str) -> str:
    body = f"equal({left}, {right})"
    parameters = {x: f"Tensor[{', '.join(map(_quoted, lengths.split(', ')))}]" for x, lengths in chosen.tensors.items()}
    if "[i]" in left[-4:]:
        parameters["i"] = f"Index[{_quoted(chosen.shape)}]"
    used = set(re.findall(r"\b[a-z]\b", body)) & set(SIZES)
    parameters |= dict.fromkeys(sorted(used), "Size")
    text = f"@claim\ndef {name}({', '.join(f'{x}: {kind}' for x, kind in parameters.items())}):\n    return {body}\n"
    words = sorted(set(re.findall(r"\b[A-Za-z_]\w*\b", text)) & set(symconv.__all__) | {"claim", "equal"})
    return f"from symconv import {', '.join(words)}\n\n\n{text}"


def _quoted(dimension: str) -> str:
    return f'"{dimension}"'

"""What NumPy and PyTorch call differently: what to write instead, for the messages of errors. Nothing is looked up
before a name turns out to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

_ARGUMENTS = {
    "dim": ("axis", "axes"),
    "dims": ("axes", "axis"),
    "keepdim": ("keepdims",),
    "input": ("x",),
    "a": ("x",),
    "arr": ("x",),
    "other": ("y",),
    "min": ("lo",),
    "a_min": ("lo",),
    "max": ("hi",),
    "a_max": ("hi",),
    "tensors": ("xs",),
    "arrays": ("xs",),
    "shifts": ("shift",),
    "p": ("pad_width",),
    "value": ("constant_values",),
    "filter": ("w",),
    "weights": ("weight",),
}
_NO_ARGUMENTS = {
    "dtype": "entries are exact real numbers",
    "out": "a tensor is a value and never changes; leave it out",
    "correction": "it divides by n; for n - 1 write var(x) * n / (n - 1)",
    "unbiased": "it divides by n; for n - 1 write var(x) * n / (n - 1)",
    "ddof": "it divides by n; for n - 1 write var(x) * n / (n - 1)",
}

_VALUE = "leave it out, a tensor is a value"
_EXACT = "leave it out, entries are exact real numbers"
_INSTEAD = {
    "mT": "write x.T for a matrix, else permute_dims(x, axes)",
    "t": "write x.T",
    "view": "write reshape(x, shape)",
    "view_as": "write reshape(x, y.shape)",
    "reshape_as": "write reshape(x, y.shape)",
    "ravel": "write reshape(x, -1)",
    "unflatten": "write reshape(x, shape)",
    "permute": "write permute_dims(x, axes)",
    "swapaxes": "write permute_dims(x, axes)",
    "moveaxis": "write permute_dims(x, axes)",
    "movedim": "write permute_dims(x, axes)",
    "unsqueeze": "write expand_dims(x, axis)",
    "expand": "write broadcast_to(x, shape)",
    "expand_as": "write broadcast_to(x, y.shape)",
    "repeat": "write concat([x, x]), or broadcast_to(x, shape) for copies along a new axis",
    "tile": "write concat([x, x], axis)",
    "cat": "write concat([x, y], axis)",
    "concat": "write concat([x, y], axis)",
    "concatenate": "write concat([x, y], axis)",
    "hstack": "write concat([x, y], axis)",
    "vstack": "write concat([x, y], axis) or stack([x, y])",
    "stack": "write stack([x, y], axis)",
    "std": "write sqrt(var(x)), which divides by n",
    "norm": "write sqrt((x ** 2).sum())",
    "clamp": "write clip(x, lo, hi)",
    "clip": "write clip(x, lo, hi)",
    "where": "write where(condition, x, y)",
    "masked_fill": "write where(condition, value, x)",
    "absolute": "write abs(x)",
    "negative": "write -x",
    "neg": "write -x",
    "square": "write x ** 2",
    "reciprocal": "write 1 / x",
    "pow": "write x ** y",
    "float_power": "write x ** y",
    "add": "write x + y",
    "sub": "write x - y",
    "subtract": "write x - y",
    "mul": "write x * y",
    "multiply": "write x * y",
    "div": "write x / y",
    "divide": "write x / y",
    "true_divide": "write x / y",
    "mm": "write x @ y",
    "bmm": "write x @ y",
    "mv": "write x @ y",
    "matmul": "write x @ y",
    "amax": "write max(x, axis)",
    "amin": "write min(x, axis)",
    "greater": "write x > y",
    "gt": "write x > y",
    "greater_equal": "write x >= y",
    "ge": "write x >= y",
    "less": "write x < y",
    "lt": "write x < y",
    "less_equal": "write x <= y",
    "le": "write x <= y",
    "equal": "write x == y, or equal(x, y) to claim it",
    "not_equal": "write x != y",
    "dim": "write x.ndim",
    "numel": "write x.size",
    "grad": "write grad(f)(x)",
    "backward": "write grad(f)(x)",
    "jacobian": "write jacobian(f)(x)",
    "derivative": "write derivative(f)(x)",
    "detach": _VALUE,
    "contiguous": _VALUE,
    "clone": _VALUE,
    "copy": _VALUE,
    "item": _VALUE,
    "cpu": _VALUE,
    "cuda": _VALUE,
    "requires_grad_": _VALUE,
    "to": _EXACT,
    "float": _EXACT,
    "double": _EXACT,
    "astype": _EXACT,
    "dtype": _EXACT,
    "device": _EXACT,
}


def instead_of(name: str) -> str:
    """What to do where a tensor has no such attribute, or a function of another library is called; "" if unknown.

    >>> instead_of("unsqueeze"), instead_of("exp"), instead_of("argsort")
    ('write expand_dims(x, axis)', 'write exp(x)', '')
    """
    import symconv

    if name in _INSTEAD:
        return _INSTEAD[name]
    return f"write {name}(x)" if name in symconv.__all__ and name.islower() else ""


def of_another_library(library: str, name: str) -> str:
    """The sentence for a function of NumPy or PyTorch that was called with a symbolic tensor.

    >>> of_another_library("NumPy", "exp")
    "NumPy's exp takes no symbolic tensor; write symconv.exp(x)"
    """
    import symconv

    hint = instead_of(name)
    if hint.startswith("write ") and hint[6:].partition("(")[0] in symconv.__all__:
        hint = f"write symconv.{hint[6:]}"
    return f"{library}'s {name} takes no symbolic tensor; {hint or 'use the operations of symconv'}"


def unknown_argument(function: str, accepted: Iterable[str], given: str) -> str:
    """The sentence for a keyword that a function does not have.

    >>> unknown_argument("softmax", ("x", "axis"), "dim")
    'softmax has no argument dim; write axis'
    """
    from difflib import get_close_matches

    names = [name for name in accepted if name != "self"]
    known = [name for name in _ARGUMENTS.get(given, ()) if name in names]
    near = known or get_close_matches(given, names, 1)
    if near:
        hint = f"write {near[0]}"
    elif given in _NO_ARGUMENTS:
        hint = _NO_ARGUMENTS[given]
    else:
        hint = f"it takes {', '.join(names)}" if names else "it takes none"
    return f"{function} has no argument {given}; {hint}"

"""symconv: a symbolic derivation verifier for neural-network mathematics.

Write an identity as a Python function; `prove` answers proved, refuted (with numbers) or undecided (and why).
"""

from typing import TYPE_CHECKING, Any

from symconv.claims import (
    Claim,
    Differentiable,
    Equation,
    Function,
    Index,
    Nondecreasing,
    Nonnegative,
    Positive,
    Real,
    Size,
    Smooth,
    Tensor,
    by,
    claim,
    equal,
    fallacy,
    picture,
)
from symconv.errors import ClaimError, ShapeError, SymbolicControlFlow, SymconvError, Undecided, Undefined
from symconv.tensors.activations import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    mish,
    relu,
    relu6,
    sigmoid,
    silu,
    softplus,
)
from symconv.tensors.attention import scaled_dot_product_attention
from symconv.tensors.calculus import derivative, grad, jacobian
from symconv.tensors.construction import arange, array, eye, full, ones, tensor, zeros
from symconv.tensors.convolution import conv1d, conv2d, conv_transpose2d, pixel_shuffle, unfold
from symconv.tensors.elementwise import abs, clip, erf, exp, log, maximum, minimum, pi, power, sign, sqrt, tanh, where
from symconv.tensors.linear import diag, dot, einsum, linear, matmul, outer, tensordot, trace
from symconv.tensors.losses import cross_entropy, kl_div, mse_loss
from symconv.tensors.normalization import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    log_softmax,
    logsumexp,
    rms_norm,
    softmax,
)
from symconv.tensors.notation import fromfunction, kronecker_delta, maximum_over, minimum_over, summation, zero_extended
from symconv.tensors.padding import pad
from symconv.tensors.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from symconv.tensors.reductions import cumsum, max, mean, min, prod, sum, var
from symconv.tensors.resizing import adaptive_avg_pool1d, adaptive_avg_pool2d, interpolate
from symconv.tensors.shaping import (
    broadcast_to,
    concat,
    expand_dims,
    flip,
    permute_dims,
    reshape,
    roll,
    squeeze,
    stack,
    transpose,
)
from symconv.verdict import Verdict

if TYPE_CHECKING:
    from symconv.faces.script import run
    from symconv.prover import prove, replay

__version__ = "0.1.0"

# Stating a claim needs neither SymPy nor NumPy; proving one does, so these are loaded when they are first asked for.
_LATE = {"prove": "symconv.prover", "replay": "symconv.prover", "run": "symconv.faces.script"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_LATE[name]), name)
    return value


__all__ = [
    "Claim",
    "ClaimError",
    "Differentiable",
    "Equation",
    "Function",
    "Index",
    "Nondecreasing",
    "Nonnegative",
    "Positive",
    "Real",
    "ShapeError",
    "Size",
    "Smooth",
    "SymbolicControlFlow",
    "SymconvError",
    "Tensor",
    "Undecided",
    "Undefined",
    "Verdict",
    "__version__",
    "abs",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "arange",
    "array",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "broadcast_to",
    "by",
    "claim",
    "clip",
    "concat",
    "conv1d",
    "conv2d",
    "conv_transpose2d",
    "cross_entropy",
    "cumsum",
    "derivative",
    "diag",
    "dot",
    "einsum",
    "elu",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "eye",
    "fallacy",
    "flip",
    "fromfunction",
    "full",
    "gelu",
    "grad",
    "group_norm",
    "hardtanh",
    "instance_norm",
    "interpolate",
    "jacobian",
    "kl_div",
    "kronecker_delta",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "max_pool1d",
    "max_pool2d",
    "maximum",
    "maximum_over",
    "mean",
    "min",
    "minimum",
    "minimum_over",
    "mish",
    "mse_loss",
    "ones",
    "outer",
    "pad",
    "permute_dims",
    "pi",
    "picture",
    "pixel_shuffle",
    "power",
    "prod",
    "prove",
    "relu",
    "relu6",
    "replay",
    "reshape",
    "rms_norm",
    "roll",
    "run",
    "scaled_dot_product_attention",
    "sigmoid",
    "sign",
    "silu",
    "softmax",
    "softplus",
    "sqrt",
    "squeeze",
    "stack",
    "sum",
    "summation",
    "tanh",
    "tensor",
    "tensordot",
    "trace",
    "transpose",
    "unfold",
    "var",
    "where",
    "zero_extended",
    "zeros",
]

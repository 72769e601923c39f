"""The numeric reading: every operation on NumPy floats, as a witness independent of the symbolic one.

It shares no code with the symbolic reading; a claim's function that is called with Arrays gives Arrays.

>>> X = wrap([[1, 2], [3, 4]])
>>> float(summation(lambda i: X[i, i], X.shape[0]))
5.0
>>> unwrap(grad(lambda A: (A @ A).sum())(X))
array([[ 7., 11.],
       [ 9., 13.]])
"""

from math import pi

from symconv.numeric.activations import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    log_softmax,
    logsumexp,
    mish,
    pixel_shuffle,
    relu,
    relu6,
    silu,
    softmax,
)
from symconv.numeric.arithmetic import (
    abs,
    clip,
    erf,
    exp,
    kronecker_delta,
    log,
    maximum,
    minimum,
    power,
    sigmoid,
    sign,
    softplus,
    sqrt,
    tanh,
    where,
)
from symconv.numeric.arrays import Array, check_defined, unwrap, wrap
from symconv.numeric.attention import scaled_dot_product_attention
from symconv.numeric.calculus import derivative, grad, jacobian
from symconv.numeric.computed import Computed
from symconv.numeric.convolution import conv1d, conv2d, conv_transpose2d
from symconv.numeric.indexing import zero_extended
from symconv.numeric.loops import fromfunction, maximum_over, minimum_over, summation
from symconv.numeric.losses import cross_entropy, kl_div, mse_loss
from symconv.numeric.normalization import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from symconv.numeric.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from symconv.numeric.products import dot, einsum, linear, matmul, outer, tensordot, trace
from symconv.numeric.reductions import cumsum, max, mean, min, prod, sum, var
from symconv.numeric.resizing import adaptive_avg_pool1d, adaptive_avg_pool2d, interpolate
from symconv.numeric.shaping import (
    arange,
    array,
    broadcast_to,
    concat,
    diag,
    expand_dims,
    eye,
    flip,
    full,
    ones,
    pad,
    permute_dims,
    reshape,
    roll,
    squeeze,
    stack,
    transpose,
    zeros,
)
from symconv.numeric.windows import unfold

__all__ = [
    "Array",
    "Computed",
    "abs",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "arange",
    "array",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "broadcast_to",
    "check_defined",
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
    "erf",
    "exp",
    "expand_dims",
    "eye",
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
    "pixel_shuffle",
    "power",
    "prod",
    "relu",
    "relu6",
    "reshape",
    "rms_norm",
    "roll",
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
    "tensordot",
    "trace",
    "transpose",
    "unfold",
    "unwrap",
    "var",
    "where",
    "wrap",
    "zero_extended",
    "zeros",
]

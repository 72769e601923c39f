"""symconv: a symbolic derivation verifier for neural-network mathematics.

Write an identity as a Python function; `prove` answers proved, refuted (with numbers) or undecided (and why).
"""

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
)
from symconv.errors import ClaimError, ShapeError, SymbolicControlFlow, SymconvError, Undecided, Undefined
from symconv.tensors.calculus import derivative, grad, jacobian
from symconv.tensors.construction import arange, array, eye, full, ones, tensor, zeros
from symconv.tensors.elementwise import abs, clip, erf, exp, log, maximum, minimum, pi, power, sign, sqrt, tanh, where
from symconv.tensors.notation import fromfunction, kronecker_delta, maximum_over, minimum_over, summation, zero_extended
from symconv.prover import prove
from symconv.verdict import Verdict

__version__ = "0.1.0"

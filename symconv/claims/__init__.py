"""What is claimed: a function's signature becomes hypotheses, its return value the conclusion.

This room stands at the top of the flow: it imports no other room, and neither SymPy nor NumPy.
"""

from symconv.claims.dimensions import Dimension, parse_dimension
from symconv.claims.parameters import (
    Annotation,
    Differentiable,
    Function,
    FunctionType,
    Index,
    IndexType,
    Nondecreasing,
    Nonnegative,
    Parameter,
    ParameterType,
    Positive,
    Real,
    ScalarType,
    Size,
    SizeType,
    Smooth,
    Tensor,
    TensorType,
    read_annotation,
)
from symconv.claims.picture import Picture, picture, pictures_of
from symconv.claims.statement import Claim, Equation, Reasoned, Step, by, claim, claims_of, equal, fallacy, located

__all__ = [
    "Annotation",
    "Claim",
    "Differentiable",
    "Dimension",
    "Equation",
    "Function",
    "FunctionType",
    "Index",
    "IndexType",
    "Nondecreasing",
    "Nonnegative",
    "Parameter",
    "ParameterType",
    "Picture",
    "Positive",
    "Real",
    "Reasoned",
    "ScalarType",
    "Size",
    "SizeType",
    "Smooth",
    "Step",
    "Tensor",
    "TensorType",
    "by",
    "claim",
    "claims_of",
    "equal",
    "fallacy",
    "located",
    "parse_dimension",
    "picture",
    "pictures_of",
    "read_annotation",
]

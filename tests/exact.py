"""The exact entries of a symbolic tensor, for comparison with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from symconv.kernel import index as ix
from symconv.kernel import terms as t
from symconv.kernel.bounded.polynomials import Polynomials
from symconv.kernel.evaluate import Evaluator
from symconv.kernel.index import IndexVar
from symconv.tensors.tensor import as_tensor


def exact_array(tensor: Any, sizes: dict[IndexVar, int] | None = None) -> Any:
    """The exact numbers of a tensor as a NumPy array of objects.

    With sizes, the entry is written once, at free index terms, and the numbers are put in afterwards.
    """
    tensor = as_tensor(tensor)
    evaluator = Evaluator(Polynomials(), dict(sizes or {}))
    shape = tuple(map(evaluator.index, tensor.extents))
    entries = np.empty(shape, object)
    for position in np.ndindex(shape):
        index = tuple(map(ix.index, position))
        term = tensor.at(index) if sizes is None else t.Read(tensor.definition, index)
        entries[position] = evaluator.value(term).constant
    return entries

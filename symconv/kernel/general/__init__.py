"""Equality for every size: the normal form over integer sets, and the one gate that makes theorems of it.

`gate` asks; `normal` expands terms into `pieces`; `laws`, `maxima` and `switches` hold the exact laws; `comparison`
compares what is left. By isl `functions` sums weights over points, and `sets` finds what cannot be met; `signs` shows
that divisors are positive, `variation` that a sum is 0 on no open set, `reads` that what is read is there.
"""

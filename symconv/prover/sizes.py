"""Which sizes the bounded proof is carried out at: 1, 2, 3, 5 in combination, so that every pair of values meets."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from symconv.claims import Claim, IndexType, TensorType
from symconv.errors import ClaimError

Sizes = dict[str, int]
USUAL = (1, 2, 3, 5)
_LARGEST_SEARCHED = 40
_MOST_SEARCHED = 20_000


def checked(sizes: Any) -> Any:
    """A wish as a mapping or a list of mappings whose values are integers or lists of them. Raises: TypeError."""
    if sizes is None:
        return None
    if isinstance(sizes, Mapping):
        return {name: _checked_values(sizes, value) for name, value in sizes.items()}
    listed = list(sizes) if isinstance(sizes, Iterable) and not isinstance(sizes, str | bytes) else None
    if listed is None or not all(isinstance(each, Mapping) for each in listed):
        _refuse_sizes(sizes if listed is None else listed)
    return [{name: _checked_size(each, value) for name, value in each.items()} for each in listed]


def _checked_values(sizes: object, value: object) -> int | list[int]:
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_checked_size(sizes, each) for each in value]
    return _checked_size(sizes, value)


def _checked_size(sizes: object, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        _refuse_sizes(sizes)
    return int(value)


def _refuse_sizes(sizes: object) -> NoReturn:
    raise TypeError(
        'sizes is a mapping from size names to an integer or several, as in {"m": 2, "k": [1, 2]}, '
        f"or a list of mappings to integers, not {sizes!r}"
    )


def combinations(claim: Claim, wanted: Any = None, largest: int = 2000) -> list[Sizes]:
    """Sizes that meet the hypotheses, smallest first.

    Without a wish: values 1, 2, 3, 5 such that each pair of values of two names occurs, as far as the tensors stay
    below ``largest`` entries. A wish is a mapping from names to an integer or several, or a list of mappings.
    """
    names = claim.sizes
    if wanted is not None:
        chosen = list(_wished(claim, wanted))
        missing = [sizes for sizes in chosen if not is_allowed(claim, sizes)]
        if missing or not chosen:
            raise ClaimError(f"sizes={wanted!r} do not meet the hypotheses of {claim.name}: {claim.hypotheses}")
        return chosen
    found = [s for s in covering(names, USUAL) if is_allowed(claim, s) and entries(claim, s) <= largest]
    if len(found) < 2 and names:
        found += [s for s in _searched(claim, largest) if s not in found]
    return sorted(found, key=lambda s: (entries(claim, s), sum(s.values()), tuple(s.values())))


def spread(sizes: list[Sizes], most: int) -> list[Sizes]:
    """At most so many of the combinations, evenly from the smallest to the largest."""
    if len(sizes) <= most:
        return sizes
    return [sizes[round(place * (len(sizes) - 1) / (most - 1))] for place in range(most)]


def below(claim: Claim, sizes: Sizes, most: int = 40) -> list[Sizes]:
    """Allowed sizes that are nowhere larger than given ones, smallest first; some of them only."""
    rows = itertools.islice(itertools.product(*(range(1, value + 1) for value in sizes.values())), 5000)
    smaller = [
        each for row in rows if (each := dict(zip(sizes, row, strict=True))) != sizes and is_allowed(claim, each)
    ]
    return sorted(smaller, key=lambda s: (entries(claim, s), sum(s.values()), tuple(s.values())))[:most]


def covering(names: Sequence[str], values: Sequence[int]) -> list[Sizes]:
    """All combinations of up to two names; of more, a greedy choice in which every pair of values occurs."""
    return [dict(zip(names, row, strict=True)) for row in _covering(len(names), tuple(values))]


@functools.lru_cache(maxsize=64)
def _covering(length: int, values: tuple[int, ...]) -> list[tuple[int, ...]]:
    if length <= 2:
        return list(itertools.product(values, repeat=length))
    open_pairs = {(a, x, b, y) for a, b in itertools.combinations(range(length), 2) for x in values for y in values}
    rows = [tuple([value] * length) for value in values]
    for row in rows:
        open_pairs -= set(_pairs(row))
    while open_pairs:
        row = _best_row(length, values, open_pairs)
        rows.append(row)
        open_pairs -= set(_pairs(row))
    return rows


def _pairs(row: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    for a, b in itertools.combinations(range(len(row)), 2):
        yield a, row[a], b, row[b]


def _best_row(length: int, values: Sequence[int], open_pairs: set[tuple[int, int, int, int]]) -> tuple[int, ...]:
    """A row around one open pair, each other place filled so that it settles most open pairs."""
    a, x, b, y = min(open_pairs)
    row = {a: x, b: y}
    for place in range(length):
        if place not in row:
            row[place] = max(values, key=lambda v: (_settled(place, v, row, open_pairs), -v))
    return tuple(row[place] for place in range(length))


def _settled(place: int, value: int, row: Mapping[int, int], open_pairs: set[tuple[int, int, int, int]]) -> int:
    pairs = ((place, value, p, v) if place < p else (p, v, place, value) for p, v in row.items())
    return sum(pair in open_pairs for pair in pairs)


def _searched(claim: Claim, largest: int) -> list[Sizes]:
    """The smallest allowed sizes where the usual ones do not meet the hypotheses, as for Tensor["n - 10"]."""
    names = claim.sizes
    limit = min(_LARGEST_SEARCHED, int(_MOST_SEARCHED ** (1 / len(names))))
    rows = (dict(zip(names, row, strict=True)) for row in itertools.product(range(1, limit + 1), repeat=len(names)))
    allowed = (sizes for sizes in rows if is_allowed(claim, sizes) and entries(claim, sizes) <= 4 * largest)
    return sorted(allowed, key=lambda s: (sum(s.values()), tuple(s.values())))[:6]


def is_allowed(claim: Claim, sizes: Sizes) -> bool:
    """Whether every size and every dimension of the signature is at least 1."""
    try:
        return all(v >= 1 for v in sizes.values()) and all(d.evaluate(sizes) >= 1 for d in claim.dimensions)
    except ZeroDivisionError:
        return False


def entries(claim: Claim, sizes: Sizes) -> int:
    """How many entries the tensors of a claim have, free indices counted by their ranges."""
    total = 0
    for parameter in claim.parameters:
        if isinstance(parameter.type, (TensorType, IndexType)):
            count = 1
            for dimension in parameter.type.dimensions:
                count *= dimension.evaluate(sizes)
            total += count
    return total


def _wished(claim: Claim, wanted: Any) -> Iterable[Sizes]:
    if isinstance(wanted, Mapping):
        lists = [wanted.get(name, USUAL) for name in claim.sizes]
        _refuse_unknown(claim, wanted)
        rows = itertools.product(*([value] if isinstance(value, int) else list(value) for value in lists))
        return [s for s in (dict(zip(claim.sizes, row, strict=True)) for row in rows) if is_allowed(claim, s)]
    chosen = [dict(each) for each in wanted]
    for each in chosen:
        _refuse_unknown(claim, each)
        if set(each) != set(claim.sizes):
            raise ClaimError(f"sizes={each!r} must give each size of {claim.name}: {', '.join(claim.sizes) or 'none'}")
    return chosen


def _refuse_unknown(claim: Claim, wanted: Mapping[str, Any]) -> None:
    unknown = [name for name in wanted if name not in claim.sizes]
    if unknown:
        raise ClaimError(
            f"{claim.name} has no size {', '.join(unknown)}; its sizes are {', '.join(claim.sizes) or 'none'}"
        )

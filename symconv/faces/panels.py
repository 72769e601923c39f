"""What a proof file's pictures hold: its functions applied to a photograph, in symconv's numeric reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symconv.errors import SymconvError
from symconv.faces.loading import describe_picture
from symconv.faces.outcome import Outcome, Panel

if TYPE_CHECKING:
    from symconv.claims import Picture

SIDE = 360
"""Pixels of the photograph, each way: a number that most windows divide."""

LEFT, TOP = 76, 0
"""Where the square that is shown begins in Matplotlib's photograph."""

SHAPES = "(m, n), (3, m, n) for a colour image or (c, d, m, n) for a filter, with no side of length 0"


class PictureError(SymconvError):
    """A picture whose function gives something that cannot be shown."""


def illustrate(picture: Picture, file: str) -> Outcome:
    """The picture's panels, or the sentence that says why there are none."""
    info = describe_picture(picture)
    try:
        panels = panels_of(picture)
    except SymconvError as error:
        return Outcome(
            file, info.line, info.name, "picture", info=info, error=f"{file}:{info.line}: picture {info.name}: {error}"
        )
    return Outcome(file, info.line, info.name, "picture", info=info, panels=panels)


def panels_of(picture: Picture) -> tuple[Panel, ...]:
    """Call the picture's function on the photograph, where it takes one.

    Raises: PictureError where what it gives is no dictionary from captions to arrays that can be shown.
    """
    from symconv.claims.kept import BuiltinsKept
    from symconv.dispatch import reading
    from symconv.numeric import wrap

    photo = (wrap(photograph()),) if picture.takes_photo else ()
    with reading("numeric"), BuiltinsKept():
        given = picture(*photo)
    if not isinstance(given, Mapping) or not given:
        raise PictureError(f"gives {type(given).__name__}; a picture gives a dictionary from captions to arrays")
    return tuple(Panel(str(caption), _array(str(caption), values)) for caption, values in given.items())


def photograph() -> Any:
    """The photograph that ships with Matplotlib (Grace Hopper, 1984): floats in [0, 1] of shape (3, 360, 360)."""
    import numpy as np
    from matplotlib.cbook import get_sample_data
    from matplotlib.image import imread

    pixels = imread(str(get_sample_data("grace_hopper.jpg", asfileobj=False)))
    square = pixels[TOP : TOP + SIDE, LEFT : LEFT + SIDE]
    return np.ascontiguousarray(np.moveaxis(square, 2, 0)) / 255.0


def _array(caption: str, values: Any) -> Any:
    """The values as an array of floats that can be shown."""
    import numpy as np

    from symconv.numeric import array, unwrap

    try:
        numbers = np.asarray(unwrap(array(values)), dtype=float)
    except (TypeError, ValueError) as error:
        raise PictureError(f"panel {caption!r} is no array of numbers ({error})") from error
    if numbers.ndim not in (2, 3, 4) or (numbers.ndim == 3 and len(numbers) != 3) or not numbers.size:
        raise PictureError(f"panel {caption!r} has shape {numbers.shape}; a panel has shape {SHAPES}")
    if not np.isfinite(numbers).all():
        raise PictureError(f"panel {caption!r} has entries that are not finite")
    return numbers

"""Arrays as PNG images, by Matplotlib. The same array gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symconv.faces.outcome import Panel
from symconv.faces.report.blocks import Image
from symconv.faces.report.prose import inlines

SMALL = 12
"""Rows and columns up to which an array is shown as cells with their numbers."""

PHOTO_PIXELS = 360
PHOTO_WIDTH = 10.5
CELL = 2.4
"""Em that one cell is wide."""

CELL_INCHES, DPI = 0.5, 150

UNSIGNED: dict[str, Any] = {"Software": None}
"""PNG files do not name the version of Matplotlib, so that they do not change with it."""

NUMBERS = "RdBu_r"
"""Blue below zero, white at zero, red above."""


def available() -> bool:
    """Whether Matplotlib, and Pillow for its photograph, can be imported."""
    try:
        import matplotlib
        import PIL  # noqa: F401
    except ImportError:
        return False
    return bool(matplotlib)


def drawn(panel: Panel) -> Image:
    """The panel as an image: a colour image, a gray one, or a heat map."""
    values = panel.values
    if values.ndim == 4 or max(values.shape) <= SMALL:
        return _heat_map(panel.caption, values)
    if values.ndim == 3:
        return _pixels(panel.caption, values.clip(0, 1), "colour image", "")
    return _gray(panel.caption, values) if values.min() >= 0 else _signed(panel.caption, values)


def _gray(caption: str, values: Any) -> Image:
    largest = float(values.max())
    # Images share one scale, from 0 to 1, so that a darker one is darker; one that is all dark has a scale of its own.
    white = 1.0 if 0.1 < largest <= 1 or largest == 0 else largest
    scale = "" if white == 1 else f"black 0, white {white:.2g}"
    return _pixels(caption, values / white, "gray image", scale)


def _signed(caption: str, values: Any) -> Image:
    import matplotlib
    import numpy as np

    # One pixel in a hundred may be darker than the scale goes, so that the others can be seen.
    largest = float(np.quantile(abs(values), 0.99)) or float(abs(values).max())
    colours = matplotlib.colormaps[NUMBERS]((values / largest + 1) / 2)
    scale = f"blue −{largest:.2g} and less, white 0, red {largest:.2g} and more"
    return _pixels(caption, colours[:, :, :3].transpose(2, 0, 1), "image", scale)


def _pixels(caption: str, values: Any, kind: str, scale: str) -> Image:
    """One pixel or more for each entry, as a PNG image; values lie in [0, 1]."""
    import numpy as np
    from matplotlib.image import imsave

    height, width = values.shape[-2:]
    times = max(1, PHOTO_PIXELS // max(height, width))
    # Whole pixels, so that a viewer has nothing to smooth.
    enlarged = np.repeat(np.repeat(values, times, axis=-2), times, axis=-1)
    colours = np.moveaxis(enlarged, 0, 2) if values.ndim == 3 else np.stack([enlarged] * 3, axis=2)
    file = io.BytesIO()
    imsave(file, (colours * 255).round().astype(np.uint8), format="png", metadata=UNSIGNED)
    alt = f"{caption}: {kind} of {height} x {width} pixels{f'; {scale}' if scale else ''}"
    return Image(file.getvalue(), inlines(_captioned(caption, scale)), alt, PHOTO_WIDTH)


def _captioned(caption: str, scale: str) -> str:
    return f"{caption} ({scale})" if scale else caption


# ---- heat maps -------------------------------------------------------------------------------------------------------


def _heat_map(caption: str, values: Any) -> Image:
    """The entries as coloured cells; a filter, or several channels, as a grid of such maps with gaps between them."""
    grid = values[None, None] if values.ndim == 2 else values[None] if values.ndim == 3 else values
    outs, ins, rows, columns = grid.shape
    height, width = outs * (rows + 1) - 1, ins * (columns + 1) - 1
    scale = max(1.0, max(height, width) / (2 * SMALL))
    size = width * CELL_INCHES / scale, height * CELL_INCHES / scale
    largest = float(abs(grid).max()) or 1.0
    png = _figure(size, grid, largest, numbers=max(height, width) <= 2 * SMALL)
    words = "; ".join(_described(grid[out, into]) for out in range(outs) for into in range(ins))
    return Image(png, inlines(caption), f"{caption}: heat map, {words}", min(CELL * width, 24.0))


def _figure(size: tuple[float, float], grid: Any, largest: float, *, numbers: bool) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=DPI, frameon=False)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    for top, left, value in _cells(grid):
        shade = (value / largest + 1) / 2
        _draw_cell(axes, top, left, shade, number_text(value) if numbers else "")
    axes.set_xlim(0, grid.shape[1] * (grid.shape[3] + 1) - 1)
    axes.set_ylim(grid.shape[0] * (grid.shape[2] + 1) - 1, 0)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata=UNSIGNED)
    return file.getvalue()


def _cells(grid: Any) -> Iterator[tuple[int, int, float]]:
    outs, ins, rows, columns = grid.shape
    for out in range(outs):
        for into in range(ins):
            for row in range(rows):
                for column in range(columns):
                    yield out * (rows + 1) + row, into * (columns + 1) + column, float(grid[out, into, row, column])


def _draw_cell(axes: Any, top: int, left: int, shade: float, text: str) -> None:
    import matplotlib
    from matplotlib.patches import Rectangle

    # The ends of the colour map are too dark for black numbers to be read.
    colour = matplotlib.colormaps[NUMBERS](0.5 + (shade - 0.5) * 0.6)
    axes.add_patch(Rectangle((left, top), 1, 1, facecolor=colour, edgecolor="0.6", linewidth=0.8))
    small = 10.0 if len(text) <= 5 else 7.0
    axes.text(left + 0.5, top + 0.5, text, ha="center", va="center", fontsize=small, color="black")


def number_text(value: float) -> str:
    """The number as briefly as it can be read: a short decimal, a fraction, or rounded.

    >>> number_text(0.25), number_text(1 / 9), number_text(-2.0), number_text(0.123456)
    ('0.25', '1/9', '−2', '0.123')
    """
    text = f"{value:.4g}"
    if float(text) != value:
        fraction = Fraction(value).limit_denominator(200)
        text = str(fraction) if abs(float(fraction) - value) < 1e-12 else f"{value:.3g}"
    return text.replace("-", "−")


def _described(values: Any) -> str:
    rows = (" ".join(number_text(float(value)) for value in row) for row in values)
    return " / ".join(rows)

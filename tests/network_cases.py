"""A table of random calls of the network operations, the same on every run, for every reading to be tested on.

Sizes are 1, 2, 3, 5 or 7, so that a swapped axis cannot pass; all ranks and options occur. Entries are small integers,
so that an exact reading can be compared exactly. Some calls are refused, by PyTorch too: windows that do not fit,
padding of more than half a window, groups that do not divide. Only the standard library is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

SIZES = (2, 3, 5, 7)


@dataclass(frozen=True)
class NetworkCase:
    """The call `name(*args, **kwargs)`; tensors are nested lists of integers."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __str__(self) -> str:
        shapes = [shape_of(a) if isinstance(a, list) else a for a in self.args]
        options = {k: shape_of(v) if isinstance(v, list) else v for k, v in self.kwargs.items()}
        return f"{self.name}({shapes}, {options})"


def network_cases(name: str) -> list[NetworkCase]:
    """The cases of one operation."""
    make, count = _MAKERS[name]
    random = Random(f"symconv {name}")
    return [NetworkCase(name, *make(random)) for _ in range(count)]


def operations() -> list[str]:
    """The names of the operations that have cases."""
    return list(_MAKERS)


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of nested lists."""
    return (len(value), *shape_of(value[0])) if isinstance(value, list) and value else () if value != [] else (0,)


Call = tuple[tuple[Any, ...], dict[str, Any]]


def _tensor(random: Random, *shape: int, low: int = -4, high: int = 4) -> Any:
    if not shape:
        return random.randint(low, high)
    return [_tensor(random, *shape[1:], low=low, high=high) for _ in range(shape[0])]


def _distinct(random: Random, *shape: int) -> Any:
    """A tensor whose entries differ, so that maxima are not tied."""
    count = 1
    for size in shape:
        count *= size
    values = iter(random.sample(range(-count, count + 1), count))

    def fill(sizes: tuple[int, ...]) -> Any:
        return [fill(sizes[1:]) for _ in range(sizes[0])] if sizes else next(values)

    return fill(shape)


def _spread(random: Random, rank: int, choices: tuple[int, ...]) -> Any:
    """One integer for all axes, or one for each."""
    return random.choice(choices) if random.random() < 0.5 else tuple(random.choice(choices) for _ in range(rank))


def _some(random: Random, options: dict[str, Any]) -> dict[str, Any]:
    """A random subset, so that defaults are tested as well."""
    return {name: value for name, value in options.items() if random.random() < 0.6}


def _spatial(random: Random, rank: int) -> tuple[int, ...]:
    return tuple(random.choice(SIZES) for _ in range(rank))


def _batch(random: Random, leading: int, channels: int) -> tuple[int, ...]:
    return ((random.choice((1, 2, 3)),) if leading == 2 else ()) + ((channels,) if leading else ())


def _conv(rank: int) -> Callable[[Random], Call]:
    def make(random: Random) -> Call:
        leading = random.choice((0, 1, 1, 2, 2))
        options = _some(
            random,
            {
                "stride": _spread(random, rank, (1, 2, 3)),
                "padding": random.choice((_spread(random, rank, (0, 1, 2)), "same", "valid")),
                "dilation": _spread(random, rank, (1, 1, 2)),
                "groups": random.choice((1, 2, 3)) if leading else 1,
            },
        )
        if options.get("padding") == "same" and random.random() < 0.9:
            options.pop("stride", None)
        groups = options.get("groups", 1)
        own, outputs = random.choice((1, 2, 3)), groups * random.choice((1, 2))
        channels = own * groups + (random.random() < 0.05)
        kernel = tuple(random.choice((1, 2, 3)) for _ in range(rank))
        x = _tensor(random, *_batch(random, leading, channels), *_spatial(random, rank))
        w = _tensor(random, *((outputs, own) if leading else ()), *kernel)
        if random.random() < 0.5:
            options["bias"] = _tensor(random, *((outputs,) if leading else ()))
        return (x, w), options

    return make


def _conv_transpose2d(random: Random) -> Call:
    leading = random.choice((0, 1, 1, 2, 2))
    options = _some(
        random,
        {
            "stride": _spread(random, 2, (1, 2, 3)),
            "padding": _spread(random, 2, (0, 1, 2)),
            "output_padding": _spread(random, 2, (0, 0, 1, 2)),
            "groups": random.choice((1, 2, 3)) if leading else 1,
            "dilation": _spread(random, 2, (1, 1, 2)),
        },
    )
    groups = options.get("groups", 1)
    own, each = random.choice((1, 2)), random.choice((1, 2, 3))
    kernel = tuple(random.choice((1, 2, 3)) for _ in range(2))
    x = _tensor(random, *_batch(random, leading, own * groups), *(random.choice((1, 2, 3, 5)) for _ in range(2)))
    w = _tensor(random, *((own * groups, each) if leading else ()), *kernel)
    if random.random() < 0.5:
        options["bias"] = _tensor(random, *((each * groups,) if leading else ()))
    return (x, w), options


def _pool_options(random: Random, rank: int) -> tuple[Any, dict[str, Any]]:
    kernel = _spread(random, rank, (1, 2, 3, 4))
    least = min(kernel) if isinstance(kernel, tuple) else kernel
    widths = tuple(range(least // 2 + 1)) if random.random() < 0.9 else (0, 1, 2)
    return kernel, {
        "stride": random.choice((None, _spread(random, rank, (1, 2, 3)))),
        "padding": _spread(random, rank, widths),
        "ceil_mode": random.random() < 0.5,
    }


def _avg_pool(rank: int) -> Callable[[Random], Call]:
    def make(random: Random) -> Call:
        kernel, options = _pool_options(random, rank)
        options["count_include_pad"] = random.random() < 0.5
        if rank == 2:
            options["divisor_override"] = random.choice((None, None, 1, 5, -3))
        x = _tensor(random, *_batch(random, random.choice((0, 1, 2)), 2), *_spatial(random, rank))
        return (x, kernel), _some(random, options)

    return make


def _max_pool(rank: int) -> Callable[[Random], Call]:
    def make(random: Random) -> Call:
        kernel, options = _pool_options(random, rank)
        options["dilation"] = _spread(random, rank, (1, 1, 2))
        x = _distinct(random, *_batch(random, random.choice((0, 1, 2)), 2), *_spatial(random, rank))
        return (x, kernel), _some(random, options)

    return make


def _any_shape(random: Random, least: int = 0) -> tuple[int, ...]:
    return tuple(random.choice(SIZES) for _ in range(random.randint(least, 3)))


def _activation(**choices: tuple[Any, ...]) -> Callable[[Random], Call]:
    def make(random: Random) -> Call:
        options = _some(random, {name: random.choice(values) for name, values in choices.items()})
        return (_tensor(random, *_any_shape(random), low=-9, high=9),), options

    return make


def _along_axis(random: Random) -> Call:
    shape = _any_shape(random, 1)
    options = _some(random, {"axis": random.randrange(-len(shape), len(shape))})
    return (_tensor(random, *shape, low=-9, high=9),), options


def _layer_norm(random: Random) -> Call:
    shape = _any_shape(random, 1)
    last = shape[random.randrange(len(shape)) :]
    options = {"weight": _tensor(random, *last), "bias": _tensor(random, *last), "eps": random.choice((1e-5, 1, 2))}
    return (_tensor(random, *shape), last), _some(random, options)


def _rms_norm(random: Random) -> Call:
    # PyTorch adds a machine epsilon where none is given.
    (x, last), options = _layer_norm(random)
    return (x, last), {"eps": 1e-5} | {name: value for name, value in options.items() if name != "bias"}


def _channel_options(random: Random, channels: int) -> dict[str, Any]:
    return {"weight": _tensor(random, channels), "bias": _tensor(random, channels), "eps": random.choice((1e-5, 1))}


def _channelled(random: Random, channels: int, least: int) -> Any:
    """A tensor (N, C, ...) with ``least`` to 3 axes behind the channel."""
    behind = random.choice(range(least, 4))
    sizes = SIZES if behind < 3 else SIZES[:2]
    # One image of one pixel is refused by PyTorch, whose statistics need two numbers.
    images = random.choice((1, 2, 3)) if behind else random.choice((2, 3, 5))
    return _tensor(random, images, channels, *(random.choice(sizes) for _ in range(behind)))


def _batch_norm(random: Random) -> Call:
    channels, training = random.choice((1, 2, 3)), random.random() < 0.5
    x = _channelled(random, channels, 0)
    mean, variance = _tensor(random, channels), _tensor(random, channels, low=1, high=9)
    options = _some(random, _channel_options(random, channels))
    if not training:
        return (x, mean, variance), options
    statistics = (mean, variance) if random.random() < 0.5 else (None, None)
    return (x, *statistics), {**options, "training": True}


def _instance_norm(random: Random) -> Call:
    channels = random.choice((1, 2, 3))
    by_running_statistics = random.random() < 0.3
    x = _channelled(random, channels, 0 if by_running_statistics or random.random() < 0.05 else 1)
    options = _some(random, _channel_options(random, channels))
    if by_running_statistics:
        mean, variance = _tensor(random, channels), _tensor(random, channels, low=1, high=9)
        return (x, mean, variance), {**options, "use_input_stats": False}
    return (x,), options


def _group_norm(random: Random) -> Call:
    groups = random.choice((1, 2, 3))
    channels = groups * random.choice((1, 2, 3)) + (random.random() < 0.05)
    x = _channelled(random, channels, 0)
    return (x, groups), _some(random, _channel_options(random, channels))


def _adaptive_avg_pool(rank: int) -> Callable[[Random], Call]:
    def make(random: Random) -> Call:
        x = _tensor(random, *_batch(random, random.choice((0, 1, 2)), 2), *_spatial(random, rank))
        size = _spread(random, rank, (1, 2, 3, 5, 8))
        if isinstance(size, tuple) and rank == 2 and random.random() < 0.3:
            size = (None, size[1])
        return (x, size), {}

    return make


def _interpolate(random: Random) -> Call:
    rank = random.choice((1, 2, 2))
    x = _tensor(random, *_batch(random, 2 if rank == 1 else random.choice((0, 2)), 2), *_spatial(random, rank))
    linear = "linear" if rank == 1 else "bilinear"
    if random.random() < 0.05:
        linear = {"linear": "bilinear", "bilinear": "linear"}[linear]  # refused
    # Sizes at which PyTorch's floor of a quotient in single precision is the floor of the quotient.
    options = {
        random.choice(("size", "scale_factor")): _spread(random, rank, (1, 2, 3, 4, 5)),
        "mode": random.choice(("nearest", linear, linear)),
    }
    if options["mode"] != "nearest":
        options["align_corners"] = random.choice((False, True))
    elif random.random() < 0.05:
        options["align_corners"] = True
    return (x,), options


def _distribution(random: Random, *shape: int) -> Any:
    """Rows of numbers that are at least 0, as multiples of 1/8."""
    if len(shape) > 1:
        return [_distribution(random, *shape[1:]) for _ in range(shape[0])]
    return [random.choice((0, 0.125, 0.25, 0.5, 1)) for _ in range(shape[0])]


def _mse_loss(random: Random) -> Call:
    shape = _any_shape(random, 1)
    options = {"reduction": random.choice(("mean", "sum", "none"))}
    return (_tensor(random, *shape), _tensor(random, *shape)), _some(random, options)


def _cross_entropy(random: Random) -> Call:
    shape = _any_shape(random, 1)
    options = {
        "weight": _tensor(random, shape[min(len(shape) - 1, 1)], low=0, high=3),
        "reduction": random.choice(("mean", "sum", "none")),
        "label_smoothing": random.choice((0, 0.25)),
    }
    return (_tensor(random, *shape), _distribution(random, *shape)), _some(random, options)


def _kl_div(random: Random) -> Call:
    shape = _any_shape(random, 1)
    options = {"reduction": random.choice(("mean", "sum", "none", "batchmean")), "log_target": random.random() < 0.5}
    target = _tensor(random, *shape) if options["log_target"] else _distribution(random, *shape)
    if not options["log_target"]:
        del options["log_target"]
    return (_tensor(random, *shape), target), options


def _attention(random: Random) -> Call:
    batch = tuple(random.choice((1, 2)) for _ in range(random.choice((0, 1, 2))))
    queries, keys, width, values = (random.choice((1, 2, 3, 5)) for _ in range(4))
    tensors = [_tensor(random, *batch, *shape) for shape in ((queries, width), (keys, width), (keys, values))]
    options: dict[str, Any] = _some(random, {"scale": random.choice((0.5, 2.0)), "is_causal": random.random() < 0.5})
    if random.random() < 0.4 and not options.get("is_causal"):
        options["attn_mask"] = _tensor(random, queries, keys)
    return tuple(tensors), options


def _unfold(random: Random) -> Call:
    options = {
        "dilation": _spread(random, 2, (1, 1, 2)),
        "padding": _spread(random, 2, (0, 1, 2)),
        "stride": _spread(random, 2, (1, 2, 3)),
    }
    x = _tensor(random, *_batch(random, random.choice((1, 2)), random.choice((1, 2, 3))), *_spatial(random, 2))
    return (x, _spread(random, 2, (1, 2, 3))), _some(random, options)


def _pixel_shuffle(random: Random) -> Call:
    factor = random.choice((1, 2, 3))
    channels = random.choice((1, 2)) * factor**2 + (random.random() < 0.05)
    return (_tensor(random, *_batch(random, random.choice((1, 2)), channels), *_spatial(random, 2)), factor), {}


def _linear(random: Random) -> Call:
    inputs, outputs = random.choice(SIZES), random.choice(SIZES)
    x, weight = _tensor(random, *_any_shape(random)[1:], inputs), _tensor(random, outputs, inputs)
    return (x, weight), _some(random, {"bias": _tensor(random, outputs)})


_MAKERS: dict[str, tuple[Callable[[Random], Call], int]] = {
    "conv2d": (_conv(2), 300),
    "conv1d": (_conv(1), 200),
    "conv_transpose2d": (_conv_transpose2d, 300),
    "avg_pool2d": (_avg_pool(2), 300),
    "avg_pool1d": (_avg_pool(1), 200),
    "max_pool2d": (_max_pool(2), 300),
    "max_pool1d": (_max_pool(1), 200),
    "unfold": (_unfold, 200),
    "pixel_shuffle": (_pixel_shuffle, 100),
    "linear": (_linear, 100),
    "layer_norm": (_layer_norm, 200),
    "rms_norm": (_rms_norm, 150),
    "batch_norm": (_batch_norm, 200),
    "instance_norm": (_instance_norm, 100),
    "group_norm": (_group_norm, 100),
    "adaptive_avg_pool2d": (_adaptive_avg_pool(2), 100),
    "adaptive_avg_pool1d": (_adaptive_avg_pool(1), 100),
    "interpolate": (_interpolate, 150),
    "mse_loss": (_mse_loss, 50),
    "cross_entropy": (_cross_entropy, 100),
    "kl_div": (_kl_div, 100),
    "scaled_dot_product_attention": (_attention, 100),
    "softmax": (_along_axis, 100),
    "log_softmax": (_along_axis, 100),
    "logsumexp": (_along_axis, 100),
    "relu": (_activation(), 50),
    "relu6": (_activation(), 50),
    "sigmoid": (_activation(), 50),
    "silu": (_activation(), 50),
    "mish": (_activation(), 50),
    "softplus": (_activation(), 50),
    "leaky_relu": (_activation(negative_slope=(0, 2, 0.5)), 50),
    "elu": (_activation(alpha=(1, 2, 0.5)), 50),
    "hardtanh": (_activation(min_val=(-2, -3), max_val=(2, 3)), 50),
    "gelu": (_activation(approximate=("none", "tanh")), 50),
}

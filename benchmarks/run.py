"""The benchmarks: ``python benchmarks/run.py [--quick] [--json]``.

Every cell is the median of several runs on one core, after a warm-up, in processor time. Engines that are compared take
turns in one process, so that ratios mean something on a busy machine; times alone mean less. Peers that are not
installed are left out. The full table takes about ten minutes, most of it ``sympy.simplify``; ``--quick`` leaves out
its long cells, takes fewer runs, and is over in about one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version

import engines
import files
import general_proofs
import gradients
import growth
from timing import FULL, QUICK, Target


def main() -> None:
    options = _options()
    _stay_on_one_core()
    runs = QUICK if options.quick else FULL
    sections = (
        ("a", "general proofs of the claims in proofs/", general_proofs, lambda: general_proofs.measure(runs)),
        ("b", "the general and the bounded proof as the image grows", growth, None),
        ("c", "polynomial identities, building both sides included", engines, None),
        ("d", "the gradient by the weights, all w^3 entries", gradients, None),
        ("e", "a whole file of proofs, start-up included", files, None),
    )
    if not options.json:
        print(_machine())
    data: dict[str, object] = {"machine": _machine()}
    targets: list[Target] = []
    for letter, title, module, measure in sections:
        found = measure() if measure else module.measure(runs, quick=options.quick)
        data[letter] = module.as_data(found)
        targets += module.targets(found)
        if not options.json:
            print(f"\n({letter}) {title}\n{module.report(found)}", flush=True)
    if options.json:
        print(json.dumps(data | {"targets": [vars(target) for target in targets]}, indent=2))
    else:
        print("\ntargets", *targets, sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time symconv, side by side with other engines.")
    parser.add_argument("--quick", action="store_true", help="fewer runs and sizes: about a minute")
    parser.add_argument("--json", action="store_true", help="the measurements as JSON")
    return parser.parse_args()


def _stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _machine() -> str:
    packages = ", ".join(f"{name} {_version(name)}" for name in ("sympy", "z3-solver", "python-flint", "numpy"))
    return f"Python {platform.python_version()}, {packages}, one core of {os.cpu_count()} ({platform.machine()})"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()

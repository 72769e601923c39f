"""The soundness campaign: thousands of random and mutated claims, each put to the prover and to an independent judge.

    python tests/campaign.py 5000 --seed 0
    python tests/campaign.py 2000 --strides

Every third claim is grown at random (`random_claims.py`), the others are mutants (`mutants.py`) of the claims in
`proofs/` and of random true ones. With --strides they are about convolution, pooling, slices and windows whose strides,
dilations and paddings are sizes (`strided_claims.py`), and mutants of such. A claim that is proved where the judge
(`judge.py`), or NumPy in floating point, finds a contradiction is *wrong*: it is printed as source text that can be
pasted, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

PROOFS = Path(__file__).resolve().parent.parent / "proofs"
MEMORY = 3 * 2**30
ANSWERS = ("proved for all sizes", "proved at sizes", "refuted", "undecided", "refused as no claim", "crashed")


# --- cases -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One claim: its source, its name in it, and where it comes from."""

    number: int
    kind: str
    origin: str
    name: str
    source: str


@cache
def proofs() -> tuple[tuple[str, str, str], ...]:
    """(file, claim, source) of all claims in `proofs/`."""
    from mutants import claims_in

    sources = {path.name: path.read_text() for path in sorted(PROOFS.glob("*.py"))}
    return tuple((file, name, text) for file, text in sources.items() for name in claims_in(text))


def case(seed: int, number: int, strides: bool = False) -> Case:
    """The claim of a number: a third random, a third mutants of proofs, a third mutants of random true claims.

    Of those with strides that are sizes two thirds are random, and a third are mutants of true ones.
    """
    from mutants import mutant
    from random_claims import random_claim
    from strided_claims import strided_claim

    source = random.Random(f"campaign/{seed}/{number}" + ("/strides" if strides else ""))
    written = strided_claim if strides else random_claim
    if number % 3 == 0 or (strides and number % 3 == 1):
        return Case(number, "random", "random", "stated", written(source.randrange(2**40)))
    for _ in range(50):
        if number % 3 == 1:
            file, name, text = source.choice(proofs())
        else:
            file, name, text = "random", "stated", written(2 * source.randrange(2**40))
        changed = mutant(text, name, source)
        if changed is not None:
            return Case(number, "mutant", f"{file}::{name}, {changed[1]}", name, changed[0])
    raise RuntimeError("no mutant was found")


# --- one case --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What the prover and the judge say of a case."""

    case: Case
    answer: str
    judged_false: str = ""
    wrong: str = ""
    unconfirmed: str = ""
    note: str = ""
    seconds: float = 0.0


def examine(given: Case, time_limit: float) -> Result:
    """Put a claim to the prover, and what it answers to the judge."""
    from judge import JudgedClaim

    start = time.monotonic()
    verdict, claim, answer, note = answer_of(given, time_limit)
    seconds = time.monotonic() - start
    if verdict is None:
        return Result(given, answer, note=note, seconds=seconds)
    judged = JudgedClaim(given.source, given.name)
    try:
        found = judged.contradiction(given.number)
    except Exception as problem:  # what the third reading does not accept settles nothing, and is counted
        return Result(given, answer, note=f"not judged: {type(problem).__name__}: {problem}", seconds=seconds)
    return Result(
        given,
        answer,
        judged_false=str(found or ""),
        wrong=contradicted(given, claim, verdict, judged, found),
        unconfirmed=unconfirmed(verdict, judged),
        note=note,
        seconds=seconds,
    )


def answer_of(given: Case, time_limit: float) -> tuple[Any, Any, str, str]:
    """The verdict (if there is one), the claim, the answer and a note."""
    from symconv import prove
    from symconv.errors import SymconvError

    claim = None
    try:
        claim = as_claim(given)
        verdict = prove(claim, time_limit=time_limit)
    except SymconvError as problem:
        answer = "crashed" if raised_within(problem.__cause__) else "refused as no claim"
        return None, claim, answer, f"{type(problem).__name__}: {problem}"
    except (Exception, MemoryError) as problem:
        return None, claim, "crashed", f"{type(problem).__name__}: {problem}"
    answer = verdict.status
    if answer == "proved":
        answer = "proved for all sizes" if verdict.for_all_sizes else "proved at sizes"
    return verdict, claim, answer, verdict.reason or verdict.scope


def raised_within(problem: BaseException | None) -> bool:
    """Whether an error that a claim is blamed for was raised by the kernel or the prover themselves."""
    from symconv.errors import SymconvError

    if problem is None or isinstance(problem, (SymconvError, ZeroDivisionError)):  # a division of indices by 0
        return False
    frames = traceback.extract_tb(problem.__traceback__)
    return bool(frames) and any(f"symconv/{room}/" in frames[-1].filename for room in ("kernel", "prover"))


def as_claim(given: Case) -> Any:
    """The claim of the case, as `symconv prove` would import it."""
    space: dict[str, Any] = {"__name__": "campaign"}
    exec(compile(given.source, "<campaign>", "exec", dont_inherit=True), space)
    return space[given.name]


def contradicted(given: Case, claim: Any, verdict: Any, judged: Any, found: Any) -> str:
    """Why "proved" is wrong, if it is; and any fault that symconv reports of itself."""
    if verdict.faults:
        return f"fault: {verdict.faults[0]}"
    if verdict.status != "proved":
        return ""
    if found is not None and covers(verdict, found.sizes):
        return str(found)
    return numpy_contradiction(claim, judged.has_slopes, given.number, verdict) or ""


def covers(verdict: Any, sizes: Mapping[str, int]) -> bool:
    """Whether a proof speaks about these sizes."""
    fixed = re.match(r"every .* >= 1; ([\w, ]+) = ([\d, ]+)$", verdict.scope)
    if verdict.for_all_sizes or dict(sizes) in [dict(row) for row in verdict.sizes]:
        return True
    if fixed is None:
        return False
    values = {int(n) for n in fixed[2].split(",")}
    return all(sizes[name.strip()] in values for name in fixed[1].split(","))


def numpy_contradiction(claim: Any, has_slopes: bool, seed: int, verdict: Any) -> str:
    """A contradiction by NumPy in floating point: generic numbers, or small integers with ties, at larger sizes."""
    import numpy as np

    from symconv.errors import SymconvError, Undefined
    from symconv.numeric import wrap
    from symconv.prover import sizes as choice
    from symconv.prover import spot

    random_numbers = np.random.default_rng(seed)
    for ties in (False, False, True):
        sizes = {name: int(random_numbers.integers(1, 9)) for name in claim.sizes}
        if not choice.is_allowed(claim, sizes) or choice.entries(claim, sizes) > 3000 or not covers(verdict, sizes):
            continue
        values = spot.draw(claim, sizes, random_numbers)
        if ties and not has_slopes:
            for parameter in claim.parameters:
                if type(parameter.type).__name__ == "TensorType":
                    shape = [d.evaluate(sizes) for d in parameter.type.dimensions]
                    least = {"real": -1, "nonnegative": 0, "positive": 1}[parameter.type.sign]
                    values[parameter.name] = wrap(random_numbers.integers(least, least + 3, shape).astype(float))
        try:
            _, error = spot.compare(claim, values)
        except Undefined as problem:
            return f"NumPy: undefined at {sizes}: {problem}"
        except SymconvError:
            continue
        if error > 1e-6:
            return f"NumPy: both sides differ by {error:.2g} at {sizes}"
    return ""


def unconfirmed(verdict: Any, judged: Any) -> str:
    """Why a counterexample is none in the judge's eyes, if so."""
    if verdict.counterexample is None:
        return ""
    call = verdict.counterexample.call
    try:
        return "" if judged.call(call, verdict.counterexample.sizes) is not None else f"{call} is no counterexample"
    except Exception as problem:
        return f"{call} cannot be called: {type(problem).__name__}: {problem}"


# --- many cases ------------------------------------------------------------------------------------------------------


def _serve(pipe: Connection, time_limit: float, strides: bool) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    while True:
        seed, number = pipe.recv()
        pipe.send(examine(case(seed, number, strides), time_limit))


class Worker:
    """A process that examines one case after the other, and is ended when one takes far too long."""

    def __init__(self, time_limit: float, strides: bool) -> None:
        self.time_limit, self.number, self.started = time_limit, -1, 0.0
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(other, time_limit, strides), daemon=True
        )
        self.process.start()
        other.close()

    def begin(self, seed: int, number: int) -> None:
        self.number, self.started = number, time.monotonic()
        self.pipe.send((seed, number))

    @property
    def is_stuck(self) -> bool:
        return time.monotonic() - self.started > 10 * self.time_limit + 20

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def run(
    numbers: Iterable[int], seed: int = 0, processes: int = 2, time_limit: float = 5.0, strides: bool = False
) -> Iterator[Result]:
    """The results of the cases, as they come."""
    waiting = iter(numbers)
    workers: list[Worker] = []
    for number in waiting:
        workers.append(Worker(time_limit, strides))
        workers[-1].begin(seed, number)
        if len(workers) == processes:
            break
    while workers:
        ready = wait([worker.pipe for worker in workers], timeout=1)
        for worker in list(workers):
            if worker.pipe not in ready and not worker.is_stuck:
                continue
            workers.remove(worker)
            try:
                yield (
                    worker.pipe.recv()
                    if worker.pipe in ready
                    else _lost(case(seed, worker.number, strides), "undecided")
                )
            except EOFError:
                worker.end()
                yield _lost(case(seed, worker.number, strides), "crashed")
            number = next(waiting, None)
            if number is None:
                worker.end()
                continue
            if worker.is_stuck or not worker.process.is_alive():
                worker.end()
                worker = Worker(time_limit, strides)
            worker.begin(seed, number)
            workers.append(worker)


def _lost(given: Case, answer: str) -> Result:
    return Result(given, answer, note="the process was ended, or died")


# --- the table -------------------------------------------------------------------------------------------------------


def table(results: list[Result]) -> str:
    """The rates as a Markdown table."""
    columns = {
        "random": [r for r in results if r.case.kind == "random"],
        "mutants": [r for r in results if r.case.kind == "mutant"],
        "all": results,
    }
    lines = [["", *columns], ["---", *("---:" for _ in columns)]]
    for answer in ANSWERS:
        lines.append([answer, *(_share(sum(r.answer == answer for r in rows), len(rows)) for rows in columns.values())])
    lines.append(["**wrong**", *(f"**{sum(bool(r.wrong) for r in rows)}**" for rows in columns.values())])
    lines.append(["judged false", *(_share(len(_false(rows)), len(rows)) for rows in columns.values())])
    lines.append(["of these refuted", *(_share(_refuted(rows), len(_false(rows))) for rows in columns.values())])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _false(rows: list[Result]) -> list[Result]:
    """What the prover took for a claim, and the judge finds false."""
    return [r for r in rows if r.judged_false]


def _refuted(rows: list[Result]) -> int:
    return sum(r.answer == "refuted" for r in _false(rows))


def _share(count: int, whole: int) -> str:
    return f"{count} ({100 * count / whole:.1f} %)" if whole else "0"


def report(result: Result) -> str:
    """A case as a test that can be pasted, with what the two say of it."""
    lines = [
        f"# case {result.case.number}, {result.case.origin}: {result.answer} ({result.seconds:.1f} s; {result.note})",
        *(f"# judge: {text}" for text in (result.wrong, result.judged_false, result.unconfirmed) if text),
    ]
    return "\n".join(lines) + "\n" + result.case.source


def is_finding(result: Result) -> bool:
    """What asks for work: a wrong answer, a crash, a counterexample that is none, a false claim that is not refuted."""
    missed = result.judged_false and result.answer != "refuted"
    return bool(result.wrong or result.unconfirmed or missed or result.answer == "crashed")


def main() -> int:
    parser = argparse.ArgumentParser(description="Put random and mutated claims to the prover and to a judge.")
    parser.add_argument("count", type=int, help="how many claims")
    parser.add_argument("--first", type=int, default=0, help="the number of the first claim")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--strides", action="store_true", help="claims with strides that are sizes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=5.0, help="seconds for each proof")
    parser.add_argument("--findings", type=Path, help="a file for all findings, not just the wrong ones")
    parser.add_argument("--log", type=Path, help="a file for all results, one JSON object a line")
    given = parser.parse_args()
    results: list[Result] = []
    numbers = range(given.first, given.first + given.count)
    for result in run(numbers, given.seed, given.processes, given.time_limit, given.strides):
        results.append(result)
        if result.wrong:
            print(report(result), flush=True)
        if given.findings and is_finding(result):
            with given.findings.open("a") as file:
                file.write(report(result) + "\n\n")
        if given.log:
            with given.log.open("a") as file:
                file.write(json.dumps(asdict(result)) + "\n")
    print(table(results))
    doubtful, not_judged = (
        sum(bool(r.unconfirmed) for r in results),
        sum(r.note.startswith("not judged") for r in results),
    )
    print(f"\n{doubtful} counterexamples not confirmed by the judge; {not_judged} claims not judged")
    return int(any(r.wrong for r in results))


if __name__ == "__main__":
    sys.exit(main())

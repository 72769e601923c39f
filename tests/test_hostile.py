"""Hostile and odd input: text is never run, every word is a name, sizes are huge, scripts misbehave."""

from __future__ import annotations

import ast
import builtins
import os
import signal
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symconv
from symconv import ClaimError, Tensor, claim, equal, prove
from symconv.faces.loading import find
from symconv.faces.outcome import Outcome
from symconv.faces.runner import Run
from symconv.faces.worker import Limits, default_megabytes, descendants
from symconv.prover.limits import interrupted_after
from tests.statements import assert_proved, assert_refuted, stated

SOURCE = Path(symconv.__file__).parent
RUNS_TEXT = {"eval", "exec", "compile", "sympify", "parse_expr", "lambdify", "literal_eval", "S", "__import__"}
WORDS = [
    *("N", "S", "E", "Q", "I", "O", "C", "lambda_", "Symbol", "sympy", "numpy", "symconv", "self", "print", "type"),
    *(
        "len",
        "range",
        "sum",
        "max",
        "object",
        "isinstance",
        "np",
        "zoo",
        "oo",
        "pi_",
        "gamma",
        "beta",
        "zeta",
        "i",
        "j",
    ),
    *("__class__", "_", "left", "right", "sizes", "claim_", "k", "x0", "t0", "v0", "σ", "match", "case", "exists"),
]


def test_nothing_runs_text_but_the_import_of_a_proof_file() -> None:
    """`loading` compiles and runs the proof file itself; nothing else turns text into code."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                plain = isinstance(node.func, ast.Name) or called in {"sympify", "parse_expr", "lambdify"}
                if called in RUNS_TEXT and plain:
                    found.add((path.relative_to(SOURCE).as_posix(), called))
    assert found == {("faces/loading.py", "compile"), ("faces/loading.py", "exec")}


def test_the_scan_can_fail() -> None:
    tree = ast.parse("sympy.sympify('x')")
    assert any(isinstance(node, ast.Call) and getattr(node.func, "attr", "") in RUNS_TEXT for node in ast.walk(tree))


dangerous = st.sampled_from(
    [
        *(
            "__import__('os').system('true')",
            "n.__class__",
            "lambda: 0",
            "n if n else m",
            "n[0]",
            "f(n)",
            "n ** 9**9**9",
        ),
        *("().__class__", "n; m", "n\nm", "{n}", "f'{n}'", "0x10", "1e999", "n@m", "~n", "not n", "n:=1", "\0", "n//0"),
    ]
)


@given(st.one_of(dangerous, st.text(max_size=30), st.text("nmk0123456789+-*/() ._'\"[]", max_size=40)))
def test_any_dimension_is_read_or_refused(text: str) -> None:
    try:
        made = _with_dimension(text)
    except ClaimError:
        return
    if made.problem is not None:
        assert isinstance(made.problem, ClaimError)
        assert "\n" not in str(made.problem)
    else:
        assert all(name.isidentifier() for name in made.sizes)


def _with_dimension(text: str) -> symconv.Claim:
    def body(x):  # type: ignore[no-untyped-def]
        return equal(x + x, 2 * x)

    body.__annotations__ = {"x": Tensor[text]}
    return claim(body)


def test_no_dimension_has_an_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    monkeypatch.setattr(os, "system", ran.append)
    monkeypatch.setattr(builtins, "eval", lambda *a: ran.append(a))
    with pytest.raises(ClaimError):
        prove(_with_dimension("__import__('os').system('true')"))
    assert not ran


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_a_name(word: str) -> None:
    """As a size, a tensor, a function; proved for every size, and refuted with a call that names it."""
    other = "other_"
    assert_proved(prove(stated(f'{other}: Tensor["{word}"]', f"{other} + {other}", f"2 * {other}")))
    assert_proved(prove(stated(f'{word}: Tensor["size_"]', f"{word} + {word}", f"2 * {word}")))
    made = stated(f"{word}: Function, {other}: Real", f"{word}(-{other})", f"-{word}({other})")
    verdict = prove(made)
    assert verdict.status == "refuted" and verdict.counterexample is not None
    assert f"{word}=lambda" in verdict.counterexample.call


@pytest.mark.parametrize("parameters", ["X: Tensor[1000000, 1000000]", 'X: Tensor["1000000*n", "1000000*n"]'])
def test_huge_tensors_are_proved_or_left_open_in_one_sentence(parameters: str) -> None:
    start = time.monotonic()
    assert prove(stated(parameters, "X + X", "2 * X")).status == "proved"
    verdict = prove(stated(parameters, "X + X", "3 * X"))
    assert verdict.status == "undecided"
    assert verdict.reason.startswith("its tensors have 1000000000000 entries here")
    assert time.monotonic() - start < 20


def test_huge_sizes_that_are_asked_for_are_left_open() -> None:
    verdict = prove(stated('X: Tensor["n", "n"]', "X + X", "2 * X"), sizes={"n": 10**7})
    assert verdict.status == "undecided"
    assert "entries here" in verdict.reason


def test_expressions_nested_some_hundred_levels_deep() -> None:
    @claim
    def sums(x: Tensor["n"]) -> object:
        total = x
        for _ in range(300):
            total = total + x
        return equal(total, 301 * x)

    @claim
    def functions(x: Tensor["n"]) -> object:
        nested = x
        for _ in range(150):
            nested = -nested + 1
        return equal(nested, x)

    for made in (sums, functions):
        verdict = prove(made, time_limit=30)
        assert verdict.status == "proved", verdict.reason


def test_nesting_that_is_too_deep_is_one_sentence() -> None:
    @claim
    def towers(x: Tensor["n"]) -> object:
        nested = x
        for _ in range(5000):
            nested = symconv.relu(nested) + 1
        return equal(nested, nested + x)

    former = sys.getrecursionlimit()
    verdict = prove(towers, time_limit=30)
    assert verdict.status == "undecided"
    assert sys.getrecursionlimit() == former


def test_sums_twelve_deep() -> None:
    names = "abcdefghijkl"
    product = "*".join(f"x[{name}]" for name in names)
    ranges = ", ".join(["n"] * 12)
    made = stated(
        'x: Tensor["n"], n: Size', f"summation(lambda {', '.join(names)}: {product}, {ranges})", "x.sum()**11"
    )
    verdict = prove(made, time_limit=20)
    assert_refuted(verdict, made)


# ---- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
def test_alarms_nest() -> None:
    with pytest.raises(symconv.errors.TimeLimit), interrupted_after(0.4):
        with pytest.raises(symconv.errors.TimeLimit), interrupted_after(0.1):
            time.sleep(5)
        start = time.monotonic()
        time.sleep(5)
    assert time.monotonic() - start < 2
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_memory_is_limited_by_default() -> None:
    assert 64 <= default_megabytes() <= 4096


HEAD = "import os, signal, sys, threading, time, builtins\nfrom symconv import Real, claim, equal\n"
GOOD = "\n@claim\ndef good(x: Real):\n    return equal(x + x, 2 * x)\n"
HANGS = {
    "in C code": "builtins.sum(range(10**13)) + (x is None)",
    "in C code without alarms": "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]); pow(3, 10**9) + x",
    "ignoring signals": "signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while x is not None: time.sleep(1)",
    "in NumPy": "import numpy as np; a = np.ones((3000, 300))\n    while x is not None: a @ a.T",
    "in a destructor": "Loops()\n    return equal(x + x, 2 * x)",
    "catching everything": "catch(x)",
}
LOOPS = """
class Loops:
    def __del__(self):
        while True: pass

def catch(x):
    while x is not None:
        try: time.sleep(1000)
        except BaseException: pass
"""
posix = pytest.mark.skipif(os.name != "posix", reason="processes as on Unix")


def outcomes(folder: Path, text: str, seconds: float = 20.0, megabytes: int | None = None) -> dict[str, Outcome]:
    path = folder / "hostile.py"
    path.write_text(text)
    return {str(each.name): each for each in Run(find([str(path)]), limits=Limits(seconds, megabytes))}


@posix
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(body, id=name, marks=[pytest.mark.slow] * (number > 1))
        for number, (name, body) in enumerate(HANGS.items())
    ],
)
def test_a_time_limit_holds_to_within_a_second(tmp_path: Path, body: str) -> None:
    found = outcomes(tmp_path, HEAD + LOOPS + f"\n@claim\ndef hangs(x: Real):\n    {body}\n" + GOOD, 1.5)
    verdict = found["hangs"].verdict
    assert verdict is not None and verdict.status == "undecided"
    assert "time limit of 1.5 s" in verdict.reason
    assert verdict.seconds < 2.5
    assert found["good"].as_claimed


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed as on Linux")
def test_what_leaves_its_process_group_is_ended_too(tmp_path: Path) -> None:
    body = f"""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
            time.sleep(1000)
        os._exit(0)
    while x is not None: time.sleep(0.1)
"""
    found = outcomes(tmp_path, HEAD + "\n@claim\ndef forks(x: Real):" + body + GOOD, 2.0)
    assert found["forks"].status == "undecided" and found["good"].as_claimed
    pid, end = int((tmp_path / "pid").read_text()), time.monotonic() + 3
    while _runs(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does")
def test_a_claim_that_fills_the_memory_bit_by_bit(tmp_path: Path) -> None:
    eats = "\n@claim\ndef eats(x: Real):\n    kept = []\n    while x is not None: kept.append(bytearray(10**7))\n"
    found = outcomes(tmp_path, HEAD + eats + GOOD, 30.0, 600)
    verdict = found["eats"].verdict
    assert verdict is not None and verdict.reason == "the memory limit of 600 MB was reached"
    assert found["good"].as_claimed


@posix
@pytest.mark.parametrize(
    "body",
    [
        "sys.stdout.close()",
        "os.chdir('/')",
        "builtins.len = lambda x: 42",
        "builtins.isinstance = None",
        "os.remove(__file__) if os.path.exists(__file__) else None",
        "signal.signal(signal.SIGALRM, lambda *a: None); signal.signal(signal.SIGINT, lambda *a: None)",
        "sys.exit(3)",
        "os._exit(3)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "print('x' * 10**6)",
        "threading.Thread(target=time.sleep, args=(100,)).start()",
        "sys.setrecursionlimit(50)",
        "sys.modules.clear()",
    ],
)
def test_the_run_goes_on(tmp_path: Path, body: str) -> None:
    """Whatever a claim does, it has one outcome, and so has the next file."""
    odd, good = tmp_path / "odd.py", tmp_path / "z_good.py"
    odd.write_text(HEAD + f"\n@claim\ndef odd(x: Real):\n    {body}\n    return equal(x + x, 2 * x)\n")
    good.write_text(HEAD + GOOD)
    found = list(Run(find([str(odd), str(good)]), limits=Limits(8.0)))
    assert [each.name for each in found] == ["odd", "good"]
    assert found[0].status in ("proved", "error", "undecided")
    assert found[0].error is None or "\n" not in found[0].error
    assert found[1].as_claimed


def test_descendants_of_a_process_without_children() -> None:
    assert descendants(2**22 + 1) == []


def test_imports_stay_light() -> None:
    import subprocess

    code = "import sys, symconv; print(sorted({'sympy', 'numpy', 'islpy', 'mpmath', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Whatever a proof file does, the run goes on and says what happened; no time limit is overrun by much."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from symconv.faces.loading import BadTarget, find
from symconv.faces.outcome import Outcome
from symconv.faces.runner import Run
from symconv.faces.worker import Limits

HEAD = "from symconv import Real, claim, equal, fallacy\n"
HOLDS = """
@claim
def holds(x: Real, y: Real):
    return equal(x + y, y + x)
"""
posix = pytest.mark.skipif(os.name != "posix", reason="processes are told apart as POSIX does")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a file into the working folder of the test."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, body: str, *, head: str = HEAD) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + textwrap.dedent(body))
        return path

    return write


def run(*targets: str, seconds: float = 20.0, jobs: int = 1, megabytes: int | None = None) -> dict[str, Outcome]:
    """The outcomes by target, in order."""
    started = Run(find(targets), jobs=jobs, limits=Limits(seconds, megabytes))
    return {outcome.target: outcome for outcome in started}


def assert_error(outcome: Outcome, *words: str) -> None:
    assert outcome.status == "error", outcome
    assert outcome.error is not None
    assert "\n" not in outcome.error
    for word in words:
        assert word in outcome.error


def test_the_helper_can_fail() -> None:
    with pytest.raises(AssertionError):
        assert_error(Outcome("x.py", error="said"), "not said")
    with pytest.raises(AssertionError):
        assert_error(Outcome("x.py"))


# ---- what a claim may do ---------------------------------------------------------------------------------------------

NASTY = """
    import os, sys, threading, time
    DONE = []

    def once():
        DONE.append(1)
        return len(DONE) == 1

    @claim
    def exits(x: Real):
        sys.exit(f"goodbye {x}")

    @claim
    def exits_at_once(x: Real):
        os._exit(int(x is None) + 3)

    @claim
    def changes_folder(x: Real):
        os.chdir("/")
        return equal(x + 1, 1 + x)

    @claim
    def forks(x: Real):
        if once():
            os.fork()
        return equal(x + 1, 1 + x)

    @claim
    def prints(x: Real):
        print("printed by the claim")
        return equal(x + 1, 1 + x)

    @claim
    def crashes(x: Real):
        import ctypes
        return equal(x, ctypes.string_at(0))

    @claim
    def closes_everything(x: Real):
        os.closerange(0, 100)
        return equal(x + 1, 1 + x)

    @claim
    def asks(x: Real):
        return equal(x, int(input("a number? ")))

    @claim
    def leaves_a_thread(x: Real):
        threading.Thread(target=time.sleep, args=(1000,)).start()
        return equal(x + 1, 1 + x)

    @claim
    def interrupts(x: Real):
        raise KeyboardInterrupt(str(x))

    @claim
    def recurses(x: Real):
        return recurses.function(x)

    @claim
    def divides(x: Real):
        return equal(x, 1 // 0)

    @claim
    def returns_nothing(x: Real):
        x + 1

    @claim
    def has_no_annotation(x):
        return equal(x, x + 0)
"""


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "nasty.py").write_text(HEAD + textwrap.dedent(NASTY) + HOLDS)
    return {str(outcome.name): outcome for outcome in Run(find([str(folder / "nasty.py")]))}


@posix
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("exits", ["exits", "goodbye"]),
        ("exits_at_once", ["ended the process", "exit code 3"]),
        ("crashes", ["ended the process", "SIGSEGV"]),
        ("closes_everything", ["ended the process"]),
        ("asks", ["EOFError"]),
        ("interrupts", ["KeyboardInterrupt"]),
        ("recurses", ["RecursionError"]),
        ("divides", ["ZeroDivisionError", "nasty.py:"]),
        ("returns_nothing", ["returned nothing"]),
        ("has_no_annotation", ["not annotated"]),
    ],
)
def test_a_claim_that_cannot_be_tried_is_an_error(nasty: dict[str, Outcome], name: str, words: list[str]) -> None:
    assert_error(nasty[name], *words)


@posix
@pytest.mark.parametrize("name", ["changes_folder", "forks", "prints", "leaves_a_thread", "holds"])
def test_a_claim_that_can_be_proved_is_proved(nasty: dict[str, Outcome], name: str) -> None:
    assert nasty[name].status == "proved", nasty[name]


@posix
def test_every_claim_has_one_outcome_in_the_order_of_the_file(nasty: dict[str, Outcome]) -> None:
    lines = [outcome.line or 0 for outcome in nasty.values()]
    assert lines == sorted(lines)
    assert len(nasty) == 15


@posix
def test_what_a_claim_prints_belongs_to_its_outcome(
    nasty: dict[str, Outcome], capfd: pytest.CaptureFixture[str]
) -> None:
    assert "printed by the claim" in nasty["prints"].printed
    assert nasty["holds"].printed == ""
    assert "printed by the claim" not in "".join(capfd.readouterr())


def test_a_claim_that_never_ends_is_undecided_in_time(write: Write) -> None:
    write("loops.py", "@claim\ndef loops(x: Real):\n    while x is not None: pass\n" + HOLDS)
    started = time.monotonic()
    outcomes = run("loops.py", seconds=1.5)
    assert outcomes["loops.py::loops"].status == "undecided"
    verdict = outcomes["loops.py::loops"].verdict
    assert verdict is not None
    assert "time limit of 1.5 s" in verdict.reason
    assert verdict.seconds < 2.5
    assert outcomes["loops.py::holds"].status == "proved"
    assert time.monotonic() - started < 15


@posix
def test_a_claim_that_prints_for_ever_neither_blocks_nor_fills_the_memory(write: Write) -> None:
    write("floods.py", "@claim\ndef floods(x: Real):\n    while x is not None: print('x' * 1000)\n")
    outcome = run("floods.py", seconds=1.0)["floods.py::floods"]
    assert outcome.status == "undecided"
    assert 1000 < len(outcome.printed) < 10_000


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does")
def test_the_memory_limit_holds(write: Write) -> None:
    write("eats.py", "@claim\ndef eats(x: Real):\n    return equal(x, len(bytearray(5 << 30)))\n" + HOLDS)
    outcomes = run("eats.py", megabytes=3000)
    verdict = outcomes["eats.py::eats"].verdict
    assert verdict is not None
    assert "memory limit of 3000 MB" in verdict.reason
    assert outcomes["eats.py::holds"].status == "proved"


# ---- what an import may do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import sys; sys.exit('bye')", ["bad.py:1", "SystemExit: bye"]),
        pytest.param("import os; os._exit(4)", ["exit code 4", "imported"], marks=posix),
        ("raise ValueError('two\\nlines')", ["bad.py:1", "ValueError: two lines"]),
        ("import nothing_of_this_name", ["ModuleNotFoundError", "nothing_of_this_name"]),
        ("raise KeyboardInterrupt", ["KeyboardInterrupt"]),
        ("x = 1\ndef f(:", ["bad.py:2", "not Python"]),
        ("x = 'a\0b'", ["not Python"]),
        ("x = 1", ["holds no claim"]),
        ("while True: pass", ["time limit", "imported"]),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_error(write: Write, body: str, words: list[str]) -> None:
    write("bad.py", body, head="")
    write("good.py", HOLDS)
    outcomes = run("bad.py", "good.py", seconds=2.0)
    assert list(outcomes) == ["bad.py", "good.py::holds"]
    assert_error(outcomes["bad.py"], "bad.py", *words)
    assert outcomes["good.py::holds"].as_claimed


def test_a_binary_file_is_an_error(write: Write, tmp_path: Path) -> None:
    write("good.py", HOLDS)
    (tmp_path / "binary.py").write_bytes(bytes(range(256)) * 10 + b"claim")
    assert_error(run("binary.py")["binary.py"], "not Python")


@posix
def test_an_import_that_forks_gives_each_claim_once(write: Write) -> None:
    write("forks.py", "import os\nos.fork()\n" + HOLDS)
    started = Run(find(["forks.py"]), limits=Limits(20.0))
    assert [outcome.status for outcome in started] == ["proved"]


@posix
def test_nothing_is_left_behind(write: Write, tmp_path: Path) -> None:
    write(
        "leaves.py",
        "import os, pathlib, time\n"
        "if os.fork() == 0:\n"
        f"    pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(1000)\n"
        "time.sleep(0.5)\n" + HOLDS,
    )
    assert run("leaves.py")["leaves.py::holds"].status == "proved"
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent to notice does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.exists():
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc").exists()


# ---- order, jobs, folders --------------------------------------------------------------------------------------------


def test_many_jobs_give_the_same_outcomes_in_the_same_order(write: Write) -> None:
    for name in ("b.py", "a.py", "sub/c.py"):
        write(f"proofs/{name}", HOLDS + HOLDS.replace("holds", "holds_too") + HOLDS.replace("holds", "holds_as_well"))
    one, many = run("proofs", jobs=1), run("proofs", jobs=4)
    assert list(one) == list(many)
    assert next(iter(one)) == "proofs/a.py::holds"
    assert list(one)[-1] == "proofs/sub/c.py::holds_as_well"
    assert all(outcome.as_claimed for outcome in many.values())


def test_siblings_can_be_imported_also_late(write: Write) -> None:
    write("proofs/helper.py", "ONE = 1\n", head="")
    write("proofs/late.py", "TWO = 2\n", head="")
    write(
        "proofs/uses.py",
        "from helper import ONE\n"
        "@claim\n"
        "def adds(x: Real):\n"
        "    from late import TWO\n"
        "    return equal(x + ONE + ONE, x + TWO)\n",
    )
    assert run("proofs/uses.py")["proofs/uses.py::adds"].status == "proved"


def test_two_files_of_one_name_do_not_meet(write: Write) -> None:
    write("a/same.py", HOLDS)
    write("b/same.py", HOLDS.replace("holds", "other"))
    assert list(run("a", "b")) == ["a/same.py::holds", "b/same.py::other"]


def test_a_folder_is_read_without_importing_what_has_no_claims(write: Write, tmp_path: Path) -> None:
    write("proofs/good.py", HOLDS)
    write("proofs/setup.py", f"open({str(tmp_path / 'ran')!r}, 'w')\n", head="")
    write("proofs/.hidden/claims.py", HOLDS)
    assert list(run("proofs")) == ["proofs/good.py::holds"]
    assert not (tmp_path / "ran").exists()


@posix
def test_a_folder_with_a_pipe_is_read(write: Write, tmp_path: Path) -> None:
    write("proofs/good.py", HOLDS)
    os.mkfifo(tmp_path / "proofs" / "pipe.py")
    assert list(run("proofs")) == ["proofs/good.py::holds"]


@posix
def test_a_file_that_ends_right_after_its_import_is_one_error(write: Write) -> None:
    write(
        "late.py",
        "import os, threading\n"
        "@claim\n"
        "def waits(x: Real):\n"
        "    import time; time.sleep(5)\n"
        "    return equal(x, x + 0)\n"
        "threading.Timer(0.3, lambda: os._exit(5)).start()\n",
    )
    (outcome,) = run("late.py").values()
    assert_error(outcome, "exit code 5")


def test_targets_are_merged(write: Write) -> None:
    write("a.py", HOLDS + HOLDS.replace("holds", "other"))
    assert list(run("a.py::other", "a.py::other")) == ["a.py::other"]
    assert list(run("a.py::other", "./a.py")) == ["a.py::holds", "a.py::other"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("nothing", ["no such file or folder"]),
        ("god.py", ["no such file or folder", "did you mean good.py?"]),
        ("notes.txt", ["not a Python file"]),
        ("empty", ["holds no claim"]),
        (".::holds", ["is a folder"]),
        ("good.py::", ["not the name of a claim"]),
        ("", ["no such file"]),
    ],
)
def test_a_bad_target_is_one_sentence(write: Write, tmp_path: Path, target: str, words: list[str]) -> None:
    write("good.py", HOLDS)
    write("notes.txt", "notes")
    (tmp_path / "empty").mkdir()
    (bad,) = find([target])
    assert isinstance(bad, BadTarget)
    for word in words:
        assert word in bad.reason


def test_a_claim_that_is_not_there_is_named_with_its_neighbour(write: Write) -> None:
    write("good.py", HOLDS)
    assert_error(run("good.py::hold")["good.py"], "good.py::hold", "did you mean holds?")


def test_a_process_with_threads_starts_its_workers_afresh(write: Write, tmp_path: Path) -> None:
    write("good.py", HOLDS)
    script = """
    import threading, time
    from symconv.faces.loading import find
    from symconv.faces.runner import Run, _context

    if __name__ == "__main__":
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        assert _context().get_start_method() == "spawn"
        print([outcome.status for outcome in Run(find(["good.py"]))])
    """
    write("threads.py", script, head="")
    done = subprocess.run(
        [sys.executable, "threads.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip() == "['proved']", done.stderr

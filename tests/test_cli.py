"""The command as a user meets it: in a process of its own, by its output and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

GOOD = '''
from symconv import Real, claim, equal, fallacy

@claim
def adding_commutes(x: Real, y: Real):
    """x + y = y + x."""
    return equal(x + y, y + x)

@fallacy
def squaring_is_linear(x: Real, y: Real):
    """The freshman's dream."""
    return equal((x + y) ** 2, x**2 + y**2)
'''
WRONG = """
from symconv import Real, claim, equal, fallacy

@claim
def one_is_two(x: Real):
    return equal(x, 2 * x)
"""
BROKEN = "from symconv import claim\ndef f(:\n"
LOOPS = "# claim\nwhile True: pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "proofs").mkdir()
    (tmp_path / "proofs" / "good.py").write_text(GOOD)
    (tmp_path / "wrong.py").write_text(WRONG)
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "loops.py").write_text(LOOPS)
    return tmp_path


def symconv(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symconv", *arguments],
        cwd=folder,
        env=os.environ | {"COLUMNS": "80"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def assert_exits(done: subprocess.CompletedProcess[str], code: int) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_helper_can_fail(folder: Path) -> None:
    with pytest.raises(AssertionError):
        assert_exits(symconv(folder, "prove", "nothing"), 0)


def test_prove_takes_the_folder_proofs(folder: Path) -> None:
    done = symconv(folder, "prove")
    assert_exits(done, 0)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("proved     proofs/good.py::adding_commutes  ")
    assert any(line.startswith("refuted    proofs/good.py::squaring_is_linear  (a fallacy") for line in lines)
    assert "everything as claimed" in lines[-1]
    assert done.stderr == ""


def test_something_wrong_is_1(folder: Path) -> None:
    done = symconv(folder, "prove", "proofs", "wrong.py")
    assert_exits(done, 1)
    assert "REFUTED    wrong.py::one_is_two" in done.stdout
    assert "1 NOT AS CLAIMED" in done.stdout


def test_something_broken_is_2_and_the_rest_goes_on(folder: Path) -> None:
    done = symconv(folder, "prove", "broken.py", "wrong.py", "nothing.py", "proofs")
    assert_exits(done, 2)
    assert "ERROR      broken.py:2: not Python" in done.stdout
    assert "ERROR      nothing.py: no such file" in done.stdout
    assert "proved     proofs/good.py::adding_commutes" in done.stdout


def test_no_folder_proofs_is_one_sentence(tmp_path: Path) -> None:
    done = symconv(tmp_path, "prove")
    assert_exits(done, 2)
    assert done.stdout.splitlines()[0].startswith("ERROR      proofs: no such file or folder; a target is")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["prove", "--jobs", "0"], ["prove", "--time-limit", "soon"], ["show"]]
)
def test_wrong_usage_is_2(folder: Path, arguments: list[str]) -> None:
    assert_exits(symconv(folder, *arguments), 2)


def objects(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(done.stdout)
    return made


def test_json_is_one_array_with_an_object_per_claim(folder: Path) -> None:
    (folder / "proofs" / "prints.py").write_text("print('[noise')\n" + WRONG)
    done = symconv(folder, "prove", "--json", "proofs", "broken.py")
    assert_exits(done, 2)
    made = objects(done)
    assert [(each["name"], each["kind"], each["status"]) for each in made] == [
        ("adding_commutes", "claim", "proved"),
        ("squaring_is_linear", "fallacy", "refuted"),
        ("one_is_two", "claim", "refuted"),
        (None, None, "error"),
    ]
    wanted = {"name", "file", "line", "kind", "status", "scope", "for_all_sizes", "sizes", "seconds", "counterexample"}
    assert all(wanted | {"failed_step", "spot_checks", "reason"} <= each.keys() for each in made)
    assert made[0]["file"] == "proofs/good.py"
    assert (folder / made[0]["file"]).read_text().splitlines()[made[0]["line"] - 1] == "@claim"
    assert "squaring_is_linear(" in made[1]["counterexample"]["call"]


def test_list_proves_nothing(folder: Path) -> None:
    done = symconv(folder, "list", "proofs", "loops.py", "--time-limit", "2")
    assert_exits(done, 2)
    assert done.stdout.splitlines() == [
        "claim    proofs/good.py:4  adding_commutes  x + y = y + x.",
        "fallacy  proofs/good.py:9  squaring_is_linear  The freshman's dream.",
        "ERROR      loops.py: the time limit of 2 s was reached while it was imported",
    ]
    listed = objects(symconv(folder, "list", "--json"))
    assert [each["title"] for each in listed] == ["x + y = y + x.", "The freshman's dream."]


def test_show_gives_statement_verdict_and_evidence(folder: Path) -> None:
    done = symconv(folder, "show", "proofs/good.py::squaring_is_linear")
    assert_exits(done, 0)
    for words in ("(fallacy, line 9)", "return equal((x + y) ** 2", "refuted    ", "squaring_is_linear(x=", "left "):
        assert words in done.stdout
    assert_exits(symconv(folder, "show", "proofs/good.py::squaring"), 2)
    assert "x + y" in objects(symconv(folder, "show", "proofs/good.py::adding_commutes", "--json"))[0]["source"]


def test_verbose_shows_the_evidence(folder: Path) -> None:
    assert "spot checks:" in symconv(folder, "prove", "-v").stdout
    assert "spot checks:" not in symconv(folder, "prove").stdout


def test_piped_output_is_plain_and_not_wrapped(folder: Path) -> None:
    name = "a_claim_with_a_name_that_alone_is_wider_than_any_terminal_that_is_eighty_columns_wide"
    (folder / "wide.py").write_text(GOOD.replace("adding_commutes", name))
    done = symconv(folder, "prove", "wide.py")
    assert "\x1b" not in done.stdout
    assert done.stdout.splitlines()[0].endswith(" s")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colour_unless_it_wants_none(folder: Path, no_color: str, coloured: bool) -> None:
    environment = os.environ | {"NO_COLOR": no_color, "TERM": "xterm-256color"}
    assert ("\x1b[32m" in _on_a_terminal(folder, environment)) is coloured


def _on_a_terminal(folder: Path, environment: dict[str, str]) -> str:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "symconv", "prove"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    output = b""
    try:
        while text := os.read(ours, 4096):
            output += text
    except OSError:
        pass  # so Linux says that the other end is closed
    os.close(ours)
    assert process.wait(60) == 0
    return output.decode()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_says_what_is_done_and_what_is_left(folder: Path, as_json: bool) -> None:
    command = [sys.executable, "-m", "symconv", "prove", "proofs", "loops.py", *["--json"] * as_json]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell may start its background jobs deaf to this signal, and they would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(8)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    said = errors if as_json else output
    assert "done: 1 claim proved, 1 fallacy refuted; 1 left:" in said
    assert said.splitlines()[-1] == "  loops.py"
    assert "Traceback" not in errors
    if as_json:
        assert len(json.loads(output)) == 2


def test_a_reader_that_leaves_is_no_fault(folder: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m symconv prove | head -n 1",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("proved")
    assert "Traceback" not in done.stderr


def test_version_and_help(folder: Path) -> None:
    assert symconv(folder, "--version").stdout.startswith("symconv 0.")
    for command in ([], ["prove"], ["list"], ["show"], ["report"]):
        done = symconv(folder, *command, "--help")
        assert_exits(done, 0)
        assert max(map(len, done.stdout.splitlines())) <= 80


# ---- a proof file as a script ----------------------------------------------------------------------------------------


def script(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(body)
    return subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_proof_file_runs_as_a_script(folder: Path) -> None:
    done = script(folder, GOOD + "\nimport symconv\nsymconv.run(__name__)\n")
    assert_exits(done, 0)
    assert done.stdout.startswith("proved     script.py::adding_commutes")
    assert "everything as claimed" in done.stdout
    assert_exits(script(folder, WRONG + "\nimport symconv\nsymconv.run(__name__)\n"), 1)


def test_a_script_ends_a_claim_that_does_not(folder: Path) -> None:
    loops = "\n@claim\ndef loops(x: Real):\n    while x is not None:\n        pass\n"
    done = script(folder, GOOD + loops + "\nimport symconv\nsymconv.run(__name__, time_limit=1)\n")
    assert_exits(done, 1)
    assert "the time limit of 1 s " in done.stdout


def test_run_does_nothing_for_a_module_that_is_imported(folder: Path) -> None:
    (folder / "module.py").write_text(GOOD + "\nimport symconv\nsymconv.run(__name__)\nprint('went on')\n")
    assert script(folder, "import module").stdout == "went on\n"


@pytest.mark.parametrize("command", [["report", "-o", "out.html"], ["latex", "-o", "out.html"], ["latex"]])
@pytest.mark.parametrize("targets", [["nofile.py"], ["proofs", "nofile.py"], ["broken.py"]])
def test_no_document_is_written_where_a_target_leads_nowhere(
    folder: Path, command: list[str], targets: list[str]
) -> None:
    (folder / "out.html").write_text("a good one")
    done = symconv(folder, command[0], *targets, *command[1:])
    assert_exits(done, 2)
    assert (folder / "out.html").read_text() == "a good one"
    assert "paragraph" not in done.stdout
    if "nofile.py" in targets:
        assert done.stderr.startswith("symconv: nofile.py: no such file or folder") and done.stderr.count("\n") == 1
    else:
        assert done.stderr.endswith("symconv: nothing is written, since no claim can be read\n")


def test_claims_are_chosen_by_a_part_of_their_name(folder: Path) -> None:
    listed = symconv(folder, "list", "-k", "COMMUTES", "proofs", "wrong.py")
    assert_exits(listed, 0)
    assert [line.split()[2] for line in listed.stdout.splitlines()] == ["adding_commutes"]
    assert "1 fallacy refuted: everything as claimed" in symconv(folder, "prove", "-k", "linear").stdout
    assert "adding_commutes" in symconv(folder, "show", "-k", "adding").stdout
    nothing = symconv(folder, "prove", "-k", "zzz")
    assert_exits(nothing, 2)
    assert nothing.stderr == "symconv: -k zzz: no claim has a name that contains this; symconv list names them\n"


def test_show_says_how_a_claim_is_named(folder: Path) -> None:
    bare = symconv(folder, "show", "adding_commutes")
    assert_exits(bare, 2)
    assert bare.stderr == (
        "symconv: adding_commutes is no file or folder; "
        "a claim is shown by file.py::adding_commutes, or by -k adding_commutes\n"
    )
    nothing = symconv(folder, "show")
    assert_exits(nothing, 2)
    assert nothing.stderr.startswith("symconv: show takes the claim to show")


def test_a_claim_that_is_lost_is_an_error_of_its_file(folder: Path) -> None:
    (folder / "twice.py").write_text(WRONG + WRONG.replace("2 * x", "x"))
    done = symconv(folder, "prove", "twice.py")
    assert_exits(done, 2)
    assert done.stdout.startswith(
        "ERROR      twice.py:4: claim one_is_two is lost, since line 10 defines one_is_two again"
    )
    ran = script(folder, WRONG + WRONG.replace("2 * x", "x") + "\nimport symconv\nsymconv.run(__name__)\n")
    assert ran.returncode == 2 and "claim one_is_two is lost" in ran.stdout

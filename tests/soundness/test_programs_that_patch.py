"""Files that change the process they run in: it is not the one that checks them.

Each program fools a check in its own process, which is seen first: Python has no walls inside a
process (docs/trust.md). ``fmproof verify`` runs it in another.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fmproof.errors import InputError
from fmproof.sources import find_each, load_file

FALSE = """
from fmproof import Derivation, Real, Step
t = Real("t")
wrong = Derivation("wrong", start=t, steps=[Step("1", t + 1, by="ring")], variables=[t])
"""

PATCHED = """
import fmproof.tactics.check as checking
from fmproof.kernel.rule import _made
from fmproof.kernel.theorem import Sequent, Trace
from fmproof.lang.props import Equals
def yes(line, rules, relation):
    return _made(Sequent(Equals(line.before, line.claim), ()), Trace("ring", ()))
"""

PROGRAMS = {
    "the checker": PATCHED + "checking.justify = yes",
    "the kernel": (
        "import fmproof.kernel.rule as rule\n"
        "made = rule._made\n"
        "from fmproof.kernel.theorem import Sequent\n"
        "from fmproof.lang.props import Equals\n"
        "import fmproof.kernel.ring as ring\n"
        "from sympy import S\n"
        "ring.polynomial = lambda term: {}\n"
        "ring.ring_normal = lambda term: S.Zero\n"
    ),
    "the report": (
        "from fmproof.report import model\nmodel.Report.status = property(lambda self: 'proved')\n"
    ),
    "later, by a thread": (
        PATCHED + "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.01), setattr(checking, 'justify', yes)),"
        " daemon=True).start()\n"
        "older = checking.check\n"
        "def waits(*args, **kwargs):\n"
        "    time.sleep(0.1)\n"
        "    return older(*args, **kwargs)\n"
        "checking.check = waits\n"
    ),
    "later, by a signal": (
        PATCHED + "import signal\n"
        "older = checking.check\n"
        "signal.signal(signal.SIGALRM, lambda number, frame: setattr(checking, 'justify', yes))\n"
        "def waits(*args, **kwargs):\n"
        "    signal.pause()\n"
        "    return older(*args, **kwargs)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
        "checking.check = waits\n"
    ),
    "what is done at the end": "import atexit, os\natexit.register(lambda: os._exit(0))\n",
}

IN_ITS_OWN = """
import sys
from pathlib import Path
from fmproof.sources.running import run_file
path = Path(sys.argv[1])
found = run_file(path, path.read_text("utf-8"))
import fmproof.tactics.check
sys.exit(fmproof.tactics.check.check(found).status != "proved")
"""


def status(*command: str) -> int:
    return subprocess.run(
        [sys.executable, *command], capture_output=True, check=False, timeout=120
    ).returncode


@pytest.mark.parametrize("kind", PROGRAMS)
@pytest.mark.skipif(sys.platform == "win32", reason="the programs use signals of POSIX")
def test_what_fools_a_check_in_the_same_process_does_not_fool_the_command(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FALSE + PROGRAMS[kind], encoding="utf-8")
    assert status("-c", IN_ITS_OWN, str(path)) == 0, "this program does not even fool itself"
    assert status("-m", "fmproof", "verify", str(path), "--no-numeric") == 1


def test_without_a_patch_both_say_no(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FALSE, encoding="utf-8")
    assert status("-c", IN_ITS_OWN, str(path)) == 1
    assert status("-m", "fmproof", "verify", str(path), "--no-numeric") == 1


ANSWERS = """
import os, sys
frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
answers = os.path.join(frame.f_locals["request"]["answers"], "0.json")
"""


@pytest.mark.filterwarnings("ignore:w$")
@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import os\nos._exit(0)", "ends the process that it runs in, with status 0"),
        ("import os\nos._exit(7)", "with status 7; a derivation file must run to its end"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "by SIGKILL"),
        ("raise KeyboardInterrupt", "raises KeyboardInterrupt"),
        ("import sys\nsys.exit(3)", r"mine\.py:1: calls|mine\.py:2: calls sys\.exit\(3\)"),
        (ANSWERS + "open(answers, 'w').write('[]\\n'); os._exit(0)", "writes into what"),
        (ANSWERS + "open(answers, 'w').write('{\"warnings\": 3}\\n'); os._exit(0)", "writes into"),
        (ANSWERS + "open(answers, 'wb').write(bytes(range(256))); os._exit(0)", "writes into"),
        (ANSWERS + "os.mkdir(answers); os._exit(0)", "with status 0"),
        (ANSWERS + "os.mkfifo(answers); os._exit(0)", "with status 0"),
        (
            ANSWERS + 'open(answers, \'w\').write(\'{"warnings": [], "rows": [], "derivations": [],'
            ' "found": []}\'); os._exit(0)',
            "defines no derivation",
        ),
        (
            ANSWERS
            + 'open(answers, \'w\').write(\'{"warnings": [["UserWarning", "w", "f", 1e999]],'
            ' "error": "far away"}\'); os._exit(0)',
            "far away",
        ),
        (
            ANSWERS
            + "open(answers, 'w').write('{\"warnings\": [], \"rows\": [{}]}\\n'); os._exit(0)",
            r"mine\.py: row 0 is no term",
        ),
    ],
    ids=range(13),
)
def test_a_file_that_ends_its_process_or_answers_for_it(
    program: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(program, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_file(path)


def test_the_file_that_is_named_is_the_one_that_ended_it(tmp_path: Path) -> None:
    paths = [tmp_path / "first.py", tmp_path / "second.py"]
    paths[0].write_text(FALSE, encoding="utf-8")
    paths[1].write_text("import os\nos._exit(0)", encoding="utf-8")
    with pytest.raises(InputError, match=r"second\.py: ends"):
        find_each([str(path) for path in paths])


OF_OTHERS = """
import fmproof.sources.running as running
older = running.run_file
def other(path, text, required=True):
    return older(path, "from fmproof import *\\nt = Real('t')\\n"
        "d = Derivation('theirs', start=t, steps=[Step('1', t, by='ring')], variables=[t])")
running.run_file = other
"""


def test_no_file_answers_for_another(tmp_path: Path) -> None:
    """Nor for those that come after it."""
    (tmp_path / "first.py").write_text(FALSE + OF_OTHERS, encoding="utf-8")
    (tmp_path / "theirs.py").write_text(FALSE, encoding="utf-8")
    found = find_each([str(tmp_path / "first.py"), str(tmp_path / "theirs.py")])
    assert [d.name for some in found for d in some] == ["wrong", "wrong"]
    assert [d.name for d in find_each([str(tmp_path)])[0]] == ["wrong", "wrong"]


def test_a_file_named_as_a_library_does_not_run_in_the_check(tmp_path: Path) -> None:
    """``python -m`` puts the folder with the file before all others."""
    patch = PATCHED + "checking.justify = yes"
    for name in ("difflib", "json", "textwrap"):
        path = tmp_path / f"{name}.py"
        path.write_text(f"def __getattr__(name):\n    return None\n{FALSE}", encoding="utf-8")
    (tmp_path / "difflib.py").write_text(FALSE + patch, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "fmproof", "verify", "difflib.py", "--no-numeric", "--quiet"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "proved" not in run.stdout
    assert run.returncode != 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_nobody_has_to_listen(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("print('hello')\n" + FALSE, encoding="utf-8")
    command = f'"{sys.executable}" -m fmproof verify "{path}" --no-numeric --quiet 2>&- <&-'
    run = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stdout == "✗ wrong  failed: 1 of 1 step failed (1)\n"


def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    left = "import subprocess, sys, threading, time\n"
    left += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    left += "threading.Thread(target=time.sleep, args=(60,)).start()\n"
    path.write_text(FALSE + left, encoding="utf-8")
    started = os.times().elapsed
    (derivation,) = load_file(path)
    assert derivation.name == "wrong"
    assert os.times().elapsed - started < 50


def test_warnings_and_what_it_prints_come_through(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.py"
    text = "import os, warnings\nprint('printed')\nos.system('echo shell')\n"
    text += "warnings.warn('mind the gap', RuntimeWarning)\nwrong = wrong\n"
    text += 'lost = Derivation("lost", start=t, steps=[Step("1", t, by="ring")], variables=[t])\n'
    path.write_text(FALSE + text + "del lost\n", encoding="utf-8")
    with (
        pytest.warns(RuntimeWarning, match="mind the gap"),
        pytest.warns(match="'lost' is skipped"),
    ):
        load_file(path)
    out, err = capfd.readouterr()
    assert not out
    assert "printed\n" in err
    assert "shell\n" in err

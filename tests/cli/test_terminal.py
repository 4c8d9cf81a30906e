"""Real processes and real terminals: pipes that close, encodings, the progress bar."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fmproof.cli import terminal

COMMAND = [sys.executable, "-m", "fmproof"]


def test_a_reader_who_goes_away() -> None:
    """As in ``fmproof verify | head -0``: no traceback, and the verdict is the exit status."""
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [*COMMAND, "verify", "gradient"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=buffered,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [["list"], ["docs", "uniform", "--to", "html"]])
def test_an_output_that_takes_no_more_is_one_line(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"fmproof: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_without_mathematics(encoding: str) -> None:
    done = subprocess.run(
        [*COMMAND, "verify", "fm-cfm"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        timeout=60,
        check=True,
    )
    shown = done.stdout.decode(encoding)
    assert done.stderr == b""
    assert "Theorem  L_FM(theta) = L_CFM(theta) + C" in shown
    assert "+ 2.1   =  int_0^1 int p_t(x) p(t) u_t^theta(x)" in shown.replace("¹", "^1")
    assert "C_1 = E_{t~U[0,1], x~p_t}[||u_t(x)||" in shown


def test_machine_formats_are_utf8_whatever_the_terminal() -> None:
    done = subprocess.run(
        [*COMMAND, "verify", "gradient", "--format", "json"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
        check=True,
    )
    assert "∇_θ L_FM(θ)" in done.stdout.decode("utf-8")


def test_every_symbol_has_a_plain_form() -> None:
    """No question marks in what the built-in derivations print."""
    from fmproof import check
    from fmproof.derivations import BUILTIN, load
    from fmproof.report.text import Detail, render

    terminal.make_printable()
    text = render(check([load(name) for name in BUILTIN]), Detail.STEPS)
    assert b"?" not in text.encode("ascii", "fmproof.plain")
    assert "日".encode("ascii", "fmproof.plain") == b"?"


# --- progress -------------------------------------------------------------------------


class Screen(io.StringIO):
    """A terminal, which keeps what is written to it."""

    def isatty(self) -> bool:
        return True


def test_long_work_draws_a_bar_and_clears_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    screen = Screen()
    monkeypatch.setattr(terminal, "monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.progress() as show:
        assert show is not None
        for done, seconds in ((1, 0.0), (2, 0.4), (3, 0.6), (4, 0.65)):
            now[0] = seconds
            show("mine", done, 4)
    bar = f"mine [{'#' * 22:<30}] 3/4"
    assert screen.getvalue() == f"\r\x1b[K{bar}\r\x1b[K"


def test_short_work_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with terminal.progress() as show:
        assert show is not None
        show("short", 1, 2)
    assert screen.getvalue() == ""


def test_without_a_terminal_there_is_no_bar() -> None:
    with terminal.progress() as show:
        assert show is None


def test_verify_reports_its_progress(run, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(terminal, "_PATIENCE", 0)
    monkeypatch.setattr(terminal, "_REFRESH", 0)
    monkeypatch.setattr(sys, "stderr", screen)
    assert "\x1b" not in run("verify", "-q", "gradient").out
    assert screen.getvalue().endswith(f"\r\x1b[Kgradient [{'#' * 30}] 4/4\r\x1b[K")


# --- interrupts -----------------------------------------------------------------------


# A job in the background ignores Ctrl-C, and so do the processes that it starts.
LISTENING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from fmproof.cli import program; program()"
)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_an_interrupt_from_the_keyboard(tmp_path: Path) -> None:
    """It ends the file that is running, too: nothing holds on to its standard error."""
    slow = "import time\nprint('running', flush=True)\ntime.sleep(600)\n"
    (tmp_path / "slow.py").write_text(slow)
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", LISTENING, "verify", "slow.py", "-o", "report"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == b"running\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert err.strip() == b"fmproof: interrupted"
    assert os.listdir(tmp_path) == ["slow.py"]

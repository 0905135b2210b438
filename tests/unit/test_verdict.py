"""The verdict for every combination of exit and final message."""

import signal
from pathlib import Path

import pytest

from shared.confinement.exit import Exit
from shared.energyplus.results.messages import read_statement
from shared.energyplus.verdict import Statement, Verdict, classify, explain

COMPLETED = Statement(completed=True, fatal=False, severe_errors=0)
COMPLETED_BADLY = Statement(completed=True, fatal=False, severe_errors=3)
FATAL = Statement(completed=False, fatal=True, severe_errors=1)
SILENT = Statement(completed=False, fatal=False, severe_errors=0)
KILLED = Exit(None, signal.SIGKILL)


@pytest.mark.parametrize(
    ("ended", "said", "timed_out", "verdict"),
    [
        (Exit(0, None), COMPLETED, False, Verdict.SUCCESS),
        (Exit(0, None), COMPLETED_BADLY, False, Verdict.SUCCESS_WITH_SEVERE_ERRORS),
        (Exit(0, None), SILENT, False, Verdict.CRASHED),
        (Exit(0, None), FATAL, False, Verdict.FATAL),
        (Exit(1, None), FATAL, False, Verdict.FATAL),
        (Exit(1, None), SILENT, False, Verdict.CRASHED),
        (Exit(1, None), COMPLETED, False, Verdict.CRASHED),
        (Exit(None, signal.SIGSEGV), SILENT, False, Verdict.CRASHED),
        (Exit(None, signal.SIGSEGV), FATAL, False, Verdict.FATAL),
        (KILLED, COMPLETED, False, Verdict.CRASHED),
        (KILLED, SILENT, True, Verdict.TIMED_OUT),
        (Exit(1, None), FATAL, True, Verdict.TIMED_OUT),
        (Exit(0, None), COMPLETED, True, Verdict.SUCCESS),
    ],
)
def test_the_verdict_follows_from_the_exit_and_the_messages(
    ended: Exit, said: Statement, timed_out: bool, verdict: Verdict
) -> None:
    assert classify(ended.code, said, timed_out=timed_out) is verdict


@pytest.mark.parametrize(
    ("ended", "printed", "cause"),
    [
        (Exit(None, signal.SIGABRT), b"terminate called after throwing 'std::bad_alloc'", "out of memory"),
        (Exit(None, signal.SIGXFSZ), b"", "a file grew past the limit"),
        (Exit(0, None), b"", "without saying that it completed"),
        (Exit(None, signal.SIGSEGV), b"Warming up", ""),
    ],
)
def test_a_crash_says_why_where_that_is_known(ended: Exit, printed: bytes, cause: str) -> None:
    assert explain(ended.code, ended.signal, printed) == cause


def test_an_exit_is_described_in_words() -> None:
    assert str(Exit(3, None)) == "exit code 3"
    assert str(Exit(None, signal.SIGABRT, cause="out of memory")) == "signal 6, out of memory"


def test_the_statement_is_read_from_the_closing_lines(tmp_path: Path) -> None:
    err = tmp_path / "eplusout.err"
    err.write_text(
        "Program Version,EnergyPlus, Version 25.2.0-cf7368216c, YMD=2026.11.24 02:08,\n"
        '   ** Severe  ** CheckWarmupConvergence: Loads Initialization, Zone="PERIMETER_ZN_2" did not converge.\n'
        "   ************* EnergyPlus Warmup Error Summary. During Warmup: 0 Warning; 3 Severe Errors.\n"
        "   ************* EnergyPlus Completed Successfully-- 19243 Warning; 3 Severe Errors; "
        "Elapsed Time=00hr 00min  3.04sec\n"
    )

    assert read_statement(err) == COMPLETED_BADLY
    assert read_statement(tmp_path / "missing") == SILENT

"""The promises that carry a figure: which test proves which, how often, and what it found.

`@pytest.mark.promise("S4")` names the promise. Every run takes a short form; `bin/check --faults` sets
COMPTOIR_WHOLE and takes the whole. What a test found is said by `figure("300 removals, 0 frames after")`,
and stands at the end of the run, above the names of the tests that failed.
"""

import os
from collections.abc import Callable

import pytest
from _pytest.terminal import TerminalReporter

Figure = Callable[[str], None]


def whole() -> bool:
    """Whether this run takes the whole, and not the short form."""
    return bool(os.environ.get("COMPTOIR_WHOLE"))


def rounds(short: int, full: int) -> int:
    """How often to try: `short` in every run, `full` in the whole."""
    return full if whole() else short


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Say what was found; of a test that names its promise only."""
    promise = request.node.get_closest_marker("promise")
    assert promise is not None, "a figure belongs to a promise"

    def say(words: str) -> None:
        request.node.user_properties.append(("figure", f"{promise.args[0]:4} {words}"))

    return say


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """All figures of the run, in the order of the promises; then what failed, and what failed once, a line each."""
    _figures(terminalreporter)
    for group in ("rerun", "error", "failed"):
        for report in terminalreporter.stats.get(group, ()):
            terminalreporter.write_line(f"{group.upper()} {report.nodeid} {report.when}{_where_and_why(report)}")


def _where_and_why(report: pytest.TestReport) -> str:
    """The last line of ours that a failure went through, and the first line of what it says."""
    crash = getattr(report.longrepr, "reprcrash", None)
    entries = getattr(getattr(report.longrepr, "reprtraceback", None), "reprentries", ())
    places = [place for entry in entries if (place := getattr(entry, "reprfileloc", None))]
    ours = [f" {place.path}:{place.lineno}" for place in places if place.path.startswith("tests")]
    return f"{ours[-1] if ours else ''}: {crash.message.partition(chr(10))[0][:200] if crash else ''}"


def _figures(terminalreporter: TerminalReporter) -> None:
    reports = [report for group in ("passed", "failed") for report in terminalreporter.stats.get(group, ())]
    found = [words for report in reports for name, words in report.user_properties if name == "figure"]
    if found:
        terminalreporter.write_sep("=", "figures")
        for words in sorted(set(found)):
            terminalreporter.write_line(words)

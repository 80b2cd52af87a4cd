"""Fixtures of the command line's tests."""

import itertools
from pathlib import Path

import pytest

from tests.cli.terminal import New, Terminal


@pytest.fixture
def new(tmp_path: Path) -> New:
    """`new(THREADS="8")` is an empty installation with these settings."""
    numbers = itertools.count(1)
    return lambda **settings: Terminal(tmp_path / f"machine{next(numbers)}", **settings)

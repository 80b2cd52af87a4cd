"""Fixtures of the doors' tests: the cast's application and browsers."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Stage, signed_in
from tests.doors.steps import Visit


@pytest.fixture
def site(theatre: Callable[..., Flask]) -> Flask:
    """The application with the cast, in no context: each request gets one of its own, as in earnest."""
    return theatre()


@pytest.fixture
def visit(site: Flask, stage: Stage) -> Visit:
    """`visit("marie")` is a browser in which Marie is signed in; of None, nobody is."""
    return lambda name: signed_in(site, stage, name)

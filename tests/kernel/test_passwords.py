"""How passwords are kept: argon2id, as slow as RFC 9106 recommends where memory is scarce."""

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from tests import quick


def test_a_hash_is_as_slow_as_the_standard_wants() -> None:
    """The product's own: the tests' hashes are quick."""
    assert extract_parameters(quick.HASHER.hash("correct horse battery")) == RFC_9106_LOW_MEMORY

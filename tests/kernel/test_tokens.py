"""Ids that tell nothing, and tokens of which only a digest is kept."""

import hashlib
import re

import pytest

from portal.kernel import tokens


def test_a_public_id_has_128_bits_and_says_nothing_of_its_order() -> None:
    made = [tokens.new_id() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[a-z2-7]{26}", key) for key in made)
    assert made != sorted(made)


def test_a_secret_is_long_fits_an_address_and_never_comes_twice() -> None:
    made = [tokens.new_secret() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[\w-]{43}", secret) for secret in made)


def test_what_is_stored_of_a_secret_is_its_sha256() -> None:
    secret = tokens.new_secret()
    assert tokens.digest(secret) == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in tokens.digest(secret)


def test_a_form_without_scripts_gets_a_token_of_the_right_shape() -> None:
    assert tokens.is_send_token(tokens.new_send_token())
    assert tokens.new_send_token() != tokens.new_send_token()


@pytest.mark.parametrize("token", ["", "0" * 31, "0" * 33, "0" * 31 + "g", "A" * 32, "0" * 32 + "\n", "٣" * 32])
def test_other_shapes_are_no_tokens(token: str) -> None:
    assert tokens.is_send_token("0" * 32)
    assert not tokens.is_send_token(token)

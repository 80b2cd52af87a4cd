"""A chain of digests: who keeps its end can tell whether anything in it was changed, added or left out."""

import hashlib


def leaf(kind: str, key: str) -> str:
    """The digest of one thing by its kind and its public id, 128 bit of chance: nobody can guess it, or its words."""
    return hashlib.sha256(f"{kind}\n{key}".encode()).hexdigest()


def link(end: str, leaves: list[str]) -> str:
    """The end of the chain after these leaves; it begins with an empty one. Each is SHA-256 of end and leaf, in hex."""
    for one in leaves:
        end = hashlib.sha256(f"{end}{one}".encode()).hexdigest()
    return end

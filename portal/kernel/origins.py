"""Where a request's page came from, as the browser says it (RFC 6454)."""


def same(origin: str, scheme: str, host: str) -> bool:
    """Whether `origin`, a header's value, is `scheme://host`. `null`, sub-domains and other ports are not.

    Compared as a whole: what is taken apart can be put together in more ways than one.
    """
    return origin.lower() == f"{scheme}://{host}".lower()

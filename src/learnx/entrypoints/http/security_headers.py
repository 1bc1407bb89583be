"""What every reply tells browsers not to do with it."""

from collections.abc import Iterable

from learnx.settings import Settings

Headers = list[tuple[bytes, bytes]]

#: Nothing that is sent here is a page with a life of its own, but for the schema's, which has a policy of its own.
POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
SECURITY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
#: Only of what reaches browsers by https: for a year they use nothing else.
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
#: What does not say how it may be cached is its user's alone.
PRIVATE = (b"cache-control", b"private")


def fixed_headers(settings: Settings) -> Headers:
    """Of each reply, whatever it is."""
    secure = (settings.public_url or "").startswith("https://")
    return [*SECURITY_HEADERS, STRICT_TRANSPORT] if secure else SECURITY_HEADERS


def completed(headers: Iterable[tuple[bytes, bytes]], fixed: Headers) -> Headers:
    """With ``fixed``, and with what a reply has unless it says otherwise; what it says of ``fixed`` itself is dropped.

    Names come in lower case.
    """
    names = {name for name, _ in fixed}
    whole = [(name, value) for name, value in headers if name not in names]
    said = {name for name, _ in whole}
    whole += fixed
    if PRIVATE[0] not in said:
        whole.append(PRIVATE)
    if POLICY[0] not in said:
        whole.append(POLICY)
    return whole

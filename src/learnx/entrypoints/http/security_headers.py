"""What every reply tells browsers not to do with it."""

from collections.abc import Iterable

from learnx.settings import Settings

Headers = list[tuple[bytes, bytes]]

#: Nothing that is sent here is a page with a life of its own, but for the schema's, which has a policy of its own.
POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
SECURITY_HEADERS: Headers = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
#: Only of what reaches browsers by https: for a year they use nothing else.
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
#: What does not say how it may be cached is its user's alone.
PRIVATE = (b"cache-control", b"private")


class ReplyHeaders:
    """Those of each reply, whatever it is, and those that it has unless it says otherwise. Names are in lower case."""

    def __init__(self, settings: Settings) -> None:
        secure = (settings.public_url or "").startswith("https://")
        self._always = [*SECURITY_HEADERS, STRICT_TRANSPORT] if secure else SECURITY_HEADERS
        self._added = [*self._always, POLICY, PRIVATE]
        self._names = frozenset(name for name, _ in self._added)

    def completed(self, headers: Iterable[tuple[bytes, bytes]], *others: tuple[bytes, bytes]) -> Headers:
        """With ``others``, too."""
        said = {name for name, _ in headers}
        if said.isdisjoint(self._names):
            return [*headers, *self._added, *others]
        always = {name for name, _ in self._always}
        own = [(name, value) for name, value in headers if name not in always]
        return [*own, *((name, value) for name, value in self._added if name in always or name not in said), *others]

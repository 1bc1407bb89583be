"""How lists are read: a page at a time, by the key that they are sorted by."""

from learnx.domain.values import Value


class Page(Value):
    """Keyset paging: at most ``limit`` rows after the row whose sort key is ``after`` (as a list returned it)."""

    limit: int = 20
    after: tuple[str, ...] | None = None

"""How statements stand in a reply: each with its marker, as items, and blocks by themselves."""

from collections.abc import Iterable, Sequence

from learnx.adapters.llm.offline_statements import Statement


def cited(members: Iterable[Statement]) -> str:
    return " ".join(statement.cited for statement in members)


def listed(groups: Iterable[Sequence[Statement]], *, numbered: bool = False) -> str:
    """An item for each group, numbered or not, on lines of their own; a block is no item."""
    items = [
        f"\n{members[0].cited}" if members[0].block else f"{f'{place}.' if numbered else '-'} {cited(members)}"
        for place, members in enumerate(groups, start=1)
    ]
    return "".join(f"{item}\n" for item in items)

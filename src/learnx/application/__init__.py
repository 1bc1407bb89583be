"""Use cases: they order the awaits and own the transactions."""

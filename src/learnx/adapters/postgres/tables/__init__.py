"""The tables as SQL expressions see them; what a table guards (policies, grants, keys) is said in ``migrations/``."""

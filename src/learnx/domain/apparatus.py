"""Which headings stand over the parts of a book that teach nothing: its front and back matter."""

import re

_TITLES = """
    contents | table of contents | references | bibliography | works cited | index | acknowledgements | acknowledgments
    | acknowledgement | copyright | license | licence | legal notice | colophon | list of figures | list of tables
    | further reading | about the author | about the authors | disclaimer | foreword | notice | frontispiece
    | contributors | inhalt | inhaltsverzeichnis
    | literatur | impressum | danksagung | table des matières | sommaire | bibliographie | remerciements | índice
    | contenido | bibliografía | referencias | agradecimientos
"""
_WHOLE = frozenset(title.strip() for title in _TITLES.split("|"))
_NUMBER = re.compile(r"^(?:appendix|anhang|annexe|anexo)\s+\w{1,3}\b|^[\W\d]+|[\W\d]+$", re.IGNORECASE)
_START = re.compile(r"[\W\d]*(?:acknowledg|preface\b|list of \w+|about (?:this|the) (?:book|manual)\b)", re.IGNORECASE)


def is_apparatus(heading: str) -> bool:
    """``heading`` may carry a number: "12. References", "Appendix B: References"."""
    return _bare(heading) in _WHOLE or _START.match(heading) is not None


def _bare(heading: str) -> str:
    bare, before = " ".join(heading.split()).casefold(), ""
    while bare != before:
        bare, before = _NUMBER.sub("", bare), bare
    return bare

"""Formulas in running text, compared without what LaTeX, Unicode and a PDF's text layer write differently."""

import re
import unicodedata

_DELIMITED = re.compile(
    r"\$\$(.+?)\$\$|\\\[(.+?)\\\]|\\\((.+?)\\\)|(?<![\w$])\$(?=[^\s\d$]|\d[^\s]*[A-Za-z=+^_\\])([^$\n]{1,200}?)(?<!\s)\$(?!\w)",
    re.DOTALL,
)
_RELATION = re.compile(r"[=≈≤≥≠→⇌⇒↔∝]|(?<=\s)[<>](?=\s)|\S[<>](?=[\d\w])")
_MATHEMATICAL = re.compile(r"[\d+*/^_\\=≈≤≥≠→⇌⇒↔∝<>×·√∑∫∂∞]|^[-−–]$|^[(\[]?[A-Za-zα-ωΑ-Ω][)\]']?[,;.]?$")
_ARITHMETIC = re.compile(r"^[-+*/×·−^]$")
_COMMANDS = {
    "times": "×", "cdot": "·", "rightarrow": "→", "to": "→", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "approx": "≈", "infty": "∞", "sum": "∑", "int": "∫", "partial": "∂", "sqrt": "√",
    "nabla": "∇",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω", "Gamma": "Γ", "Phi": "Φ",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_DROPPED = re.compile(r"[\s${}\\^_*·×⋅∗&`]+")


def formulas(text: str) -> tuple[str, ...]:
    """What is written as mathematics (``$…$``), and what stands on both sides of a relation (=, ≤, → …)."""
    found = [next(part for part in match.groups() if part is not None) for match in _DELIMITED.finditer(text)]
    rest = _DELIMITED.sub(" ", text)
    if _RELATION.search(rest):
        found.extend(_related(rest.split()))
    return tuple(found)


def without_formulas(text: str) -> str:
    """The text without what is delimited as mathematics."""
    return _DELIMITED.sub(" ", text) if "$" in text or "\\" in text else text


def comparable_formula(text: str) -> str:
    """Without white space, braces, signs of multiplication and of super- and subscript; Greek letters as themselves."""
    text = _FRACTION.sub(r"\1/\2", text)
    text = _COMMAND.sub(lambda match: _COMMANDS.get(match[1], match[1]), text)
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("µ", "μ")
    return _DROPPED.sub("", text)


def _related(tokens: list[str]) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(tokens):
        if not _RELATION.search(tokens[place]):
            place += 1
            continue
        start = end = place
        alone = len(tokens[place]) <= 2
        while start > 0 and (_MATHEMATICAL.search(tokens[start - 1]) or (alone and start == place)):
            start -= 1
        while end + 1 < len(tokens) and (
            _MATHEMATICAL.search(tokens[end + 1])
            or (alone and end == place)
            or _ARITHMETIC.match(tokens[end])
            or _RELATION.fullmatch(tokens[end])
        ):
            end += 1
        formula = " ".join(tokens[start : end + 1]).strip(".,;:!?")
        if len(formula) > 2:
            found.append(formula)
        place = end + 1
    return found

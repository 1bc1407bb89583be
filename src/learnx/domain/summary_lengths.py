"""How long a summary is, in words: what is asked for, or what its kind and its document make fitting."""

from learnx.domain.summaries import LEAST_WORDS, MOST_WORDS, SummaryType

#: A token of a document is about so many words.
_WORDS_PER_TOKEN = 0.75
#: Of each kind: the share of the document's words, its bounds, and what each top-level section has at least.
_LENGTHS: dict[SummaryType, tuple[float, int, int, int]] = {
    "key_points": (0.10, 150, 400, 28),
    "comprehensive": (0.25, 250, 1_000, 40),
    "exam_prep": (0.18, 250, 700, 34),
}


def usual_words(summary_type: SummaryType, document_tokens: int, *, parts: int) -> int:
    """``parts`` counts the top-level sections: of a document that has many, each has a sentence or two."""
    share, least, most, of_each = _LENGTHS[summary_type]
    usual = min(max(document_tokens * _WORDS_PER_TOKEN * share, least), most)
    return max(LEAST_WORDS, min(MOST_WORDS, 10 * round(max(usual, parts * of_each) / 10)))

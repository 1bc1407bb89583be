"""The search box: passages and files of the learner's whole library."""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import get
from litestar.params import QueryParameter
from msgspec import Meta

from learnx.application.search import SearchLibrary
from learnx.domain.errors import InvalidInput
from learnx.domain.search import HitType, LibraryScope, PlaceInResults, SearchResult, SearchResults
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.lists import Cursor, Limit, Listing, Paging

TAGS = ["Search"]
#: A paragraph from memory fits; a document does not.
MAX_CHARACTERS = 500

#: What a cursor holds: the score and id of a page's last result, and how the first page was found: by words alone, and
#: with which spelling.
Word = Annotated[str, Meta(pattern=r"^[^\W\d_]{1,40}$")]
Score = Annotated[float, Meta(ge=0, le=1)]
PLACE = tuple[Score, UUID, bool, str]
SPELLING = msgspec.json.Decoder(dict[Word, Annotated[tuple[Word, ...], Meta(max_length=20)]])

Typed = Annotated[
    str,
    QueryParameter(
        min_length=1,
        max_length=MAX_CHARACTERS,
        description='Words in any order and form, a sentence from memory, a name, a formula; "in quotation marks" what '
        "must occur as it is.",
    ),
]
Kind = Annotated[
    HitType | None, QueryParameter(name="type", description="Only passages, or only files by their name and title.")
]
CourseFilter = Annotated[UUID | None, QueryParameter(name="courseId", description="Only files of this course.")]
FileFilter = Annotated[UUID | None, QueryParameter(name="fileId", description="Only this file.")]


class SearchResultList(Listing[SearchResult], frozen=True):
    pass


@get("/search", opt={"refuses": (404, 502)}, summary="Search my library", tags=TAGS)
@inject
async def search(
    principal: Caller,
    use_case: FromDishka[SearchLibrary],
    q: Typed,
    type_: Kind = None,
    course_id: CourseFilter = None,
    file_id: FileFilter = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> SearchResultList:
    """Best first; archived courses are left out. A passage is found by its words in any form, with typing mistakes in
    them, by its meaning, and by formulas in LaTeX or Unicode; a file by its name and title. `relevanceScore` (0 to 1)
    and order do not depend on what else there is. `highlights` are offsets into `snippet`, in code points. While the
    embedding model does not answer, words alone decide; only a list that began with it then ends in 502.
    """
    scope = LibraryScope(course_id=course_id, file_id=file_id)
    paging = _paging(SearchResults(items=(), spelling={}))
    asked = sha256(q.encode()).hexdigest()[:16], type_, scope.course_id, scope.file_id
    page = paging.page(limit, cursor, *asked)
    place = _place(page.after) if page.after else None
    found = await use_case(principal, q, scope=scope, kind=type_, limit=page.limit, after=place)
    items, after = _paging(found).cut(found.items, limit, *asked)
    return SearchResultList(items=items, next_cursor=after)


def _paging(found: SearchResults) -> Paging[SearchResult]:
    spelling = msgspec.json.encode(found.spelling).decode()
    return Paging[SearchResult](
        "search", PLACE, lambda result: (result.relevance_score, result.id, found.by_words_alone, spelling)
    )


def _place(after: tuple[str, ...]) -> PlaceInResults:
    score, last, by_words_alone, spelling = after
    try:
        return PlaceInResults(
            score=float(score),
            id=UUID(last),
            spelling=SPELLING.decode(spelling),
            by_words_alone=by_words_alone == str(True),
        )
    except msgspec.DecodeError as error:
        raise InvalidInput(
            "The cursor is not one of this list: begin without one.", [("cursor", "is not of this list")]
        ) from error


HANDLERS = [search]

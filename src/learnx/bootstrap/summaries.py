"""What condenses files, modules and courses for their reader."""

from dishka import Provider, Scope, provide_all

from learnx.application import summaries
from learnx.application.summary_author import SummaryAuthor


class Summaries(Provider):
    scope = Scope.APP

    use_cases = provide_all(
        SummaryAuthor,
        summaries.Summarize,
        summaries.WriteSummary,
        summaries.GetSummary,
        summaries.ListSummaries,
        summaries.DeleteSummary,
    )

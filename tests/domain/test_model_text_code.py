import pytest

from learnx.domain.model_text_code import closed, opened


@pytest.mark.parametrize(
    ("line", "fence", "rows"),
    [
        ("```python", "```", ["```python"]),
        ("````", "```", ["```"]),
        ("~~~ c++", "~~~", ["~~~c++"]),
        ("``` `x <img>", "```", ["```x"]),
        ("```x = 1```", "", ["```", "x = 1", "```"]),
        ("~~~x~~~", "", ["~~~", "x", "~~~"]),
    ],
)
def test_a_fence_is_opened_as_every_parser_opens_it(line: str, fence: str, rows: list[str]) -> None:
    assert opened(line) == (fence, rows)


@pytest.mark.parametrize(
    ("line", "rows"), [("```", ["```"]), ("``` [1]", ["```", "[1]"]), ("```python", ["```"]), ("`````", ["```"])]
)
def test_a_fence_is_closed_with_nothing_on_its_line_but_a_marker_below(line: str, rows: list[str]) -> None:
    assert closed("```", line) == rows

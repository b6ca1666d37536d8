"""Names of examples as a person reads them."""

from __future__ import annotations

import pytest

from seodang.core.language import language, use_language
from seodang.evaluation.naming import example, window


@pytest.fixture
def korean():
    before = language()
    use_language("ko")
    yield
    use_language(before)


@pytest.mark.parametrize("when", ["2024-05-01", "2024-05-01 13:30", "2024-05-01 13:30:05"])
def test_a_window_is_told_by_when_it_begins(korean, when):
    assert example(window(when, "Oslo")) == f"Oslo {when}부터"
    assert example(window(when)) == f"{when}부터"


@pytest.mark.parametrize(
    "file", ["flights from 2024-05.csv", "from 2024-05-01.csv", "sales from 2024-05-01 to 2024-06-01.csv"]
)
def test_a_file_whose_name_says_from_when_is_a_file(korean, file):
    assert example(f"{file} row 3") == f"{file} 3행"
    assert example(file) == file

"""Two classes are the same pictures twice, as photos in two sizes are."""

from __future__ import annotations

from collections.abc import Iterator

from seodang.core.language import tr
from seodang.core.sentences import shown
from seodang.data.copy_findings import same_todo, same_words
from seodang.data.finding import share
from seodang.data.source import Source
from seodang.diagnoses.case import Case
from seodang.diagnoses.diagnosis import UNTRUE, Diagnosis, grade


def same_pictures(case: Case) -> Iterator[Diagnosis]:
    """Two classes are the same pictures twice, as photos in two sizes are: what is told apart is how they were saved."""
    if not isinstance(case.opened, Source) or (case.run is not None and not case.run.classes):
        return
    classes = len(case.opened.classes)
    for one in case.twice:
        yield Diagnosis(
            shown(same_words(one)),
            tr("{share} of {name} in {other}.", share=share(one.copies, one.of), name=one.name, other=one.other),
            tr(
                "A score on them says how well two ways of saving are told apart, and nothing of what the pictures show."
            ),
            shown(same_todo(case.twice, classes)),
            grade(UNTRUE, one.copies / one.of),
            one.as_plain(),
        )

"""Every lesson is run once in English and once in Korean; the tests share what came out."""

from __future__ import annotations

import contextlib
import functools

import pytest

from seodang.core import language
from seodang.data.encoded import hash_of


@contextlib.contextmanager
def spoken(code):
    """A language for a while."""
    before = language._chosen
    language.use_language(code)
    try:
        yield
    finally:
        language._chosen = before


@pytest.fixture(scope="session")
def lesson():
    """`lesson("gradient-descent", "ko")`: a lesson with seed 0 in a language, run once a session.

    What one language has trained the other is given, so that two cost hardly more than one.
    """
    from seodang.lessons import in_memory
    from seodang.lessons.learn import learn

    fit, done = in_memory.fit, {}

    def remembered(data, recipe, task, state, place):
        key = recipe.model_dump_json(), hash_of(data.train)
        if key not in done:
            events = list(fit(data, recipe, task, state, place))
            done[key] = events, {name: value.clone() for name, value in state.model.state_dict().items()}
        events, weights = done[key]
        state.model.load_state_dict(weights)
        yield from events

    @functools.cache
    def run(name, code):
        with spoken(code), pytest.MonkeyPatch.context() as patch:
            patch.setattr(in_memory, "fit", remembered)
            return learn(name)

    return lambda name, code="en": run(name, code)


@pytest.fixture
def in_language():
    """`with in_language("ko"):` everything is said in that language."""
    return spoken

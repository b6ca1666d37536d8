"""Every lesson is run once in English and once in Korean; the tests share what came out."""

from __future__ import annotations

import contextlib
import functools

import pytest

from seodang.core import language


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
    """`lesson("gradient-descent", "ko")`: a lesson with seed 0 in a language, run once a session."""
    from seodang.lessons.learn import learn

    @functools.cache
    def run(name, code="en"):
        with spoken(code):
            return learn(name)

    return run


@pytest.fixture
def in_language():
    """`with in_language("ko"):` everything is said in that language."""
    return spoken

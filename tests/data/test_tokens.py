"""Token ids: Keras's to the last one as notes, nothing lost as bpe and characters, the same again from JSON."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError
from seodang.data.tokens import LEARNT, Tokenizer, fit

# What keras.src.legacy.preprocessing.text.Tokenizer of Keras 3.15.1, the same code as Keras 2's, gave for these texts.
TEXTS = [
    "The cat's hat; the CAT_hat!",
    "don’t\u00a0stop\r\nthe   e-mail\tnow",
    "",
    "İstanbul ΣΑΣ Straße 한글, 한글 the",
]
NEW = ["the cat hat stop", "한글 don't ΣΑΣ new Cat's"]
WORD_INDEX = ["the", "hat", "한글", "cat's", "cat", "don’t\xa0stop\r", "e", "mail", "now", "i̇stanbul", "σας", "straße"]
KERAS = [
    ((None, False), [[1, 4, 2, 1, 5, 2], [6, 1, 7, 8, 9], [], [10, 11, 12, 3, 3, 1], [1, 5, 2], [3, 11, 4]]),
    ((4, False), [[1, 2, 1, 2], [1], [], [3, 3, 1], [1, 2], [3]]),
    ((4, True), [[2, 1, 3, 2, 1, 3], [1, 2, 1, 1, 1], [], [1, 1, 1, 1, 1, 2], [2, 1, 3, 1], [1, 1, 1, 1, 1]]),
    ((None, True), [[2, 5, 3, 2, 6, 3], [7, 2, 8, 9, 10], [], [11, 12, 13, 4, 4, 2], [2, 6, 3, 1], [4, 1, 12, 1, 5]]),
]
SENTENCES = ["Two men sit.", "두 남자가 앉아 있다.", "Two women sit, and two men don't.", "Zwei Männer sitzen."]


@pytest.mark.parametrize(("settings", "sequences"), KERAS, ids=str)
def test_notes_are_keras_ids(settings, sequences):
    vocabulary, unknown = settings
    tokenizer = fit(TEXTS, "notes", vocabulary, unknown=unknown)
    assert [ids.tolist() for ids in tokenizer.encode_all(TEXTS + NEW)] == sequences
    assert tokenizer.pieces == tuple(WORD_INDEX[: None if vocabulary is None else vocabulary - 1 - unknown])
    assert tokenizer.size == (vocabulary or len(WORD_INDEX) + 1 + unknown)


@pytest.mark.real
def test_headlines_give_the_numbers_of_the_notes(real_data):
    import pandas

    files = sorted(real_data("nyt-headlines").glob("*.csv"))
    headlines = [line for file in files for line in pandas.read_csv(file)["headline"]]
    known = [line for line in headlines if line != "Unknown"]
    tokenizer = fit(known, "notes")
    ids = [one.tolist() for one in tokenizer.encode_all(known)]
    assert (len(headlines), len(known), tokenizer.size) == (9335, 8603, 11753)
    assert sum(max(len(one) - 1, 0) for one in ids) == 53305
    assert max(map(len, ids)) == 28
    # Keras 3.15.1's texts_to_sequences of the same headlines as JSON
    assert hashlib.sha256(json.dumps(ids).encode()).hexdigest().startswith("2aadd658fb533f7b")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's 3.50, they said: “no”!", ["it's", "3.50", ",", "they", "said", ":", "“", "no", "”", "!"]),
        ("정말 재밌었다...ㅋㅋ 최고!!", ["정말", "재밌었다", ".", ".", ".", "ㅋㅋ", "최고", "!", "!"]),
        ("snake_case e-mail", ["snake", "_", "case", "e", "-", "mail"]),
        ("हिन्दी में लिखो।", ["हिन्दी", "में", "लिखो", "।"]),  # vowel signs are no letters to Python's \w
        ("좋아🙂🙂 café", ["좋아", "🙂", "🙂", "café"]),
        ("\u1100\u1161 cafe\u0301", ["가", "café"]),  # as macOS writes file names: apart; NFC puts them together
        (" \n\t ", []),
    ],
)
def test_words_of_any_script(text, tokens):
    tokenizer = fit([text, "x"], "words")
    assert [tokenizer.token(one) for one in tokenizer.encode(text)] == tokens


def test_commonest_first_ties_as_they_came_and_the_rest_unknown():
    tokenizer = fit(["b a, a c", "d c, c"], "words", 5)
    assert tokenizer.pieces == ("c", "a", ",")
    assert tokenizer.encode("a b c z") == [3, 1, 2, 1]
    assert tokenizer.decode([3, 1, 4, 2, 0, 0]) == "a <unknown>, c"
    assert fit(["b a, a c"], "words", 5, unknown=False).encode("a b c z") == [1, 2, 4]


@pytest.mark.parametrize("kind", LEARNT)
def test_marks_go_round_a_text_and_end_it(kind):
    tokenizer = fit(SENTENCES, kind, marks=True)
    begin, end = tokenizer.begin, tokenizer.end
    assert begin is not None
    assert end is not None
    plain, marked = tokenizer.encode("two men"), tokenizer.encode("two men", marked=True)
    assert marked == [begin, *plain, end]
    assert tokenizer.decode([*marked, 0, 0, *plain]) == tokenizer.decode(plain) == "two men"
    assert tokenizer.decode([]) == ""
    assert min(plain) > max(begin, end)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_characters_and_bpe_lose_nothing(texts):
    for kind in ("characters", "bpe"):
        if kind == "bpe" or any(texts):
            tokenizer = fit(texts, kind, 300 if kind == "bpe" else None)
            for text, ids in zip(texts, tokenizer.encode_all(texts), strict=True):
                assert tokenizer.decode(ids) == text
                assert 0 not in ids


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_bpe_loses_nothing_of_texts_it_never_saw(text):
    assert TRAINED.decode(TRAINED.encode(text)) == text


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(alphabet="ab'st  é한\n\t\r\u00a0\u3000\x1c\x85\u200b.,1²_🙂", max_size=30), max_size=20))
def test_chunks_remembered_are_the_librarys_own_ids(texts):
    """Encoding takes texts apart at spaces and remembers; the `tokenizers` library, given whole texts, says the same."""
    whole = [[1 + one for one in found.ids] for found in TRAINED._bpe.encode_batch(texts)]
    assert [ids.tolist() for ids in TRAINED.encode_all(texts)] == whole


TRAINED = fit([*SENTENCES, "that's a test's text  \n\n indented. 1,000 한글 é é"] * 3, "bpe", 400)


def test_bpe_joins_what_repeats_and_knows_nothing_of_names_of_specials():
    tokenizer = fit(["low lower lowest low"] * 5, "bpe", 270, unknown=True)
    assert tokenizer.token(tokenizer.encode("low")[0]) == "low"
    assert tokenizer.decode(tokenizer.encode("<padding><end>")) == "<padding><end>"
    assert tokenizer.decode([*tokenizer.encode("low"), 1]) == "low<unknown>"
    assert tokenizer.decode(tokenizer.encode("é")[:1]) == "�"
    assert tokenizer.decode(tokenizer.encode("a\ud800")) == "a?"


def test_half_a_character_is_no_crash():
    for kind in LEARNT:
        assert isinstance(fit(["a \ud800 b"], kind).encode("\udfff a"), list)


@pytest.mark.parametrize("kind", LEARNT)
def test_the_same_again_from_json(kind):
    tokenizer = fit(SENTENCES, kind, 280, marks=True)
    again = Tokenizer.from_dict(json.loads(json.dumps(tokenizer.to_dict())))
    assert again == tokenizer
    assert again.size == tokenizer.size
    assert again.encode("Two 남자 are new.") == tokenizer.encode("Two 남자 are new.")
    assert again.to_dict() == tokenizer.to_dict()


def test_all_at_once_is_one_after_another():
    many = [f"{text} {number % 7}" for number in range(2500) for text in SENTENCES]  # more than one block
    for kind in LEARNT:
        tokenizer = fit(SENTENCES, kind)
        together = tokenizer.encode_all(many)
        assert all(ids.dtype == np.int64 for ids in together)
        assert [together[i].tolist() for i in (0, 4095, 4096, 9999)] == [
            tokenizer.encode(many[i]) for i in (0, 4095, 4096, 9999)
        ]


def test_fitting_is_the_same_in_every_process():
    """Neither Python's hashes of strings nor the library's threads decide anything."""
    code = (
        "import hashlib, json; from seodang.data.tokens import LEARNT, fit\n"
        "texts = [' '.join(str(i * j % 97) + 'wort한'[i % 5:] for j in range(20)) for i in range(300)]\n"
        "print([hashlib.sha256(json.dumps(fit(texts, k, 500).to_dict()).encode()).hexdigest() for k in LEARNT])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert len(said.pop()) > 200


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"kind": "word"}, "'word' is no kind of token. Did you mean words?"),
        (
            {"kind": "words", "vocabulary": 2},
            "A vocabulary of 2 has no room for words: <padding>, <unknown> take 2. Give at least 3.",
        ),
        (
            {"kind": "bpe", "vocabulary": 200, "marks": True},
            "A vocabulary of 200 is too small for bpe: every byte and <padding>, <begin>, <end> need 259.",
        ),
        (
            {"kind": "notes", "texts": ["", "?!"]},
            "The training texts hold no token: all of them are empty. Give texts with words in them.",
        ),
    ],
)
def test_what_cannot_be_fitted_is_said(how, sentence):
    with pytest.raises(DataError) as error:
        fit(**{"texts": SENTENCES, **how})
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "words"},
        {"kind": "words", "specials": None, "pieces": [], "lower": True, "bpe": None},
        {"kind": "words", "specials": ["<padding>"], "pieces": [1], "lower": True, "bpe": None},
        {"kind": "words", "specials": [], "pieces": ["a"], "lower": True, "bpe": None},
        {"kind": "bpe", "specials": ["<padding>"], "pieces": [], "lower": True, "bpe": None},
        {"kind": "bpe", "specials": ["<padding>"], "pieces": [], "lower": True, "bpe": {"model": 3}},
        {"kind": "eval", "specials": ["<padding>"], "pieces": [], "lower": True, "bpe": None},
    ],
)
def test_what_is_no_saved_tokenizer_is_said(content):
    with pytest.raises(DataError, match=r"saved tokenizer"):
        Tokenizer.from_dict(content)


def test_an_id_outside_is_our_own_mistake():
    with pytest.raises(AssertionError, match="token id 99 is outside 0 to"):
        fit(["a b"], "words").decode([99])

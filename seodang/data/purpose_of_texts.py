"""What texts are for: to be translated, to have something said of them, or to be gone on with."""

from __future__ import annotations

import re

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.frame import Column, Frame
from seodang.data.purposes import Named, Purpose, left_over
from seodang.data.targets import has_two_values, named, nearly_names, plain, task_of
from seodang.data.unnamed_targets import has_no_names

# Names of columns of texts that are translations of one another.
LANGUAGES = [
    "en", "ko", "de", "fr", "es", "it", "ja", "zh", "pt", "ru", "nl", "vi", "english", "korean", "german",
    "french", "spanish", "italian", "japanese", "chinese", "russian", "영어", "한국어", "일본어", "중국어", "독일어",
    "프랑스어", "원문", "번역", "번역문", "source", "target", "src", "tgt", "input", "output",
]  # fmt: skip

# Names of columns that are written to be read, in small letters without spaces and signs; and so is what ends in "text".
TEXT_NAMES = {
    "review", "reviews", "reviewbody", "comment", "comments", "content", "contents", "body", "document", "sentence", "tweet",
    "tweets", "message", "headline", "utterance", "question", "essay", "abstract", "article", "post", "text", "texts", "본문",
    "내용", "리뷰", "댓글", "문장", "텍스트", "문서", "후기", "질문", "quote", "poem", "lyrics", "verse", "line", "speech", "dialogue",
    "transcript", "story", "plot", "overview", "synopsis", "premise", "hypothesis", "feedback", "complaint", "narrative",
    "caption", "statement", "claim", "news", "email", "mail", "sms", "query", "answer", "opinion", "note", "notes", "가사", "대사",
    "발화", "요약", "뉴스", "기사", "의견", "민원",
}  # fmt: skip
# What texts are told apart by where nothing is named like a label, the surest first.
TOLD_BY = [
    "product", "issue", "reason",
    "overall", "topic", "topics", "subject", "genre", "section", "department", "speaker", "character", "player", "author", "artist", "poet",
    "writer", "tag", "tags", "language", "lang", "source", "team", "domain", "주제", "장르", "저자", "가수", "작가", "화자", "분야", "감정",
]  # fmt: skip
_KOREAN_TEXT = re.compile(r"(문장|본문|내용|리뷰|댓글|후기|발화|질문|텍스트|가사|대사)\d*$")
MOST_BESIDE = 3  # other columns, beside which a long text is read though its name does not say so
MOST_OTHERS = 5  # beside which a text named so is read for the sake of a column that is not named like a label
_ABOUT_AS_LONG = 1.5  # the first of several texts is read, unless another is longer than this many times
LEAST_WORDS = 5  # of such a text, on average
MOST_EMPTY = 0.2  # of a text that is read among others
MOST_LABELS, LEAST_OF_A_LABEL = (
    20,
    5,
)  # values of a column without a name that is taken for the label, and rows of each on average

SENTENCE = 40  # words on average of texts that are translated without anyone having said so


def pairs(frame: Frame, chosen: Named) -> Purpose | None:
    """Two columns of words that are named like languages, or two columns of text and nothing else."""
    if chosen.time or chosen.key:
        return None
    words = [c.name for c in frame.columns if c.kind in ("text", "category", "id") and plain(c.name) in LANGUAGES]
    if chosen.text and chosen.target and frame.column(chosen.text).kind == frame.column(chosen.target).kind == "text":
        first, second = chosen.text, chosen.target
        reason = said(
            "{first} and {second} are texts: what stands in {first} is translated into {second}.",
            first=first,
            second=second,
        )
    elif len(words) == 2 and any(frame.column(name).kind == "text" for name in words):
        first, second = words
        if chosen.text == second or chosen.target == first:
            first, second = second, first
        if {chosen.text, chosen.target} - {None, first, second}:
            return None
        reason = said(
            "The columns {first} and {second} are named like languages: {first} is translated into {second}. "
            "Say text={second} target={first} for the other way.",
            first=first,
            second=second,
        )
    elif (
        not (chosen.text or chosen.target) and [c.kind for c in frame.columns] == ["text", "text"] and _are_short(frame)
    ):
        first, second = (column.name for column in frame.columns)
        reason = said(
            "{first} and {second} are texts, and there is nothing else: {first} is translated into {second}. "
            "Say text={second} target={first} for the other way.",
            first=first,
            second=second,
        )
    else:
        return None
    return Purpose(
        "pairs", "translate", second, None, first, None, left_over(frame, (first, second)), (first,), (reason,)
    )


def _are_short(frame: Frame) -> bool:
    """Whether the texts of all columns are sentences rather than articles, so that one may be the other in other words."""
    words = frame.table.head(1_000).astype(str).apply(lambda texts: texts.str.split().str.len().mean())
    return bool(words.max() <= SENTENCE)


def _among_others(
    frame: Frame, texts: list[str], others: list[str], target: str | None
) -> tuple[str, str | None, str] | None:
    """The text that is read and what is said of it, where there are other columns too, and the sentence on it; None for a table."""
    if target in texts:
        return None
    words = {name: float(frame.table[name].head(1_000).astype(str).str.split().str.len().mean()) for name in texts}
    if not has_no_names(frame):
        return _named_among_others(frame, texts, others, target, words)
    few = [
        name
        for name in others
        if 2 <= frame.column(name).distinct <= MOST_LABELS
        and len(frame) >= LEAST_OF_A_LABEL * frame.column(name).distinct
    ]
    if target is None and len(few) != 1:
        return None
    reason = (
        ""
        if target
        else said(
            "The target is {name}: the only other column of few values. Say another with target=COLUMN.", name=few[0]
        )
    )
    return max(texts, key=words.__getitem__), target or few[0], reason


def _named_among_others(
    frame: Frame, texts: list[str], others: list[str], target: str | None, words: dict[str, float]
) -> tuple[str, str | None, str] | None:
    """The same where columns have names: a text named like one, or a long one beside few columns, and what is said of it."""
    filled = [name for name in texts if frame.column(name).missing <= MOST_EMPTY * len(frame)]
    read = [name for name in filled if is_read(name)]
    called_so = bool(read)
    if not read and 0 < len(others) <= MOST_BESIDE:  # amounts beside it are what a table is learnt from
        label = target or named(others)[0]
        amounts = [name for name in others if frame.column(name).kind == "number" and name != label]
        read = [name for name in filled if words[name] >= LEAST_WORDS and not amounts]
    if not read:
        return None
    text = next(name for name in read if _ABOUT_AS_LONG * words[name] >= max(words[each] for each in read))
    if target is not None:
        return text, target, ""
    columns = [frame.column(name) for name in others]
    fit = [column.name for column in columns if column.distinct > 1 and not nearly_names(column, len(frame))]
    target, reason = named(fit)
    if target is None:
        target = next((name for wanted in TOLD_BY for name in fit if plain(name) == wanted), None)
        reason = said("The target is {name}, by its name. Say another with target=COLUMN.", name=target)
    if target is None and called_so:
        few = [name for name in fit if _holds_labels(frame, name)] if len(others) <= MOST_OTHERS else []
        target = few[-1] if few else None
        reason = said(
            "The target is {name}: the last other column of few values. Say another with target=COLUMN.", name=target
        )
    if target is None:
        return (text, None, "") if called_so and not fit else None
    return text, target, reason


def _holds_labels(frame: Frame, name: str) -> bool:
    """Whether few words, or two numbers, come over and over in a column."""
    column = frame.column(name)
    often = len(frame) >= LEAST_OF_A_LABEL * column.distinct
    return has_two_values(frame, name) or column.kind == "category" and often and 2 <= column.distinct <= MOST_LABELS


def is_read(name: str) -> bool:
    """Whether a name says that what stands there is written to be read.

    >>> [is_read(name) for name in ("reviewText", "Consumer complaint narrative", "question1", "product")]
    [True, True, True, False]
    """
    if plain(name) in TEXT_NAMES or plain(name).endswith("text") or _KOREAN_TEXT.search(name):
        return True
    parts = re.split(r"[\W_\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
    return not TEXT_NAMES.isdisjoint(part for part in parts if part)


def texts_to_read(frame: Frame, chosen: Named, usable: list[Column], among_others: bool = True) -> Purpose | None:
    """A column of text with a label beside it, or alone. More columns than that are a table, unless one of them is named like a text that
    is written to be read and another like what is said of it.

    Args:
        among_others: whether a text among more than two columns may be what is read, without anyone having said so.
    """
    texts = [c.name for c in usable if c.kind == "text"]
    if chosen.time or chosen.key or not (texts or chosen.text):
        return None
    if chosen.text is not None and frame.column(chosen.text).kind not in ("text", "category", "id"):
        kind = frame.column(chosen.text).kind
        also = " " + tr("Texts here are: {columns}.", columns=", ".join(texts)) if texts else ""
        raise DataError(
            tr("Column {name} holds no text: it is of the kind {kind}.", name=chosen.text, kind=kind) + also
        )
    others = [c.name for c in usable if c.kind in ("category", "number") and c.name != chosen.text]
    more, among = "", False
    text, target, reason = chosen.text or texts[0], chosen.target, ""
    if chosen.text is None and (len(texts) > 1 or len(others) > 1 or chosen.target in texts):
        found = _among_others(frame, texts, others, chosen.target) if among_others else None
        if found is None:
            return None
        text, target, reason = found
        among = True
        if len(others) > 1:
            more = said(
                "The other columns are not read. To use them, and not the text: `seodang train {where} table-classifier`.",
                where=frame.where,
            )
        if (second := next((name for name in texts if name != text and is_read(name)), None)) is not None:
            unread = said("{name} is a text too and is not read; say text={name} to read it instead.", name=second)
            more = f"{more} {unread}".strip()
    elif target is None:
        target, reason = named(others)
    if chosen.target is None and target is None and len(others) == 1 and chosen.text is None and not among:
        target, reason = others[0], said("The target is {name}: the only other column.", name=others[0])
    if target is None:
        left = left_over(frame, (text,), said("only {text} is read", text=text))
        reasons = (said("{text} is text and nothing is to be said of it: its next words are learnt.", text=text),)
        return Purpose("prose", "next_token", None, None, text, None, left, (text,), reasons)
    task, why = task_of(frame, target)
    reasons = (
        said("{text} is the column that is read: {reason}.", text=text, reason=frame.column(text).reason),
        *([reason] if reason else []),
        why,
        *([more] if more else []),
    )
    return Purpose(
        "texts",
        task,
        target,
        None,
        text,
        None,
        left_over(frame, (text, target), said("only {text} is read", text=text)),
        (text,),
        reasons,
    )

"""What texts are for: to be translated, to have something said of them, or to be gone on with."""

from __future__ import annotations

from seodang.core.errors import DataError
from seodang.core.language import tr
from seodang.core.sentences import said
from seodang.data.frame import Column, Frame
from seodang.data.purposes import Named, Purpose, left_over
from seodang.data.targets import named, plain, task_of

# Names of columns of texts that are translations of one another.
LANGUAGES = [
    "en", "ko", "de", "fr", "es", "it", "ja", "zh", "pt", "ru", "nl", "vi", "english", "korean", "german",
    "french", "spanish", "italian", "japanese", "chinese", "russian", "영어", "한국어", "일본어", "중국어", "독일어",
    "프랑스어", "원문", "번역", "번역문", "source", "target", "src", "tgt", "input", "output",
]  # fmt: skip

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


def texts_to_read(frame: Frame, chosen: Named, usable: list[Column]) -> Purpose | None:
    """A column of text with a label beside it, or alone; more columns than that are a table."""
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
    if chosen.text is None and (len(texts) > 1 or len(others) > 1 or chosen.target in texts):
        return None
    text = chosen.text or texts[0]
    target, reason = named(others) if chosen.target is None else (chosen.target, "")
    if chosen.target is None and target is None and len(others) == 1 and chosen.text is None:
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

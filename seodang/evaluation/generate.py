"""Write on from a beginning with a network that has learnt which token comes next."""

# B texts written at once · L length · V vocabulary
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import RunError, SeodangError
from seodang.core.language import tr
from seodang.data.encode_text import TextEncoding, padded, texts_of
from seodang.data.encoded import Encoded
from seodang.runs.folder import Run, load

SAMPLES, SAMPLE_WORDS = 8, 20
RUNNING_SAMPLES, SAMPLE_RUNNING = 4, 60  # of running text fewer, but long enough for a dialogue
BEGINNING = 3  # tokens of a judged text that a sample begins with, where there is no begin mark; of running text, words
# Tokens that a word takes at most; where words run longer than that, writing stops all the same.
MOST_TOKENS = {"notes": 1, "words": 3, "bpe": 8, "characters": 16}


@dataclass(frozen=True)
class Taste:
    """How the next token is chosen.

    temperature: scores are divided by it; below 1 surer, above 1 wilder; 0: always the most probable (greedy).
    top_k: only so many of the most probable; 0: all.   top_p: only the most probable that together have this share (Holtzman et
    al., 2019, https://arxiv.org/abs/1904.09751); 1: all.   beam: keep so many texts and give the most probable; 1: one.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    beam: int = 1

    def __post_init__(self) -> None:
        """Refuse what means nothing, in a sentence."""
        wrong = [
            tr("temperature must be 0 or more, got {temperature:g}.", temperature=self.temperature)
            if not self.temperature >= 0
            else "",
            tr("top-k must be 0 or more, got {top_k}.", top_k=self.top_k) if self.top_k < 0 else "",
            tr("top-p must be above 0 and at most 1, got {top_p:g}.", top_p=self.top_p)
            if not 0 < self.top_p <= 1
            else "",
            tr("beam must be 1 or more, got {beam}.", beam=self.beam) if self.beam < 1 else "",
        ]
        if any(wrong):
            raise SeodangError("\n".join(filter(None, wrong)))


GREEDY = Taste(temperature=0)
# Where nothing is said. Running text goes round in circles where always the most probable word is taken (Holtzman et al., 2019).
WORDS, RUNNING_WORDS, RUNNING = 20, 100, Taste(temperature=0.8, top_p=0.95)


def habits(encoding: TextEncoding) -> tuple[int, Taste]:
    """How many words are written, and by which taste, where nobody says: of running text (a play, a novel) more, and drawn."""
    return (RUNNING_WORDS, RUNNING) if encoding.form == "prose" else (WORDS, GREEDY)


def taste_for(
    encoding: TextEncoding,
    temperature: float | None = None,
    top_k: int = 0,
    top_p: float = 1.0,
    beam: int = 1,
    *,
    by_chance: bool = False,
) -> Taste:
    """The taste that was asked for, what was left open filled in with what is usual of such texts.

    Args:
        temperature: None: 0 where nothing asks for chance, else 1; of running text always its own, and where neither top_k nor
            top_p is given its own top_p too.
        by_chance: Whether something else (a seed, several texts) asks for chance.

    Raises:
        SeodangError: A number means nothing, or a beam is asked for together with chance.
    """
    if beam > 1 and (temperature or top_k or top_p < 1):
        raise SeodangError(
            tr("--beam looks for the most probable text and draws nothing; leave out the other options.")
        )
    if temperature is None and beam == 1:
        usual = habits(encoding)[1]
        is_open = top_k == 0 and top_p == 1
        if usual.temperature:
            temperature, top_p = usual.temperature, usual.top_p if is_open else top_p
        else:
            temperature = 0.0 if is_open and not by_chance else 1.0
    return Taste(temperature or 0.0, top_k, top_p, beam)


def generate(
    run: Run | str | Path,
    start: str = "",
    *,
    words: int | None = None,
    count: int = 1,
    taste: Taste | None = None,
    seed: int = 0,
) -> list[str]:
    """`count` texts that begin with `start` and go on for at most `words` words, or to the end mark where there is one.

    The same seed writes the same texts. With a beam the `count` best are given, the most probable first. Left out, `words` and `taste`
    are the `habits` of such texts.

    Raises:
        RunError: The run does not write texts.
        SeodangError: A number means nothing, or the network cannot begin with this.
    """
    run = run if isinstance(run, Run) else load(run)
    encoding = writer(run)
    usual_words, usual_taste = habits(encoding)
    words, taste = usual_words if words is None else words, taste or usual_taste
    if words < 1 or count < 1:
        raise SeodangError(tr("words and count must be 1 or more, got {words} and {count}.", words=words, count=count))
    begun = begin(encoding, start)
    tokens = words * MOST_TOKENS[encoding.tokenizer.kind]

    def is_enough(row: list[int]) -> bool:
        return len(_text(encoding, row, begun).split()) > words

    if taste.beam > 1:
        rows = beam(run, begun, tokens, max(taste.beam, count), is_enough)[:count]
    else:
        generator = torch.Generator().manual_seed(seed)
        rows = sample(run, [list(begun) for _ in range(count)], tokens, taste, generator, is_enough)
    return [_joined(encoding, start, _first_words(_text(encoding, row, begun), words)) for row in rows]


def _text(encoding: TextEncoding, row: list[int], begun: list[int]) -> str:
    """What was written after the beginning; bytes that make no character, or only half of one, are not shown."""
    return encoding.tokenizer.decode(row[len(begun) :]).replace("\ufffd", "")


def _first_words(text: str, words: int) -> str:
    """The text up to its so-manieth word, its spaces and line ends as they are.

    >>> _first_words("to be,\\nor not", 3)
    'to be,\\nor'
    """
    found = re.match(rf"(?:\s*\S+){{0,{words}}}", text)
    return found[0] if found else text


def _joined(encoding: TextEncoding, start: str, fresh: str) -> str:
    """What was said stays as it was written; tokens that are whole words stand apart from it."""
    if encoding.tokenizer.kind in ("bpe", "characters") or not start or not fresh:
        return start + fresh
    close = encoding.tokenizer.kind == "words" and fresh[0] in ".,!?;:)]}”’%…。，、！？"
    return f"{start}{fresh}" if close else f"{start} {fresh}"


def title_case(text: str) -> str:
    """Every word with a capital, as headlines are set; what stands after an apostrophe stays small.

    >>> title_case("washington dc isn't new york")
    "Washington Dc Isn't New York"
    """
    return re.sub(r"(^|[\s(\[“\"-])(\w)", lambda found: found[1] + found[2].upper(), text)


def writer(run: Run) -> TextEncoding:
    """The encoding of a run that writes; RunError of any other."""
    encoding = run.encoding
    if run.recipe.task != "next_token" or not isinstance(encoding, TextEncoding):
        raise RunError(
            tr(
                "{run} makes neither texts nor pictures: its task is {task}. Train one that does: `seodang train PATH "
                "text-generator`, or of pictures `seodang train PATH picture-gan`.",
                run=run.name,
                task=run.recipe.task,
            )
        )
    return encoding


def begin(encoding: TextEncoding, start: str) -> list[int]:
    """The ids that a text begins with: the begin mark where there is one, then `start`."""
    tokenizer = encoding.tokenizer
    ids = tokenizer.encode(start) if start else []
    ids = ([tokenizer.begin] if tokenizer.begin is not None else []) + ids
    if not ids:
        why = (
            tr("it knows none of the words of {start!r}", start=start) if start.strip() else tr("it has no begin mark")
        )
        raise SeodangError(
            tr("This network cannot begin with that: {why}. Give it a few words to go on from.", why=why)
        )
    return ids


def strangers(encoding: TextEncoding, start: str) -> list[str]:
    """The words of `start` that the network has never seen, and so does not read."""
    tokenizer = encoding.tokenizer
    if tokenizer.kind == "bpe":
        return []
    found = {word: tokenizer.encode(word) for word in dict.fromkeys(start.split())}
    return [word for word, ids in found.items() if not ids or tokenizer.unknown in ids]


def _never(row: list[int]) -> bool:
    return False


def sample(
    run: Run,
    rows: list[list[int]],
    tokens: int,
    taste: Taste,
    generator: torch.Generator,
    is_enough: Callable[[list[int]], bool] = _never,
) -> list[list[int]]:
    """Each row of ids with up to `tokens` more, drawn one after another, to the end mark or until it is enough."""
    end, done = writer(run).tokenizer.end, [False] * len(rows)
    for _ in range(tokens):
        drawn = draw(next_scores(run, rows), taste, generator).tolist()
        for number, (row, token) in enumerate(zip(rows, drawn, strict=True)):
            if done[number]:
                continue
            if token != end:
                row.append(token)
            done[number] = token == end or is_enough(row)
        if all(done):
            break
    return rows


@dataclass(frozen=True)
class _Kept:
    """A text of the beam: its ids, the sum of its tokens' log-probabilities (the end mark's too), and how many those are."""

    row: list[int]
    total: float
    tokens: int

    @property
    def mean(self) -> float:
        return self.total / max(1, self.tokens)


def beam(
    run: Run, begun: list[int], tokens: int, width: int, is_enough: Callable[[list[int]], bool] = _never
) -> list[list[int]]:
    """The most probable texts that are found by keeping the `width` best at every step, best first.

    By mean log-probability a token, so that short texts are not preferred. With a width of 1 it is the greedy text; with more
    that one is always among those compared, so that the best is never worse.
    """
    end = writer(run).tokenizer.end
    alive, finished = [_Kept(list(begun), 0.0, 0)], []
    for _ in range(tokens):
        scores = next_scores(run, [kept.row for kept in alive]).log_softmax(dim=-1)
        grown = []
        for kept, each in zip(alive, scores, strict=True):
            values, ids = each.topk(min(2 * width, len(each)))
            for value, token in zip(values.tolist(), ids.tolist(), strict=True):
                row = kept.row if token == end else [*kept.row, token]
                grown.append((token == end, _Kept(row, kept.total + value, kept.tokens + 1)))
        grown.sort(key=lambda pair: -pair[1].total)
        finished += [kept for ended, kept in grown[:width] if ended]
        alive = [kept for ended, kept in grown if not ended][:width]
        finished += [kept for kept in alive if is_enough(kept.row)]
        alive = [kept for kept in alive if not is_enough(kept.row)]
        if len(finished) >= width or not alive:
            break
    found = finished if len(finished) >= width else [*finished, *alive]
    if width > 1:
        found.append(_greedy(run, begun, tokens, is_enough))
    best: dict[tuple[int, ...], _Kept] = {}
    for kept in sorted(found, key=lambda kept: -kept.mean):
        best.setdefault(tuple(kept.row), kept)
    return [kept.row for kept in best.values()]


def _greedy(run: Run, begun: list[int], tokens: int, is_enough: Callable[[list[int]], bool]) -> _Kept:
    end, kept = writer(run).tokenizer.end, _Kept(list(begun), 0.0, 0)
    for _ in range(tokens):
        value, token = next_scores(run, [kept.row])[0].log_softmax(dim=-1).max(dim=-1)
        row = kept.row if int(token) == end else [*kept.row, int(token)]
        kept = _Kept(row, kept.total + float(value), kept.tokens + 1)
        if int(token) == end or is_enough(kept.row):
            break
    return kept


def next_scores(run: Run, rows: list[list[int]]) -> Tensor:
    """Scores of the next token after each row, (B, V); padding, the begin mark and unknown are never next."""
    encoding = writer(run)
    network, tokenizer = run.network(), encoding.tokenizer
    recent = [np.array(row[-encoding.length :], np.int64) for row in rows]
    with torch.inference_mode():
        if encoding.settings.prefixes:
            scores = network(encoding.pad(recent))
        else:
            last = torch.tensor([len(row) - 1 for row in recent])
            scores = network(padded(recent, None, "end"))[torch.arange(len(rows)), last]
        never = [each for each in (0, tokenizer.begin, tokenizer.unknown) if each is not None]
        return scores.index_fill(1, torch.tensor(never), -torch.inf)


def draw(scores: Tensor, taste: Taste, generator: torch.Generator) -> Tensor:
    """One token for each row of scores (B, V), by the taste.

    >>> draw(torch.tensor([[0.0, 3.0, 1.0]]), GREEDY, torch.Generator())
    tensor([1])
    """
    if taste.temperature == 0:
        return scores.argmax(dim=-1)
    return torch.multinomial(tasted(scores, taste), 1, generator=generator).squeeze(1)


def tasted(scores: Tensor, taste: Taste) -> Tensor:
    """The probabilities (B, V) that a token is drawn with; of a temperature above 0.

    >>> tasted(torch.tensor([[0.5, 0.3, 0.2]]).log(), Taste(top_p=0.6)).round(decimals=3)
    tensor([[0.6250, 0.3750, 0.0000]])
    """
    ordered, places = (scores / taste.temperature).sort(dim=-1, descending=True, stable=True)
    if taste.top_k:
        ordered[:, taste.top_k :] = -torch.inf
    share = ordered.softmax(dim=-1)
    if taste.top_p < 1:  # the token that crosses the share stays
        share = share.masked_fill(share.cumsum(dim=-1) - share >= taste.top_p, 0)
        share = share / share.sum(dim=-1, keepdim=True)
    return torch.zeros_like(share).scatter(1, places, share)


def samples(run: Run, own: Encoded | None) -> list[dict[str, str]]:
    """A few texts for the report: from nothing where there is a begin mark, else from beginnings of judged texts."""
    encoding = writer(run)
    starts = [""] * SAMPLES if encoding.tokenizer.begin is not None else _beginnings(encoding, own)
    runs_on = encoding.form == "prose"
    starts, words = (starts[:RUNNING_SAMPLES], SAMPLE_RUNNING) if runs_on else (starts, SAMPLE_WORDS)
    found = []
    for number, start in enumerate(starts):
        text = generate(run, start, words=words, taste=RUNNING, seed=number)[0]
        fresh = text.removeprefix(start)
        found.append({"start": start or tr("(nothing)"), "text": fresh.rstrip() if runs_on else fresh.strip()})
    return found


def _beginnings(encoding: TextEncoding, own: Encoded | None) -> list[str]:
    """How judged texts begin; of running text the first words of its paragraphs or lines (in a play, who speaks)."""
    part = None if own is None else own.test if len(own.test) else own.train
    if own is None or part is None or part.pixels is None:
        return []
    found: dict[str, None] = {}
    if encoding.form == "prose":
        rows = own.division.test if len(own.test) else own.division.train
        texts = texts_of(own.source, encoding.text)
        for place in np.random.default_rng(0).permutation(rows)[: 4 * SAMPLES].tolist():
            found.setdefault(" ".join(texts[place].strip().partition("\n")[0].split()[:BEGINNING]))
        return [start for start in found if start][:SAMPLES]
    for place in np.random.default_rng(0).permutation(len(part))[: 4 * SAMPLES].tolist():
        ids = [token for token in part.pixels[place].tolist() if token][:BEGINNING]
        found.setdefault(encoding.tokenizer.decode(ids).strip("\ufffd\n "))
    return [start for start in found if start][:SAMPLES]

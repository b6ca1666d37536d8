"""Write on from a beginning with a network that has learnt which token comes next."""

# B texts written at once · L length · V vocabulary
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seodang.core.errors import RunError, SeodangError
from seodang.data.encode_text import TextEncoding
from seodang.data.encoded import Encoded
from seodang.runs.folder import Run, load

SAMPLES, SAMPLE_TOKENS = 8, 24


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
            f"temperature must be 0 or more, got {self.temperature}." if self.temperature < 0 else "",
            f"top-k must be 0 or more, got {self.top_k}." if self.top_k < 0 else "",
            f"top-p must be above 0 and at most 1, got {self.top_p}." if not 0 < self.top_p <= 1 else "",
            f"beam must be 1 or more, got {self.beam}." if self.beam < 1 else "",
        ]
        if any(wrong):
            raise SeodangError("\n".join(filter(None, wrong)))


def generate(
    run: Run | str | Path,
    start: str = "",
    *,
    tokens: int = 20,
    count: int = 1,
    taste: Taste | None = None,
    seed: int = 0,
) -> list[str]:
    """`count` texts that begin with `start` and go on for at most `tokens` tokens, or to the end mark where there is one.

    The same seed writes the same texts. Raises RunError where the run does not write texts.
    """
    run = run if isinstance(run, Run) else load(run)
    encoding = writer(run)
    if tokens < 1 or count < 1:
        raise SeodangError(f"Words and count must be 1 or more, got {tokens} and {count}.")
    taste = taste or Taste()
    begun = begin(encoding, start)
    if taste.beam > 1:
        rows = beam(run, begun, tokens, taste.beam)[:count]
    else:
        generator = torch.Generator().manual_seed(seed)
        rows = sample(run, [list(begun) for _ in range(count)], tokens, taste, generator)
    skip = 1 if encoding.tokenizer.begin is not None else 0
    written = [encoding.tokenizer.decode(row[skip:]) for row in rows]
    if encoding.tokenizer.kind in ("notes", "words") and start:  # what was said stays as it was written
        fresh = [encoding.tokenizer.decode(row[len(begun) :]) for row in rows]
        written = [f"{start} {more}".rstrip() for more in fresh]
    return written


def writer(run: Run) -> TextEncoding:
    """The encoding of a run that writes; RunError of any other."""
    encoding = run.encoding
    if run.recipe.task != "next_token" or not isinstance(encoding, TextEncoding):
        raise RunError(
            f"{run.name} does not write texts: its task is {run.recipe.task}. Train a text-generator for that."
        )
    return encoding


def begin(encoding: TextEncoding, start: str) -> list[int]:
    """The ids that a text begins with: the begin mark where there is one, then `start`."""
    tokenizer = encoding.tokenizer
    ids = tokenizer.encode(start) if start else []
    ids = ([tokenizer.begin] if tokenizer.begin is not None else []) + ids
    if not ids:
        raise SeodangError("Say how the text begins: this network has no begin mark, or knows none of these words.")
    return ids


def sample(run: Run, rows: list[list[int]], tokens: int, taste: Taste, generator: torch.Generator) -> list[list[int]]:
    """Each row of ids with up to `tokens` more, drawn one after another."""
    encoding = writer(run)
    end, done = encoding.tokenizer.end, [False] * len(rows)
    for _ in range(tokens):
        scores = next_scores(run, rows)
        drawn = draw(scores, taste, generator).tolist()
        for row, token, number in zip(rows, drawn, range(len(rows)), strict=True):
            if not done[number]:
                done[number] = token == end
                row.extend([] if done[number] else [token])
        if all(done):
            break
    return rows


def beam(run: Run, begun: list[int], tokens: int, width: int) -> list[list[int]]:
    """The most probable texts found by keeping the `width` best at every step, best first; by mean log-probability a token."""
    encoding = writer(run)
    end = encoding.tokenizer.end
    alive: list[tuple[float, list[int]]] = [(0.0, list(begun))]
    finished: list[tuple[float, list[int]]] = []
    for _ in range(tokens):
        scores = next_scores(run, [row for _, row in alive]).log_softmax(dim=-1)
        grown = []
        for (total, row), each in zip(alive, scores, strict=True):
            values, ids = each.topk(min(width + 1, len(each)))
            grown += [(total + v, [*row, i]) for v, i in zip(values.tolist(), ids.tolist(), strict=True)]
        grown.sort(key=lambda pair: -pair[0])
        finished += [(total, row[:-1]) for total, row in grown[: width + 1] if row[-1] == end]
        alive = [(total, row) for total, row in grown if row[-1] != end][:width]
        if len(finished) >= width or not alive:
            break
    found = finished or alive
    found.sort(key=lambda pair: -pair[0] / max(1, len(pair[1]) - len(begun) + 1))
    return [row for _, row in found]


def next_scores(run: Run, rows: list[list[int]]) -> Tensor:
    """Scores of the next token after each row, (B, V); padding and the begin mark are never next."""
    encoding = writer(run)
    network, tokenizer = run.network(), encoding.tokenizer
    recent = [np.array(row[-encoding.length :], np.int64) for row in rows]
    with torch.inference_mode():
        scores = network(encoding.pad(recent) if encoding.settings.prefixes else _right(recent))
    if scores.dim() == 3:
        last = torch.tensor([len(row) - 1 for row in recent])
        scores = scores[torch.arange(len(rows)), last]
    never = [0, *([tokenizer.begin] if tokenizer.begin is not None else [])]
    if tokenizer.unknown is not None:
        never.append(tokenizer.unknown)
    scores[:, never] = -torch.inf
    return scores


def _right(rows: list[np.ndarray]) -> Tensor:
    from seodang.data.encode_text import padded

    return padded(rows, None, "end")


def draw(scores: Tensor, taste: Taste, generator: torch.Generator) -> Tensor:
    """One token for each row of scores (B, V), by the taste.

    >>> draw(torch.tensor([[0.0, 3.0, 1.0]]), Taste(temperature=0), torch.Generator())
    tensor([1])
    """
    if taste.temperature == 0:
        return scores.argmax(dim=-1)
    scores = scores / taste.temperature
    if taste.top_k:
        least = scores.topk(min(taste.top_k, scores.shape[-1]), dim=-1).values[:, -1:]
        scores = scores.masked_fill(scores < least, -torch.inf)
    if taste.top_p < 1:
        ordered, places = scores.sort(dim=-1, descending=True)
        share = ordered.softmax(dim=-1)
        over = share.cumsum(dim=-1) - share >= taste.top_p  # the token that crosses the share stays
        scores = scores.masked_fill(torch.zeros_like(over).scatter(1, places, over), -torch.inf)
    return torch.multinomial(scores.softmax(dim=-1), 1, generator=generator).squeeze(1)


def samples(run: Run, own: Encoded | None) -> list[dict[str, str]]:
    """A few texts for the report: from nothing where there is a begin mark, else from beginnings of judged texts."""
    encoding = writer(run)
    if encoding.tokenizer.begin is not None:
        starts = [""] * SAMPLES
    else:
        part = own.test if own is not None and len(own.test) else own.train if own is not None else None
        if part is None or part.pixels is None:
            return []
        chosen = np.random.default_rng(0).permutation(len(part))[:SAMPLES]
        rows = [part.pixels[int(i)] for i in chosen]
        starts = [encoding.tokenizer.decode([t for t in row.tolist() if t][:3]) for row in rows]
    found = []
    for number, start in enumerate(starts):
        text = generate(run, start, tokens=SAMPLE_TOKENS, taste=Taste(temperature=0.8, top_p=0.95), seed=number)[0]
        found.append({"start": start or "(nothing)", "text": text.removeprefix(start).strip()})
    return found

"""The numbers of a run that writes: perplexity beside counted words and word pairs, samples, translations."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from seodang.core.language import tr
from seodang.data.batches import batches
from seodang.data.encode_text import NOTHING
from seodang.data.encoded import Encoded
from seodang.data.load import Subset
from seodang.evaluation import text_baselines
from seodang.evaluation.intervals import Z95, gain, perplexity, ratio, wilson
from seodang.evaluation.metrics import Numbers
from seodang.evaluation.predictions import Tokens
from seodang.runs.folder import Run
from seodang.training.loop import judging_batch

if TYPE_CHECKING:
    from seodang.evaluation.row_examples import JudgedRows


def token_numbers(run: Run, judged: JudgedRows, own: Encoded | None) -> tuple[dict[str, Any], Tokens]:
    """Every number of the report of a run whose task is next_token or translate, and what each text has of the loss; touches no disk."""
    losses, counts, right = losses_of(run, judged.subset)
    tokens = int(counts.sum())
    (loss, error), accuracy = ratio(losses, counts), right / max(1, tokens)
    low, high = wilson(round(accuracy * tokens), max(1, tokens))
    middle, between = perplexity(loss, error)
    found = {"perplexity": middle, "loss": loss, "accuracy": accuracy}
    result: dict[str, Any] = {
        "main": "perplexity",
        "metrics": {name: round(value, 6) for name, value in found.items()},
        "intervals": {"perplexity": [round(end, 4) for end in between], "accuracy": [round(low, 6), round(high, 6)]},
        "tokens": tokens,
        "baselines": {} if own is None else _baselines(own, judged.subset, losses, counts),
        "examples": [],
        "mistakes": [],
    }
    answers = Tokens(judged.subset.ids, losses, counts, _hash_of_tokenizer(run), judged.split, judged.sha256)
    if run.recipe.task == "next_token":
        from seodang.evaluation.generate import samples

        if letters := characters(run.encoding, judged.subset):
            bits = tokens / letters / np.log(2)
            result["metrics"]["bits_per_character"] = round(loss * bits, 6)
            result["intervals"]["bits_per_character"] = [
                round((loss + side * Z95 * error) * bits, 6) for side in (-1, 1)
            ]
            result["characters"] = letters
        return {**result, "samples": samples(run, own)}, answers
    from seodang.evaluation.translating import translated

    told = translated(run, judged, own)
    result["metrics"] |= told.pop("metrics")
    result["intervals"] |= told.pop("intervals")
    return {**result, **told}, answers


def _hash_of_tokenizer(run: Run) -> str:
    """Of what makes the tokens that are foretold."""
    tokenizer = run.encoding.written or run.encoding.tokenizer
    return hashlib.sha256(json.dumps(tokenizer.to_dict(), sort_keys=True).encode()).hexdigest()


def losses_of(run: Run, subset: Subset) -> tuple[Numbers, Numbers, float]:
    """Of each text of a split the sum of its next tokens' losses, and how many those are, both (N,); and how many of all tokens are
    the network's first guess."""
    network, task, right = run.network(), run.task, 0.0
    losses, counts, order = [np.zeros(0)], [np.zeros(0)], subset.by_length
    with torch.inference_mode():
        for inputs, targets, _ in batches(subset, judging_batch(subset, task), order):
            scores = network(inputs)
            asked = targets.flatten() != NOTHING
            each = functional.cross_entropy(
                scores.flatten(0, -2).float(), targets.flatten(), ignore_index=NOTHING, reduction="none"
            )
            losses.append(each.view(len(targets), -1).double().sum(1).numpy())
            counts.append(asked.view(len(targets), -1).sum(1).numpy())
            right += float(task.tally(scores, targets))
    loss, count = np.concatenate(losses), np.concatenate(counts)
    if order is not None:
        back = np.argsort(order.numpy())
        loss, count = loss[back], count[back]
    return loss, count, right


def characters(encoding: Any, subset: Subset) -> int:
    """How many characters the tokens of a split stand for, an end mark counted as one; 0 where tokens do not say all of a text: words
    have lost their spaces, and an unknown one is easily guessed.

    Perplexity depends on what a token is; bits a character can be compared with any other model of the same text.
    """
    tokenizer, asked = encoding.tokenizer, subset.labels[subset.labels != NOTHING]
    if tokenizer.kind not in ("bpe", "characters") or (
        tokenizer.unknown is not None and bool((asked == tokenizer.unknown).any())
    ):
        return 0
    ends = 0 if tokenizer.end is None else int((asked == tokenizer.end).sum())
    return ends + len(tokenizer.decode(asked[asked != tokenizer.end].tolist() if ends else asked.tolist()))


def _baselines(own: Encoded, subset: Subset, losses: Numbers, counts: Numbers) -> dict[str, Any]:
    """Single words and pairs of words, counted in training: how surprised they are by the same words as the network."""
    found = text_baselines.ngram_losses(sequences(own.train), sequences(subset), own.facts.vocabulary)
    how = {"unigram": tr("how common each word is"), "bigram": tr("which word follows which (Kneser-Ney)")}
    told = {}
    for name, each in found.items() if counts.sum() else ():
        test, (middle, _) = gain(each, losses, counts), perplexity(*ratio(each, counts))
        better = test["difference"] > 0
        told[name] = {"perplexity": round(middle, 4), "how": how[name], "better": better, "network_against_it": test}
    return told


def sequences(part: Subset) -> list[np.ndarray]:
    """The token ids of texts again, from inputs and targets of a split: every target with the token that stands before it."""
    assert part.pixels is not None, "texts are held in memory"
    inputs, targets = part.pixels.numpy(), part.labels.numpy()
    if targets.ndim == 1:  # beginnings and what follows: each as a pair of its last token and the answer
        return list(np.stack([inputs[:, -1], targets], axis=1)) if len(targets) else []
    rows = inputs[:, 1] if inputs.ndim == 3 else inputs
    there = targets != NOTHING
    return [np.concatenate([row[:1], target[asked]]) for row, target, asked in zip(rows, targets, there, strict=True)]

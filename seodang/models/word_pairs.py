"""Which word follows which, counted, and an LSTM beside it, that learns when to trust whom."""

# B batch · L length · V tokens
from __future__ import annotations

import math
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.core.penalised import Penalised
from seodang.core.spec import Spec
from seodang.models import _modules as modules
from seodang.models._counts import Counts
from seodang.models._initial import start
from seodang.models._inputs import must_be
from seodang.models._recurrent import Recurrent

# At first the LSTM, which knows nothing, has a fifth of the say.
DOUBT = math.log(0.2 / 0.8)


class _WordPairs(nn.Module):
    times: Tensor

    def __init__(self, vocabulary: int, embedding: int, units: int, dropout: float, before: int, kept: int) -> None:
        super().__init__()
        self.counts = Counts(vocabulary, before, kept)
        self.register_buffer("times", torch.full((vocabulary,), 2), persistent=False)  # how often an answer
        self.embedding = modules.Embedding(vocabulary, embedding, masks=False)
        self.lstm = Recurrent("lstm", embedding, units, each_step=True)
        self.dropout = modules.Dropout(dropout)
        self.gate = nn.Linear(units + 2 * before, 1)  # the log-odds of the LSTM being right rather than the counts
        start(self.gate, "glorot_uniform")
        nn.init.constant_(self.gate.bias, DOUBT)
        self.narrow = nn.Linear(units, embedding) if units != embedding else None
        if self.narrow is not None:
            start(self.narrow, "glorot_uniform")
        self.dense = modules.Tied(self.embedding)  # the last one: training.output_bias sets its constants

    def fit_words(self, tokens: Tensor, answers: Tensor) -> None:
        """Count training texts (N, L) and what comes next (N, L), below 0 where nothing does, before training."""
        self.counts.count(tokens, answers)
        self.times.copy_(torch.bincount(answers[answers >= 0], minlength=len(self.times)))

    def forward(self, tokens: Tensor) -> Tensor | Penalised:
        """(B, L) → (B, L, V): logarithms of probabilities, a mean of the LSTM's and of the counts'.

        While training, the LSTM pays for its own mistakes too: else it would leave to the counts what they know already, and learn
        little.
        """
        state = self.dropout(self.lstm(self.dropout(self.embedding(tokens))))
        own = self.dense(state if self.narrow is None else self.narrow(state)).log_softmax(2)
        if not self.training:
            counted, evidence = self.counts(tokens)
            return self._mixed(state, own, counted, evidence)
        # The text that is learnt from is the one that was counted, so at each place that place is left out. The gate does not learn
        # where that cannot be done, at the end of a text, nor from words that stand nowhere else: left out they would be unknown,
        # and unknown words are never asked for.
        following = torch.cat([tokens[:, 1:], torch.zeros_like(tokens[:, :1])], 1)
        known = (self.times[following] > 1) & (following != 0)
        counted, evidence = self.counts(tokens, following)
        likely = self._mixed(state, own, counted, evidence, known)
        alone = functional.nll_loss(own.flatten(0, 1), following.flatten(), ignore_index=0, reduction="sum")
        return Penalised((likely, alone / torch.count_nonzero(following).clamp_min(1)))

    def _mixed(
        self, state: Tensor, own: Tensor, counted: Tensor, evidence: Tensor, known: Tensor | None = None
    ) -> Tensor:
        share = self.gate(torch.cat([state, evidence.to(state.dtype)], dim=2)).sigmoid().to(own.dtype)
        if known is not None:
            share = torch.where(known.unsqueeze(2), share, 1.0)
        return torch.lerp(counted, own.exp(), share).clamp_min(torch.finfo(own.dtype).tiny).log()


def word_pairs(
    inputs: Spec,
    outputs: Spec,
    *,
    embedding: Annotated[int, Field(ge=1, le=8192)] = 128,
    units: Annotated[int, Field(ge=1, le=8192)] = 128,
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.5,
    before: Annotated[int, Field(ge=1, le=3)] = 2,
    kept: Annotated[int, Field(ge=1, le=2**24)] = 200_000,
) -> nn.Module:
    """Which word comes next: counts of words that follow each other and an LSTM, mixed by how far each can be trusted.

    The probability of a word is a mean of the LSTM's and the Kneser-Ney model's (`network.fit_words(tokens, answers)` counts for it);
    the weights are learnt from the LSTM's state and from how often the words before were seen (a mixture of experts: Jacobs et
    al., 1991). Where there is little to learn from, either alone is worse.

    Args:
        inputs: tokens (length,).
        outputs: (length, tokens), each_step: at each place, which of the tokens comes next.
        embedding, units: numbers in a token's vector (the same for reading and foretelling), and in the LSTM's state.
        dropout: share dropped of the vectors and of the state while training.
        before: so many words before the next are counted with it, 2: runs of three.
        kept: so many different runs of each length are kept, the commonest.
    """
    must_be("word-pairs", inputs, ["tokens"])
    if not outputs.each_step or outputs.shape[-1] != inputs.vocabulary:
        raise RecipeError(
            tr(
                "word-pairs says at every place of a text which of its tokens comes next, but the task wants something else. Take "
                "recurrent, or texts.prefixes=false."
            )
        )
    if inputs.vocabulary ** (before + 1) > torch.iinfo(torch.int64).max:
        raise RecipeError(
            tr(
                "word-pairs cannot count runs of {count} out of {vocabulary:,} tokens: there are more than a whole number of 64 bits can "
                "tell apart. Set model.before={before}, or a smaller texts.vocabulary.",
                count=before + 1,
                vocabulary=inputs.vocabulary,
                before=before - 1,
            )
        )
    return _WordPairs(inputs.vocabulary, embedding, units, dropout, before, kept)

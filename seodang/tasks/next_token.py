"""Say which word comes next, and so write texts."""

# B batch · L length · V vocabulary
from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from seodang.core.penalised import Penalised, loss_of_penalised
from seodang.core.spec import Spec

# Targets at positions where nothing is asked (padding); PyTorch's own default.
NOTHING = -100


@dataclass(frozen=True)
class NextToken:
    """The task "which word next?": after every word of a text (`each_step`), or after the last only.

    The loss is the mean over words, not over texts; exp(loss) is the perplexity.
    """

    vocabulary: int
    each_step: bool = True
    loss_name: str = "cross_entropy"
    tallied = ("accuracy",)

    @property
    def outputs(self) -> Spec:
        """What the network must put out: a raw score for every word, at every position or once."""
        return Spec((0, self.vocabulary) if self.each_step else (self.vocabulary,), each_step=self.each_step)

    def loss(
        self,
        outputs: Tensor | Penalised,
        targets: Tensor,
        *,
        weights: Tensor | None = None,
        smoothing: float = 0.0,
    ) -> Tensor:
        """The mean loss over the words of a batch, a scalar.

        Args:
            outputs: (B, L, V) or (B, V) raw scores, or Penalised.
            targets: (B, L) or (B,) token ids; -100 where nothing is asked.
            weights: (V,) how much each word counts, or None.
            smoothing: 0 to 1, the share of the target that is spread over all words.
        """
        if isinstance(outputs, Penalised):
            return loss_of_penalised(
                outputs, lambda given: self.loss(given, targets, weights=weights, smoothing=smoothing)
            )
        return F.cross_entropy(
            outputs.flatten(0, -2), targets.flatten(), weight=weights, ignore_index=NOTHING, label_smoothing=smoothing
        )

    def weight(self, targets: Tensor) -> Tensor:
        """Of how many words a batch's loss is the mean."""
        return (targets != NOTHING).sum()

    def tally(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Sums over a batch of what `tallied` names: (1,), the words that were foretold rightly."""
        return (self.decode(outputs) == targets).sum().double().reshape(1)

    def scores(self, outputs: Tensor | Penalised) -> Tensor:
        """The network's outputs as they are."""
        return outputs[0] if isinstance(outputs, Penalised) else outputs

    def probabilities(self, outputs: Tensor) -> Tensor:
        """Raw scores (…, V) to probabilities that sum to 1."""
        return outputs.softmax(dim=-1)

    def decode(self, outputs: Tensor) -> Tensor:
        """Raw scores to the most probable token, (B, L) or (B,)."""
        return outputs.argmax(dim=-1)

    def encode(self, targets: Tensor) -> Tensor:
        """Token ids to raw scores that are sure of them; `decode` gives them back (0 where nothing is asked)."""
        return 20.0 * F.one_hot(targets.clamp_min(0), self.vocabulary).float()

    def metrics(self, outputs: Tensor, targets: Tensor) -> dict[str, float]:
        """What is followed while training: accuracy, the share of words foretold rightly."""
        return {"accuracy": float(self.tally(outputs, targets)) / max(1, int(self.weight(targets)))}

    def naive(self, targets: Tensor) -> Tensor:
        """The naive guess as raw scores (1, V): the words' frequencies in `targets`, whatever came before."""
        counts = torch.bincount(targets[targets != NOTHING].flatten(), minlength=self.vocabulary).float()
        return (counts.clamp_min(1e-6) / counts.sum().clamp_min(1)).log().unsqueeze(0)


def next_token(vocabulary: int, each_step: bool = True, loss: str = "cross_entropy") -> NextToken:
    """Which word comes next: language models, that write."""
    return NextToken(vocabulary, each_step, loss)

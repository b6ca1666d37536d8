"""How often which token followed which tokens before it: the interpolated Kneser-Ney model, as a part of a network."""

# B batch · L length · N = B·L places · K tokens before · V tokens · M runs that are looked at
from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

# What is taken off every count where no counts say better (Church & Gale, 1991).
USUAL_DISCOUNT = 0.75
_LAST = torch.iinfo(torch.int64).max
_NONE = -1  # no token is left out


class _Found(NamedTuple):
    """What was counted after each of N contexts. `place`, `token`, `value` (M,): what a seen token adds to which probability.

    seen: how often the context was.   share: how much of the probability is left to shorter contexts.
    left_out: the token (N,) that is left out of the counts of shorter contexts too, or _NONE.
    """

    place: Tensor
    token: Tensor
    value: Tensor
    seen: Tensor
    share: Tensor
    left_out: Tensor


class Counts(nn.Module):
    """The probability of each next token from counts of runs of up to K + 1 tokens; not learnt, but counted (`count`).

    Interpolated Kneser-Ney (Chen & Goodman, 1999, equation 24, https://doi.org/10.1006/csla.1999.0128): what is taken off the counts of
    what followed a context goes to what follows the shorter one, and there it is counted how many different runs end so. Before
    anything is counted every token is as likely.

    For each length of context, 1 to K, `runs` holds context · V + token, sorted, and `upto` the sums of the counts before each.
    """

    singles: Tensor
    runs: Tensor
    upto: Tensor
    discounts: Tensor

    def __init__(self, vocabulary: int, before: int, kept: int) -> None:
        super().__init__()
        self.vocabulary, self.before = vocabulary, before
        self.register_buffer("singles", torch.ones(vocabulary, dtype=torch.int64))
        self.register_buffer("runs", torch.full((before, kept), _LAST))
        self.register_buffer("upto", torch.zeros(before, kept + 1, dtype=torch.int64))
        self.register_buffer("discounts", torch.full((before + 1,), USUAL_DISCOUNT))

    @torch.no_grad()
    def count(self, tokens: Tensor, answers: Tensor) -> None:
        """Count texts (N, L) and what comes next at each place (N, L), below 0 where nothing does."""
        asked, size = answers >= 0, self.vocabulary
        runs = self._contexts(tokens, self.before)[asked] * size + answers[asked]
        for before in range(self.before, 0, -1):
            runs = self._keep(before, *runs.unique(return_counts=True))
            runs = runs % size**before  # the first token is forgotten: it counts how many different ones stood there
        self.singles.copy_(torch.bincount(runs, minlength=size))
        self.discounts[0] = discount_of(self.singles)

    def forward(self, tokens: Tensor, left_out: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(B, L) → probabilities (B, L, V), and what they are founded on (B, L, 2·K): of each context, the longest first, the
        logarithm of how often it was there, and how much of the probability is left to shorter ones.

        Args:
            left_out: (B, L) The token that follows, for texts that were counted themselves: of each place is told what the counts
                would say without this very place, else they would seem to know everything (leaving one out: Ney et al., 1994).
        """
        left = torch.full_like(tokens, _NONE).flatten() if left_out is None else left_out.flatten()
        found: list[_Found] = []
        for before in range(self.before, 0, -1):
            found.append(self._find(before, self._contexts(tokens, before).flatten(), left))
            left = found[-1].left_out
        # Only what was seen after a context is added one by one; what is left over goes to all tokens at once.
        over, places, values = torch.ones(tokens.numel(), device=tokens.device), [], []
        for each in found:
            places.append(each.place * self.vocabulary + each.token)
            values.append(each.value * over[each.place])
            over = over * each.share
        likely = self._alone(left, over)
        likely.view(-1).index_add_(0, torch.cat(places), torch.cat(values))
        evidence = torch.stack([part for each in found for part in (each.seen.log1p(), each.share)], dim=1)
        return likely.unflatten(0, tokens.shape), evidence.unflatten(0, tokens.shape)

    def _contexts(self, tokens: Tensor, before: int) -> Tensor:
        """At each place of (N, L) the last `before` tokens as one number; before the first stand zeros."""
        keys = tokens.clone()
        for back in range(1, min(before, tokens.shape[1])):
            keys[:, back:] += tokens[:, :-back] * self.vocabulary**back
        return keys

    def _keep(self, before: int, runs: Tensor, counts: Tensor) -> Tensor:
        """Hold runs (M,), sorted, with their counts; give those that found room, the commonest, still sorted."""
        held, upto = self.runs[before - 1], self.upto[before - 1]
        if len(runs) > len(held):
            chosen = counts.argsort(descending=True, stable=True)[: len(held)].sort().values
            runs, counts = runs[chosen], counts[chosen]
        held.fill_(_LAST)[: len(runs)] = runs
        upto.fill_(int(counts.sum()))[0] = 0
        upto[1 : len(runs) + 1] = counts.cumsum(0)
        self.discounts[before] = discount_of(counts)
        return runs

    def _find(self, before: int, contexts: Tensor, left_out: Tensor) -> _Found:
        """What followed contexts (N,). `left_out`: a token (N,) each, once of which is not counted; _NONE: none."""
        held, upto, discount = self.runs[before - 1], self.upto[before - 1], self.discounts[before]
        begin = torch.searchsorted(held, contexts * self.vocabulary)
        kinds = torch.searchsorted(held, (contexts + 1) * self.vocabulary) - begin
        place = torch.repeat_interleave(kinds)  # of each run that is looked at, which of the N it is for
        run = begin[place] + torch.arange(len(place), device=place.device) - (kinds.cumsum(0) - kinds)[place]
        token, counts = held[run] % self.vocabulary, upto[run + 1] - upto[run]
        less = token == left_out[place]  # at most one run of each context
        counts, zeros = counts - less.long(), torch.zeros_like(kinds)
        gone = zeros.index_add(0, place, (less & (counts == 0)).long())
        seen = upto[begin + kinds] - upto[begin] - zeros.index_add(0, place, less.long())
        share = torch.where(seen > 0, discount * (kinds - gone) / seen.clamp_min(1), 1.0)
        value = (counts - discount).clamp_min(0) / seen.clamp_min(1)[place]
        return _Found(place, token, value, seen, share, torch.where(gone > 0, left_out, _NONE))

    def _alone(self, left_out: Tensor, over: Tensor) -> Tensor:
        """So much (N,) shared out among all tokens whatever stands before, (N, V): by counts, and a little to all alike."""
        less, own, discount = left_out >= 0, left_out.clamp_min(0), self.discounts[0]
        kinds = torch.count_nonzero(self.singles) - (less & (self.singles[own] == 1)).long()
        each = over / (self.singles.sum() - less.long()).clamp_min(1)
        known = (self.singles - discount).clamp_min(0)
        change = known[own] - (self.singles[own] - 1 - discount).clamp_min(0)
        alike = each * discount * kinds / self.vocabulary
        likely = torch.addcmul(alike.unsqueeze(1), each.unsqueeze(1), known.unsqueeze(0))
        return likely.scatter_add_(1, own.unsqueeze(1), -(change * less * each).unsqueeze(1))


def discount_of(counts: Tensor) -> float:
    """What is taken off every count: n1 / (n1 + 2 n2) of those of one and of two (Ney et al., 1994), else 0.75.

    >>> discount_of(torch.tensor([1, 1, 2, 5]))
    0.5
    """
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    return once / (once + 2 * twice) if once and twice else USUAL_DISCOUNT

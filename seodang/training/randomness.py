"""Every random choice of a training run is a function of (seed, purpose, step) and of nothing else.

So a run that is carried on needs no saved generator state, and there is none to lose.
"""

from __future__ import annotations

import torch

_MASK = (1 << 64) - 1
ORDER, STEP, INITIALISATION, BUCKETS, SAMPLES = 1, 2, 3, 4, 5


def mix(seed: int, purpose: int, step: int) -> int:
    """A well-spread 63-bit seed from three small numbers (SplitMix64: Steele, Lea & Flood, 2014, doi 10.1145/2660193.2660195).

    >>> mix(0, ORDER, 1) != mix(0, ORDER, 2) != mix(0, STEP, 2)
    True
    """
    state = 0
    for part in (seed, purpose, step):
        state = (state + part + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state >> 1


def order(num_examples: int, seed: int, epoch: int) -> torch.Tensor:
    """The order of the examples in an epoch, (num_examples,) int64."""
    generator = torch.Generator().manual_seed(mix(seed, ORDER, epoch))
    return torch.randperm(num_examples, generator=generator)


def bucketed(lengths: torch.Tensor, batch_size: int, seed: int, epoch: int) -> torch.Tensor:
    """The order of sequences in an epoch, (N,) int64: shuffled, then those of a like length brought into the same batches.

    Among every 50 batches' worth of shuffled examples the shorter come together; the order of the batches is shuffled again,
    so that none is always first. Twice as fast as batches padded at random where lengths spread wide (PERFORMANCE.md), and
    still another order every epoch.

    Args:
        lengths: (N,) of the examples, on the CPU.
    """
    shuffled = order(len(lengths), seed, epoch)
    pools = [pool[lengths[pool].argsort(stable=True)] for pool in shuffled.split(50 * batch_size)]
    chunks = list(torch.cat(pools).split(batch_size)) if pools else []
    whole = [chunk for chunk in chunks if len(chunk) == batch_size]
    rest = [
        chunk for chunk in chunks if len(chunk) < batch_size
    ]  # the last of an epoch, wherever the seed would put it
    generator = torch.Generator().manual_seed(mix(seed, BUCKETS, epoch))
    mixed = [whole[i] for i in torch.randperm(len(whole), generator=generator).tolist()]
    return torch.cat([*mixed, *rest]) if chunks else shuffled


def seed_step(generator: torch.Generator, seed: int, step: int, rank: int = 0) -> None:
    """Set what dropout and augmentation draw from at one step; each of several processes draws its own.

    Dropout has no generator argument in PyTorch, so `generator` is the device's own default one; `fit` puts its state
    back when training ends.
    """
    generator.manual_seed(mix(seed, STEP + (rank << 8), step))

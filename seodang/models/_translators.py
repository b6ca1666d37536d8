"""The two networks behind `translator`: one of recurrent layers, one of transformer blocks."""

# B batch · S places of the source · T places written · W width · V words
from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from seodang.core.errors import RecipeError
from seodang.core.language import tr
from seodang.models import _modules as modules
from seodang.models._attention import Attention, Block, readable, turns
from seodang.models._initial import start
from seodang.models._recurrent import Bidirectional, Cell, kernel, run, take

State = tuple[Tensor, ...]


class Memory(NamedTuple):
    """A sentence that has been read. states: what the decoder looks at, batch first. real: (B, S), where there is no padding.

    first: the decoder's state before the first word, batch first.
    """

    states: State
    real: Tensor
    first: State


def chosen(kept: Memory | State, rows: Tensor) -> Memory | State:
    """The same for some rows of the batch, in the order of `rows` (K,); a row may stand there several times."""
    if isinstance(kept, Memory):
        states, first = chosen(kept.states, rows), chosen(kept.first, rows)
        assert not isinstance(states, Memory), "states are tensors"
        assert not isinstance(first, Memory), "states are tensors"
        return Memory(states, kept.real[rows], first)
    return tuple(tensor[rows] for tensor in kept)


class RecurrentTranslator(nn.Module):
    """Bidirectional layers that read, layers that write, and between them the last states and perhaps attention."""

    def __init__(
        self,
        vocabulary: int,
        words: int,
        cell: Cell,
        attention: bool,
        units: int,
        embedding: int,
        depth: int,
        dropout: float,
        tied: bool,
    ) -> None:
        super().__init__()
        self.parts = 2 if cell == "lstm" else 1  # tensors in a layer's state
        self.read_words = modules.Embedding(vocabulary, embedding, masks=True)
        self.written_words = modules.Embedding(words, embedding, masks=False)
        self.readers = nn.ModuleList(
            Bidirectional(cell, units if place else embedding, units // 2, each_step=True) for place in range(depth)
        )
        self.bridge = nn.Linear(units, depth * self.parts * units)
        self.writers = nn.ModuleList(kernel(cell, units if place else embedding, units) for place in range(depth))
        self.look = Attention(units, 1) if attention else None
        self.combine = nn.Linear(2 * units, units) if attention else None
        self.dropout = modules.Dropout(dropout)
        self.narrow = nn.Linear(units, embedding) if tied and units != embedding else None
        self.head = modules.Tied(self.written_words) if tied else nn.Linear(units, words)
        for part in (self.bridge, self.look, self.combine, self.narrow, self.head):
            if part is not None:
                start(part, "glorot_uniform")

    def forward(self, pair: Tensor) -> Tensor:
        """(B, 2, L) → (B, L, V)."""
        return self._scores(self._write(pair[:, 1], self.encode(pair[:, 0]))[0])

    def _scores(self, x: Tensor) -> Tensor:
        return self.head(x if self.narrow is None else self.narrow(x))

    def encode(self, source: Tensor) -> Memory:
        """Read a sentence (B, S)."""
        real = source != 0
        x = self.dropout(self.read_words(source))
        for reader in self.readers:
            x = self.dropout(reader(x, real))
        # The last state of each direction: the forward one's at the last real place, the backward one's at the first.
        last = source.shape[1] - 1 - real.flip(1).int().argmax(1, keepdim=True)
        ahead, back = take(x, last).chunk(2, dim=2)[0], take(x, real.int().argmax(1, keepdim=True)).chunk(2, dim=2)[1]
        first = torch.tanh(self.bridge(torch.cat([ahead, back], dim=2).squeeze(1)))
        states = self.look.asked(x) if self.look is not None else ()
        return Memory(states, real, first.chunk(len(self.writers) * self.parts, dim=1))

    def step(self, words: Tensor, memory: Memory, state: State | None = None) -> tuple[Tensor, State]:
        """One word (B,) written: the scores of the next (B, V), and the state after it."""
        hidden, state = self._write(words.unsqueeze(1), memory, state)
        return self._scores(hidden.squeeze(1)), state

    def attention(self, pair: Tensor) -> Tensor:
        """(B, 2, L) → (B, T, S)."""
        if self.look is None:
            raise RecipeError(tr("This translator was made without attention, so there are no weights to show."))
        memory = self.encode(pair[:, 0])
        key, value = memory.states
        return self.look.weights(self._decode(pair[:, 1], memory)[0], (key, value), allowed=readable(memory.real))

    def _decode(self, words: Tensor, memory: Memory, state: State | None = None) -> tuple[Tensor, State]:
        """The writing layers over (B, T) words: (B, T, W) and the state after the last."""
        state, after = memory.first if state is None else state, []
        x = self.dropout(self.written_words(words))
        for place, writer in enumerate(self.writers):
            x, new = run(writer, x, state[place * self.parts : (place + 1) * self.parts])  # type: ignore[arg-type]
            x = self.dropout(x)
            after += new
        return x, tuple(after)

    def _write(self, words: Tensor, memory: Memory, state: State | None = None) -> tuple[Tensor, State]:
        x, after = self._decode(words, memory, state)
        if self.look is not None and self.combine is not None:
            key, value = memory.states
            seen = self.look(x, (key, value), allowed=readable(memory.real))
            x = self.dropout(torch.tanh(self.combine(torch.cat([x, seen], dim=2))))
        return x, after


class TransformerTranslator(nn.Module):
    """Blocks that read the whole sentence, and blocks that read it and what is written so far."""

    def __init__(
        self, vocabulary: int, words: int, width: int, depth: int, heads: int, dropout: float, tied: bool
    ) -> None:
        super().__init__()
        self.head_width = width // heads
        self.read_words = modules.Embedding(vocabulary, width, masks=False)
        self.written_words = modules.Embedding(words, width, masks=False)
        self.dropout = modules.Dropout(dropout)
        self.readers = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.read_norm = nn.LayerNorm(width)
        self.writers = nn.ModuleList(Block(width, heads, dropout, reads_other=True) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = modules.Tied(self.written_words) if tied else nn.Linear(width, words)
        for part in (self.readers, self.writers, self.head):
            start(part, "glorot_uniform")

    def forward(self, pair: Tensor) -> Tensor:
        """(B, 2, L) → (B, L, V)."""
        x, _ = self._write(pair[:, 1], self.encode(pair[:, 0]), ())
        return self.head(self.norm(x))

    def encode(self, source: Tensor) -> Memory:
        """Read a sentence (B, S). What every writing block looks at is worked out here, once."""
        real = source != 0
        # Places are counted from the first word; the writing blocks ask by their own, so near ones are easily found.
        angles = turns((real.cumsum(1) - 1).clamp_min(0), self.head_width).unsqueeze(1)
        allowed = readable(real)
        x = self.dropout(self.read_words(source))
        for block in self.readers:
            x, _ = block(x, angles, allowed=allowed)
        x = self.read_norm(x)
        return Memory(tuple(part for block in self.writers for part in block.other.asked(x, angles)), real, ())  # type: ignore[union-attr]

    def step(self, words: Tensor, memory: Memory, state: State | None = None) -> tuple[Tensor, State]:
        """One word (B,) written: the scores of the next (B, V), and the keys and values of all words so far."""
        x, state = self._write(words.unsqueeze(1), memory, state or memory.first)
        return self.head(self.norm(x.squeeze(1))), state

    def attention(self, pair: Tensor) -> Tensor:
        """(B, 2, L) → (B, T, S): the last block's, the mean over its heads."""
        memory, seen = self.encode(pair[:, 0]), []
        block = self.writers[-1]
        assert isinstance(block, Block), "writers are blocks"
        assert block.other is not None, "a writing block reads the sentence"
        assert block.other_norm is not None, "a writing block reads the sentence"
        hook = block.other_norm.register_forward_hook(lambda module, given, output: seen.append(output))
        try:
            self._write(pair[:, 1], memory, ())
        finally:
            hook.remove()
        kept, angles = (memory.states[-2], memory.states[-1]), self._angles(pair[:, 1])
        return block.other.weights(seen[0], kept, angles, readable(memory.real))

    def _angles(self, words: Tensor, before: int = 0) -> Tensor:
        return turns(torch.arange(before, before + words.shape[1], device=words.device), self.head_width)

    def _write(self, words: Tensor, memory: Memory, state: State) -> tuple[Tensor, State]:
        """(B, T) words after those whose keys and values are in `state`; padding at the end is in no word's past."""
        angles = self._angles(words, state[0].shape[2] if state else 0)
        allowed, after = readable(memory.real), []
        x = self.dropout(self.written_words(words))
        for place, block in enumerate(self.writers):
            pair = slice(2 * place, 2 * place + 2)
            before = None if not state else (state[pair][0], state[pair][1])
            other = (memory.states[pair][0], memory.states[pair][1])
            x, kept = block(x, angles, causal=not state, before=before, other=other, other_allowed=allowed)
            after += kept
        return x, tuple(after)

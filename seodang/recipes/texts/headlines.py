"""Lab L40: which word comes next in a headline, as in the notes."""

from __future__ import annotations

from typing import Any

from seodang.data.reading import Columns, Text
from seodang.data.split import Split
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training

LAYERS: list[Any] = [{"embedding": {"size": 10}}, {"lstm": {"units": 100}}, {"dropout": 0.1}, {"dense": "outputs"}]


def headlines() -> Recipe:
    """L40: an LSTM that learns the next word of New York Times headlines, every beginning of one an example.

    The notes: word tokens, headlines that are just "Unknown" left out, every beginning of every headline padded in front,
    Embedding 10, LSTM 100, Dropout .1, softmax over all words; Adam, 30 epochs, Keras' batch of 32. 53,305 examples of 27 words,
    11,753 words with the padding, 1,348,983 parameters. Then `seodang generate RUN "washington dc is" --words 5 --title`.
    Source: the course notes' text generation chapter.
    What the notes had wrong: nothing is kept apart, so nobody knows how it does on headlines it has not seen. As in the notes all
    are trained on here; `split.test=0.1` keeps whole headlines apart (beginnings of one never stand on both sides) and the report
    then has the perplexity beside a model of word pairs. `headlines-whole` learns the same in a fraction of the time.
    Measured: see README.
    """
    return Recipe(
        name="headlines",
        data="nyt-headlines",
        task="next_token",
        model=Part(name="sequential", settings={"layers": LAYERS}),
        columns=Columns(text="headline"),
        texts=Text(tokens="notes", prefixes=True, padding="begin", marks=False, drop=("Unknown",)),
        split=Split(validation=0.0, test=0.0),
        training=Training(optimizer="adam", learning_rate=1e-3, epochs=30, batch_size=32),
    )

"""Lab L45: an encoder reads, a decoder writes."""

from __future__ import annotations

from seodang.data.reading import Text
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def translate_seq2seq() -> Recipe:
    """L45: an LSTM reads a sentence into one vector, another writes the translation from it alone.

    Sutskever et al., 2014, https://arxiv.org/abs/1409.3215; here the reader goes both ways, and there is one layer. All that is
    known of the sentence has to fit into that vector: `translate-attention` is the same with a look back at every word.
    Korean to English: `seodang train translate-seq2seq text=target target=source`. For German, `seodang train multi30k
    translate-seq2seq text=de target=en`.
    Measured: see README.
    """
    return Recipe(
        name="translate-seq2seq",
        data="kor-eng",
        task="translate",
        model=Part(name="translator", settings={"cell": "lstm", "attention": False, "units": 256, "embedding": 128}),
        texts=Text(tokens="words", vocabulary=8_000),
        training=Training(
            optimizer="adam", learning_rate=2e-3, schedule="one_cycle", max_gradient_norm=1.0, keep="best"
        ),
    )

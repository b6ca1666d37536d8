"""Lab L46: a pretrained language model, fine-tuned."""

from __future__ import annotations

from seodang.data.reading import Text
from seodang.recipes.recipe import Recipe
from seodang.recipes.settings import Part, Training


def text_finetune() -> Recipe:
    """L46: a language model that others pretrained, fine-tuned on labelled texts (Hugging Face transformers).

    DistilBERT, or its multilingual sister where the texts are mostly Korean, Japanese, Chinese or Thai; any other by
    `model.architecture=klue/bert-base`. All of it is trained, with the rates of Devlin et al., 2018, appendix A.3
    (https://arxiv.org/abs/1810.04805): AdamW 5e-5, warmed up, three epochs of batches of 16. Without a GPU that is seconds a
    step: `examples=1000`, `texts.length=128` or `model.trains=head` make it minutes. Needs `pip install 'seodang[text]'` and weights from
    the hub or $SEODANG_WEIGHTS.
    Source: the course notes' chapter on transformers. Not measured here: no weights of a language model lie on this machine.
    """
    return Recipe(
        name="text-finetune",
        task="classify",
        model=Part(name="language-model", settings={}),
        texts=Text(tokens="pretrained"),
        training=Training(
            optimizer="adamw",
            learning_rate=5e-5,
            weight_decay=0.01,
            schedule="one_cycle",
            warmup=0.1,
            epochs=3,
            batch_size=16,
            max_gradient_norm=1.0,
            keep="best",
        ),
    )

"""English words that are left on a page in another language.      python -m tools.left_english PAGE…      lists them, a line each."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from seodang.core.registry import names

# Not looked at: what is typed, what stands in the data (translate="no"), and what is drawn; of drawings their words are.
SKIPPED = {"code", "style", "script"}
VOID = {"meta", "img", "br", "link", "input", "hr", "col"}
ATTRIBUTES = ("alt", "title", "aria-label", "data-tip", "placeholder")
TYPED, CALLED = ("recipes", "models", "tasks", "datasets", "decisions"), ("explanations", "diagnoses", "lessons")
# Names of people, programs, methods, measures and units are the same in every language, as are the terms that Korean writes so.
_KEPT = """
    Seodang PyTorch Python Keras TensorFlow scikit learn timm NumPy Hugging Face hub ImageNet MNIST IMDB Kaggle
    Adam AdamW SGD RMSprop Muon Adagrad Xavier He Wilson DeLong McNemar Welch Guo et al Wang Manning Kneser Ney Fréchet Shapley Taylor
    Rosenblatt Minsky Papert LeCun Hinton Krizhevsky Ioffe Szegedy Srivastava Kingma Ba Vaswani Rumelhart Williams Cybenko Hornik
    Glorot Bengio
    LeNet AlexNet VGG ResNet GoogLeNet Inception MobileNet MobileNetV EfficientNet Transformer BERT GPT
    PCA ROC AUC BLEU ReLU relu sigmoid tanh softmax gelu selu F CNN GAN VAE MLP LSTM GRU RNN DLinear NLinear BPE NB SVM TabM
    L AUC MAE MSE RMSE R SHA GPU CPU CUDA GB MB kB KB ms px x y wx b e n p h w
    CSV TSV JSON YAML HTML SVG PNG JPEG WebP WEBP BMP GIF TIFF Parquet Arrow NPZ NPY IDX gzip ONNX PIL RGB RGBA LA
    Fisher UCI Tokenizer max ONE adam adamw sgd muon rmsprop
    Apache MIT BSD CC BY SA NC ND KR kr UTF cp
"""
KEPT = frozenset(_KEPT.split())
_NOISE = re.compile(
    r"`[^`]*`|seodang [a-z]+(?: [^\s가-힣(]+)*|https?://\S+|[\w.=]+=\S+|[\w.~%-]*/[\w./~#%-]*|\w+(?:[._]\w+)+"
    r"|--\w[\w-]*(?: [A-Z]+)?|\b[0-9a-f]{8,}|apache-2\.0|\{[^}]*\}|\[[a-z0-9_, .]+\]"
    r"|'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’"
)
_WORD = re.compile(r"[A-Za-zéÉ]{2,}")


class _Page(HTMLParser):
    """The texts of a page, each by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        skipped = tag in SKIPPED or given.get("translate") == "no" or bool(self.open and self.open[-1][1])
        if not skipped:
            self.texts += [given[name] or "" for name in ATTRIBUTES if name in given]
        if tag not in VOID:
            self.open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1][1]):
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """matplotlib writes the words of a drawing, whose letters are paths, as comments."""
        if self.open and any(tag == "svg" for tag, _ in self.open):
            self.texts.append(data)


def left_english(page: str, known: Iterable[str] = (), *, is_html: bool = True) -> list[tuple[str, str]]:
    """Each English word of a page that is no name, with the text that it stands in.

    Args:
        page: HTML; or the lines of a terminal.
        known: Texts whose words stand in the data: classes, columns, names of runs and files.

    >>> left_english('<p title="a loss">정확도 <code>seodang look</code>, the SGD</p>')
    [('loss', 'a loss'), ('the', ', the SGD')]
    """
    kept = KEPT | {word for text in known for word in _WORD.findall(text)}
    return list(_found(_Page(page).texts if is_html else page.splitlines(), kept))


def _found(texts: Iterable[str], kept: frozenset[str]) -> Iterator[tuple[str, str]]:
    names = _names()
    for text in texts:
        for word in _WORD.findall(names.sub(" ", _NOISE.sub(" ", text))):
            if word not in kept:
                yield word, " ".join(text.split())


@functools.cache
def _names() -> re.Pattern[str]:
    """The public names, as they are typed; of checks and explanations those that are no plain words."""
    every = [name for folder in TYPED for name in names(folder)]
    every += [name for folder in CALLED for name in names(folder) if "-" in name]
    return re.compile(
        r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(every, key=len, reverse=True))) + r")(?![A-Za-z0-9_-])"
    )


def main() -> None:
    """List what is left in the pages named."""
    for name in sys.argv[1:]:
        for word, text in left_english(Path(name).read_text(encoding="utf-8"), is_html=name.endswith(".html")):
            print(f"{name}: {word}: {text[:160]!r}")


if __name__ == "__main__":
    main()

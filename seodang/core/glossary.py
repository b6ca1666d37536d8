"""The terms of the field in one or two plain sentences each, shown on a page where they occur and listed at its end."""

from __future__ import annotations

import functools
import html
import re
from dataclasses import dataclass

from seodang.core.language import language, tr

# Text of these is no prose of ours: not looked through for terms.
SKIPPED = {"head", "style", "script", "svg", "code", "a", "dl", "h1", "summary", "title"}
MARK = "<!-- terms -->"
STYLE = """
.term { border-bottom: 1px dotted currentColor; cursor: help; }
.term:focus { outline: none; background: var(--box); }
.term:hover::after, .term:focus::after { content: attr(data-tip); position: fixed; left: 50%; bottom: 18px; transform: translateX(-50%);
  width: min(38em, calc(100vw - 24px)); padding: 10px 14px; border-radius: 6px; background: var(--ink); color: var(--page); z-index: 9;
  font: 400 .9rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Apple SD Gothic Neo", "Noto Sans CJK KR", sans-serif;
  text-align: left; white-space: normal; writing-mode: horizontal-tb; box-shadow: 0 2px 14px rgba(0,0,0,.25); }
@media print { .term { border: 0; } .term::after { display: none !important; } }
"""
_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)([^>]*)>", re.DOTALL)


@dataclass(frozen=True)
class Term:
    """A term in the person's language, what it is, and a pattern of what it looks like in an English text.

    code: a pattern of the names that it has in recipes and networks ("max_pool2d"), whatever the language.
    """

    name: str
    about: str
    english: str
    code: str = ""

    @functools.cached_property
    def pattern(self) -> str:
        """What is looked for on a page: whole words in English; in Korean the term with whatever ending."""
        word = self.english if language() == "en" or not self.english else re.escape(self.name)
        word = word.replace(r"95\ %\ ", "(?:95 % )?")
        left, right = (r"(?<![\w-])", r"(?![\w-])") if language() == "en" else (r"(?<![\w가-힣])", "")
        found = [f"{left}(?:{word}){right}"] if word else []
        return "|".join([*found, *([rf"(?<![\w.])(?:{self.code})(?![\w.])"] if self.code else [])])


def glossary() -> list[Term]:
    """Every term that is explained, longer names before the shorter ones in them."""
    return [
        Term(
            tr("convolution"),
            tr(
                "A layer that slides small filters over the picture and says at each place how well it fits them, so that a thing is "
                "recognised wherever it lies."
            ),
            r"convolution(?:s|al)?",
            r"conv[123]d|conv|separable_conv2d|depthwise_conv2d",
        ),
        Term(
            tr("filter"),
            tr(
                "A small table of weights that a convolution slides over the picture; each looks for one pattern, such as an edge."
            ),
            r"filters?",
        ),
        Term(
            tr("stride"),
            tr("How many pixels a filter moves on each time; at 2 the output has half the width and height."),
            r"strides?",
            "stride",
        ),
        Term(
            tr("channel"),
            tr(
                "One layer of values of a picture: a colour picture has three (red, green, blue), a convolution puts out one for "
                "each filter."
            ),
            r"channels?",
        ),
        Term(
            tr("padding"),
            tr(
                "What is put around a picture or behind a text so that sizes fit: a border that lets filters reach the edge, or empty "
                "tokens that make all texts equally long."
            ),
            "padding",
            "zero_pad2d",
        ),
        Term(
            tr("pooling"),
            tr("A layer that makes the picture smaller by keeping the largest or the mean of each small square."),
            "pooling",
            r"(?:adaptive_)?(?:max|avg|average|global_average)_pool(?:ing)?(?:[123]d)?",
        ),
        Term(
            tr("dropout"),
            tr(
                "While training, a share of the units is switched off at random at every step, so that none relies on the others."
            ),
            "dropout",
            r"dropout(?:2d)?",
        ),
        Term(
            tr("batch normalisation"),
            tr(
                "A layer that brings the values of each channel to mean 0 and spread 1 over the batch, which makes training steadier and "
                "faster."
            ),
            "batch normali[sz]ation",
            r"batch_norm(?:[123]d)?",
        ),
        Term(
            tr("batch size"),
            tr("How many examples are looked at before the weights are changed once."),
            "batch size",
            "batch_size",
        ),
        Term(tr("epoch"), tr("One pass over all training examples."), "epochs?"),
        Term(
            tr("loss"),
            tr(
                "How wrong the answers are, as one number that training makes smaller: 0 is perfect, and being surely wrong costs most."
            ),
            "loss(?:es)?",
        ),
        Term(
            tr("optimiser"),
            tr(
                "The rule by which the weights are changed after each batch, from the gradient of the loss: SGD, Adam, AdamW and others."
            ),
            "optimi[sz]ers?",
            "adamw?|sgd|rmsprop",
        ),
        Term(
            tr("learning rate"),
            tr(
                "How large the steps are by which the weights change: too large and the loss jumps, too small and nothing is learnt."
            ),
            "learning rates?|at a rate of",
            r"training\.learning_rate|learning_rate",
        ),
        Term(
            tr("transfer learning"),
            tr(
                "Beginning with a network that has learnt from other, many examples, and training only its end, or a little of "
                "it, on yours."
            ),
            "transfer learning",
        ),
        Term(
            tr("fine-tuning"),
            tr("Training some layers of a pretrained network a little further on new examples, with small steps."),
            "fine-tun(?:ing|ed)",
        ),
        Term(
            tr("pretrained"),
            tr("Having learnt from other data before, as a rule from a million photographs."),
            "pretrained",
        ),
        Term(
            tr("augmentation"),
            tr(
                "Varied copies of the training pictures (turned, shifted, mirrored), so that the network meets more than was collected."
            ),
            "augmentation",
        ),
        Term(
            tr("label smoothing"),
            tr(
                "Training towards 90 % instead of 100 % for the true class, say, so that the network does not become surer than it can be."
            ),
            "label smoothing",
            r"(?:training\.)?label_smoothing",
        ),
        Term(
            tr("weight decay"),
            tr("Pulling every weight a little towards 0 at each step, which keeps the network from learning by heart."),
            "weight decay",
            r"(?:training\.)?weight_decay",
        ),
        Term(
            tr("95 % interval"),
            tr(
                "How far off the score may be because only so many examples were judged: in 95 of 100 such samples the true score lies "
                "within. More examples make it narrower."
            ),
            "95 % intervals?|intervals?",
        ),
        Term(
            tr("baseline"),
            tr(
                "What a very simple method reaches; a network that is not clearly better has learnt nothing worth its cost."
            ),
            "baselines?",
        ),
        Term(
            tr("naive guess"),
            tr("Always the same answer: the commonest class, or the mean."),
            "naive guess|the naive guess",
        ),
        Term(
            tr("linear model"),
            tr("The simplest model that learns: it weighs every input and adds them up, with nothing in between."),
            "linear models?|logistic regression|ridge regression",
        ),
        Term(
            tr("boosted trees"),
            tr("Many small decision trees, each grown to mend what those before it got wrong; hard to beat on tables."),
            "boosted trees|gradient-boosted trees",
        ),
        Term(
            tr("calibration error"),
            tr("How far, on average, stated confidence is from the share that is right: 0 is honest."),
            "calibration errors?",
        ),
        Term(
            tr("calibration"),
            tr("Whether answers given with 80 % confidence are right 80 % of the time."),
            "calibration|calibrated",
        ),
        Term(
            tr("confusion matrix"),
            tr("A table of which class (row) was taken for which (column); the diagonal is right."),
            "confusion matrix",
        ),
        Term(
            tr("balanced accuracy"),
            tr("Recall, averaged over the classes: a rare class weighs as much as a common one."),
            "balanced accuracy",
        ),
        Term(tr("accuracy"), tr("The share of examples whose most probable class is the true one."), "accuracy"),
        Term(tr("precision"), tr("Of the examples called this class, the share that are."), "precision"),
        Term(tr("recall"), tr("Of the examples that are this class, the share that were found."), "recall"),
        Term("F1", tr("One number for precision and recall: high only where both are."), "F1"),
        Term(
            "ROC AUC",
            tr(
                "The chance that an example of the one class scores higher than one of the other: 1 tells them apart always, 0.5 is a coin."
            ),
            "ROC AUC|ROC",
        ),
        Term(
            "p",
            tr(
                "How often chance alone would give a difference as large as this one; below 0.05 it is called beyond chance."
            ),
            "",
            "p(?= (?:&lt;|=) )",
        ),
        Term(
            tr("perplexity"),
            tr(
                "Between how many equally likely next tokens the network is undecided, on average: 1 is certain, fewer is better."
            ),
            "perplexity",
        ),
        Term(
            tr("skill"),
            tr("How much smaller the error is than a simple method's: 1 is perfect, 0 no better, below 0 worse."),
            "skill",
        ),
        Term(
            tr("root mean squared error"),
            tr("The root of the mean of the squared distances: like the mean distance, but large mistakes weigh more."),
            "root mean squared(?: error| distance)?",
        ),
        Term(
            "R²",
            tr("The share of the spread that is explained: 1 is perfect, 0 no better than always saying the mean."),
            "R²",
        ),
        Term(
            tr("near duplicate"),
            tr(
                "Nearly the same example twice: cropped, brighter or saved again. In two splits it makes the score too good."
            ),
            "near duplicates?|nearly the same",
        ),
        Term(
            tr("overfitting"),
            tr("Training examples are remembered rather than understood, so new ones do worse."),
            "overfit(?:ting|ted)?",
        ),
        Term(
            tr("underfitting"),
            tr("Not even the training examples are read well: trained too short, or the network is too small."),
            "underfit(?:ting|ted)?",
        ),
        Term(
            tr("test split"),
            tr("Examples kept apart until the end, to judge by once; training and choosing never see them."),
            "test split|test (?:pictures|rows|texts|windows)",
        ),
        Term(
            tr("validation"),
            tr("Examples that are not learnt from, but by which settings and the best epoch are chosen."),
            "validation",
        ),
        Term(
            tr("parameters"),
            tr("The numbers inside the network that training changes; weights are most of them."),
            "parameters",
        ),
        Term(
            tr("weights"),
            tr("The numbers by which a network multiplies what comes in; training finds them."),
            "weights?",
        ),
        Term(
            tr("gradient"),
            tr("Which way, and how strongly, each weight would have to change to make the loss smaller."),
            "gradients?",
        ),
        Term(
            tr("activation"),
            tr(
                "The bend behind a layer, without which many layers could do no more than one: relu keeps what is "
                "above 0, sigmoid and tanh flatten."
            ),
            "activations?",
            "tanh|gelu|selu",
        ),
        Term(
            "relu",
            tr("The activation max(0, x): negative numbers become 0, others stay as they are."),
            "relu",
            "leaky_relu",
        ),
        Term(
            tr("sigmoid"),
            tr("The function 1 / (1 + e⁻ˣ), an S between 0 and 1: far left almost 0, far right almost 1."),
            "sigmoids?",
        ),
        Term(
            tr("gradient descent"),
            tr("Training by many small steps, each against the gradient: downhill on the loss."),
            "gradient descent",
        ),
        Term(
            tr("layer"),
            tr(
                "A step from many numbers to many others: weighted sums, as a rule with an activation behind them. Those between the "
                "first and the last are called hidden."
            ),
            "layers?",
        ),
        Term(
            tr("unit"),
            tr("One of the numbers that a layer puts out, with the weights that make it; also called a neuron."),
            "units?|neurons?",
        ),
        Term(
            tr("bias"),
            tr(
                "The b in wx + b: a number that is added whatever goes in. It moves the place where the answer changes."
            ),
            "bias(?:es)?",
        ),
        Term(
            tr("initialisation"),
            tr(
                "The random weights that training starts from. Xavier's and He's rules choose their size so that signals neither fade nor "
                "blow up from layer to layer."
            ),
            "initiali[sz]ation|(?:He|Xavier)'s start",
        ),
        Term(
            tr("boundary"),
            tr(
                "The places where a classifier is undecided between two classes; on either side it answers differently."
            ),
            "boundar(?:y|ies)",
        ),
        Term(
            tr("feature"),
            tr("Something measured of an example and handed to what decides: by a person's rule, or learnt."),
            "features?",
        ),
        Term(
            tr("classifier"),
            tr(
                "What names the class of an example; in most networks a weighted sum for each class, and the largest wins."
            ),
            "classifiers?",
        ),
        Term(
            tr("seed"),
            tr("The number from which all that is random follows; the same seed gives the same run."),
            "seeds?",
        ),
        Term(
            tr("token"),
            tr("A piece of text that the network reads as one: a word, a part of a word or a character."),
            "tokens?",
        ),
        Term(
            tr("attention"),
            tr("A layer in which each word looks at all the others and takes more from those that matter to it."),
            "attention",
        ),
        Term(
            tr("principal components"),
            tr("The directions in which examples differ most (PCA): the best that a linear network can keep them by."),
            "principal components?|PCA",
        ),
        Term(
            tr("Fréchet distance"),
            tr(
                "How far two sets of pictures are from each other, by mean and spread of what a network sees in them; lower is better."
            ),
            "Fréchet distance|Fréchet distances",
        ),
        Term(
            tr("generator"),
            tr("The one of the two networks of a GAN that makes pictures out of noise."),
            "generator",
        ),
        Term(
            tr("discriminator"),
            tr("The one of the two networks of a GAN that tells made pictures from real ones."),
            "discriminator",
        ),
        Term(
            tr("log-odds"),
            tr("A probability on the scale on which networks add up: 0 is 50 %, +3 is 95 %, -3 is 5 %."),
            "log-odds|evidence",
        ),
        Term(
            tr("Shapley"),
            tr("A fair share of each part in the outcome: what it adds on average, whatever is there already."),
            "Shapley(?: values?)?",
        ),
    ]


def with_terms(page: str) -> str:
    """A page whose terms are underlined where each first occurs, with its explanation, and listed where `MARK` stands.

    Looked through is the text between the tags, what is folded up last; not drawings, commands, headings over the page, and
    what stands in an element with translate="no" (names and texts of the data).

    >>> print(with_terms("<p>An epoch.</p><!-- terms -->").partition("</p>")[0])
    <p>An <span class="term" tabindex="0" data-tip="One pass over all training examples.">epoch</span>.
    """
    there = {str(place): term for place, term in enumerate(sorted(glossary(), key=lambda term: -len(term.name)))}
    flags = re.IGNORECASE if language() == "en" else 0
    found: dict[str, str] = {}
    for skipped in (SKIPPED | {"details"}, SKIPPED):
        page = _marked(page, there, found, skipped, flags)
    return page.replace(MARK, _listed([there[place] for place in found]), 1)


def _marked(page: str, there: dict[str, Term], found: dict[str, str], skipped: set[str], flags: int) -> str:
    parts: list[str] = []
    at, inside, depth = 0, "", 0
    for tag in _TAG.finditer(page):
        text = page[at : tag.start()]
        parts += [text if inside else _in_text(text, there, found, flags), tag[0]]
        at = tag.end()
        if tag[2] is None or tag[3].endswith("/"):
            continue
        name = tag[2].lower()
        if inside:
            depth += (-1 if tag[1] else 1) * (name == inside)
            inside = inside if depth else ""
        elif not tag[1] and (name in skipped or 'translate="no"' in tag[3] or 'class="term"' in tag[3]):
            inside, depth = name, 1
    return "".join([*parts, page[at:]])


def _in_text(text: str, there: dict[str, Term], found: dict[str, str], flags: int) -> str:
    left = {place: term for place, term in there.items() if place not in found}
    if not left or not text.strip():
        return text
    asked = re.compile("|".join(f"(?P<t{place}>{term.pattern})" for place, term in left.items()), flags)

    def underlined(match: re.Match[str]) -> str:
        place = str(match.lastgroup)[1:]
        if place in found:
            return match[0]
        found[place] = match[0]
        return f'<span class="term" tabindex="0" data-tip="{html.escape(left[place].about)}">{match[0]}</span>'

    return asked.sub(underlined, text)


def _listed(terms: list[Term]) -> str:
    if not terms:
        return ""
    rows = "".join(
        f"<div><dt>{html.escape(_capital(each.name))}</dt><dd>{html.escape(each.about)}</dd></div>\n"
        for each in sorted(terms, key=lambda term: term.name.lower())
    )
    return f"<h2>{html.escape(tr('Terms on this page'))}</h2>\n<dl>\n{rows}</dl>\n"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:] if len(name) > 1 else name

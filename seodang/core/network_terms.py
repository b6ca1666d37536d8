"""The terms that say how a network is built and how it learns, in one or two plain sentences each."""

from __future__ import annotations

from seodang.core.language import tr
from seodang.core.term import Term


def network_terms() -> list[Term]:
    """Layers, what is in them, and how they are trained."""
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
            "units?(?! of)|neurons?",
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

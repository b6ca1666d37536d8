"""The words of the lessons, a sentence or two each: what a learner meets on every page, explained where it appears."""

from __future__ import annotations

from seodang.core.language import tr


def terms() -> dict[str, tuple[str, str]]:
    """Every term: the word, and what it means, in the person's language.

    >>> terms()["epoch"]
    ('epoch', 'One pass over all training examples.')
    """
    return _of_networks() | _of_training() | _of_pictures()


def _of_networks() -> dict[str, tuple[str, str]]:
    return {
        "weight": (
            tr("weight"),
            tr("A number inside the network that training changes. It says how much one input counts."),
        ),
        "bias": (
            tr("bias"),
            tr(
                "The b in wx + b: a number that is added whatever goes in. It moves the place where the answer changes."
            ),
        ),
        "layer": (
            tr("layer"),
            tr(
                "A step from many numbers to many others: weighted sums, usually followed by an activation. Those between the "
                "first and the last are called hidden."
            ),
        ),
        "unit": (
            tr("unit"),
            tr("One of the numbers that a layer puts out, with the weights that make it. Also called a neuron."),
        ),
        "activation": (
            tr("activation"),
            tr("The bent function that each number goes through between two layers, such as relu, tanh or sigmoid."),
        ),
        "relu": (tr("relu"), tr("The activation max(0, x): negative numbers become 0, others stay as they are.")),
        "sigmoid": (
            tr("sigmoid"),
            tr("The function 1 / (1 + e⁻ˣ), an S between 0 and 1: far left almost 0, far right almost 1."),
        ),
        "boundary": (
            tr("boundary"),
            tr(
                "The places where a classifier is undecided between two classes; on either side it answers differently."
            ),
        ),
        "feature": (
            tr("feature"),
            tr("Something that is measured of an example and handed to what decides: by a person's rule, or learnt."),
        ),
        "classifier": (
            tr("classifier"),
            tr("What names the class of an example. Here: a weighted sum for each class, and the largest sum wins."),
        ),
    }


def _of_training() -> dict[str, tuple[str, str]]:
    return {
        "loss": (
            tr("loss"),
            tr("How wrong the answers are, as one number that training makes small: 0 is perfect."),
        ),
        "gradient": (
            tr("gradient"),
            tr("For each weight, how much the loss would rise if that weight rose a little: the direction uphill."),
        ),
        "gradient descent": (
            tr("gradient descent"),
            tr("Training by many small steps, each against the gradient: downhill on the loss."),
        ),
        "learning rate": (tr("learning rate"), tr("How long a step is: the gradient is multiplied by it.")),
        "epoch": (tr("epoch"), tr("One pass over all training examples.")),
        "batch size": (
            tr("batch size"),
            tr("How many examples are looked at for one step. The gradient is the mean over them."),
        ),
        "optimiser": (
            tr("optimiser"),
            tr(
                "The rule that makes a step from the gradient. SGD: the gradient times the learning rate. Adam: each weight's step "
                "is also divided by the size of its recent gradients."
            ),
        ),
        "initialisation": (
            tr("initialisation"),
            tr(
                "The random weights that training starts from. Xavier's and He's rules choose their size so that signals neither "
                "fade nor blow up from layer to layer."
            ),
        ),
        "batch normalisation": (
            tr("batch normalisation"),
            tr(
                "A layer that brings each unit to mean 0 and deviation 1 over the batch, then scales and shifts it by two learnt "
                "numbers."
            ),
        ),
        "dropout": (
            tr("dropout"),
            tr(
                "While training, a random share of a layer's units is set to 0 at every step, so that none relies on a "
                "single other. It is for networks that learn by heart."
            ),
        ),
        "accuracy": (tr("accuracy"), tr("The share of examples whose class is named correctly.")),
        "transfer learning": (
            tr("transfer learning"),
            tr(
                "Keeping the features that a network learnt on one task, and training only a new classifier for another."
            ),
        ),
    }


def _of_pictures() -> dict[str, tuple[str, str]]:
    return {
        "convolution": (
            tr("convolution"),
            tr("A layer whose small filters slide over the picture, so that the same weights look at every place."),
        ),
        "filter": (
            tr("filter"),
            tr("A small square of weights, often 3×3. It answers strongly where the picture looks like it."),
        ),
        "stride": (
            tr("stride"),
            tr("How many pixels a filter or window moves from one place to the next. Stride 2 halves each side."),
        ),
        "channel": (
            tr("channel"),
            tr("One layer of numbers of a picture: red, green, blue, or later what one filter found at every place."),
        ),
        "padding": (
            tr("padding"),
            tr(
                "A border, mostly of zeros, put round a picture so that filters also reach its edge and its size stays."
            ),
        ),
        "pooling": (
            tr("pooling"),
            tr(
                "Each small window becomes one number, its largest or its mean: the picture shrinks, small shifts vanish."
            ),
        ),
    }

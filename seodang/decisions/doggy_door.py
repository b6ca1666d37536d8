"""Lab L21: a door for any dog."""

from __future__ import annotations

from seodang.core.language import tr
from seodang.decisions.decision import Decision, Rule


def doggy_door() -> Decision:
    """L21: dogs come in, cats stay inside, everything else stays outside (any network with ImageNet's classes).

    The notes take the most probable class alone. Here the breeds are added up, so that a dog whose breed is not clear is
    still a dog, and below 0.6 on every side the answer is that it is not known.
    Classes: ImageNet's dogs are 151 (Chihuahua) to 268 (Mexican hairless), its house cats 281 (tabby) to 285 (Egyptian cat);
    wolves (269–272), foxes (277–280) and the great cats (286–293) stay outside.
    """
    return Decision(
        rules=(
            Rule(name="dog", classes=("151-268",), answer=tr("come in"), at_least=0.6),
            Rule(name="cat", classes=("281-285",), answer=tr("stay inside"), at_least=0.6),
        ),
        otherwise=tr("stay outside"),
        otherwise_at_least=0.6,
        unsure=tr("don't know: the door stays as it is"),
        network="imagenet",
    )

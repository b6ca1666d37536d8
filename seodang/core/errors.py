"""What a person is told when something is wrong: what, what came, what is allowed, what to do."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

from seodang.core.language import later, tr

# More words than these are not listed in a sentence: ImageNet has 1,000 classes, timm as many networks.
MOST_LISTED = 60


class SeodangError(Exception):
    """A mistake that a person can mend. The command line prints its text and ends with exit code 2.

    Control characters that a file's names and values may hold are shown, not sent to the terminal.

    >>> str(SeodangError("column 'a\\x1b[31m' is twice in the header"))
    "column 'a\\\\x1b[31m' is twice in the header"
    """

    def __str__(self) -> str:
        """The sentences, fit to be printed anywhere."""
        text = super().__str__()
        if text.isprintable():
            return text
        return "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)


class DataError(SeodangError):
    """The data cannot be used as it is."""


class RecipeError(SeodangError):
    """A recipe or a setting is wrong; the text lists every mistake at once."""


class RunError(SeodangError):
    """A run's folder is missing, damaged, in use, or of another kind than asked for."""


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word most like `word`, or the first that begins with it; None where nothing is near.

    >>> nearest("lerning_rate", ["epochs", "learning_rate"]), nearest("den", ["gan-mnist-1", "denoising-autoencoder-1"])
    ('learning_rate', 'denoising-autoencoder-1')
    >>> nearest("zebra", ["epochs"]) is None
    True
    """
    allowed = list(allowed)
    matches = difflib.get_close_matches(word.lower(), allowed, n=1, cutoff=0.6)
    begun = [each for each in allowed if len(word) > 1 and each.startswith(word.lower())]
    return next(iter([*matches, *begun]), None)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A sentence that names the nearest allowed word, or lists them where nothing is near: all, or a few of very many.

    >>> did_you_mean("lenet", ["lenet5", "mnist-mlp"])
    'Did you mean lenet5?'
    >>> did_you_mean("zebra", map(str, range(1000)))
    'Allowed: 0, 1, 2, 3, 4, 5, … (1,000 in all).'
    """
    allowed = list(allowed)
    match = nearest(word, allowed)
    if match:
        return tr("Did you mean {match}?", match=match)
    if len(allowed) > MOST_LISTED:
        return tr("Allowed: {allowed}, … ({count:,} in all).", allowed=", ".join(allowed[:6]), count=len(allowed))
    return tr("Allowed: {allowed}.", allowed=", ".join(allowed))


# What the operating system refuses that a person can mend: no room, no right, no such place.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_PLACE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG)
# What it calls them.
REFUSALS = (
    later("permission denied"),
    later("operation not permitted"),
    later("read-only file system"),
    later("no such file or directory"),
    later("not a directory"),
    later("is a directory"),
    later("file exists"),
    later("file name too long"),
)


def of_the_system(error: OSError) -> str | None:
    """What to tell a person where the operating system refuses; None where it is nothing that they can mend.

    >>> of_the_system(PermissionError(errno.EACCES, "Permission denied", "runs"))
    "runs: permission denied. Take a place where you may write and read, or change the file's rights."
    >>> of_the_system(OSError(errno.ENOSPC, "No space left on device"))
    'There is no space left on the disk. Make room, then give the command again.'
    """
    file, why = error.filename, tr((error.strerror or "").lower())
    if error.errno in _NO_ROOM and file:
        return tr("{file}: there is no space left on the disk. Make room, then give the command again.", file=file)
    if error.errno in _NO_ROOM:
        return tr("There is no space left on the disk. Make room, then give the command again.")
    if error.errno in NO_RIGHT and file:
        return tr(
            "{file}: {why}. Take a place where you may write and read, or change the file's rights.", file=file, why=why
        )
    if error.errno in NO_RIGHT:
        return tr("{why}. Take a place where you may write and read, or change the file's rights.", why=why)
    if error.errno == errno.ENOENT and not file:  # what asks where it is, where that is no more
        return tr("The folder that this is called from does not exist any more. Go to another one.")
    if error.errno in _NO_PLACE and file:
        return tr("{file}: {why}. Check the path.", file=file, why=why)
    return None

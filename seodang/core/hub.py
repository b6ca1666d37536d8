"""What can go wrong between this machine and the Hugging Face hub, whichever version of its library is installed."""

from __future__ import annotations

# Not in every version of the library.
LATER = ("XetDownloadError", "RevisionResolutionError")


def hub_errors() -> tuple[type[Exception], ...]:
    """The errors that a download from the hub ends with where the hub, the way there or what was asked for is to blame.

    Mistakes of ours, such as a TypeError, are none of them. The library has changed its HTTP client from
    one version to the next (httpx, httpx2); its own error derives from the client's, so the client's are found through it.
    Imports the library, which is why it is a function.

    >>> from huggingface_hub.errors import RepositoryNotFoundError
    >>> issubclass(RepositoryNotFoundError, hub_errors()), issubclass(TypeError, hub_errors())
    (True, False)
    """
    from huggingface_hub import errors

    client = [base for base in errors.HfHubHTTPError.__mro__ if base.__module__.startswith("httpx")]
    later = [getattr(errors, name) for name in LATER if hasattr(errors, name)]
    return (OSError, errors.EntryNotFoundError, errors.HFValidationError, errors.HfHubHTTPError, *client, *later)

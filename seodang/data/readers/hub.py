"""Data sets of the Hugging Face hub: their Parquet files, downloaded once into the hub's own cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seodang.core.errors import DataError
from seodang.core.hub import hub_errors
from seodang.core.language import tr
from seodang.data.frame import Frame
from seodang.data.readers.parquet import holds_pictures, read_parquet, table_files
from seodang.data.readers.table import read_table
from seodang.data.source import Source

# Where a repository has no Parquet files of its own, the hub keeps a converted copy under this revision.
CONVERTED = "refs/convert/parquet"


def read_hub(repository: str, name: str) -> Source | Frame:
    """Download (or find in the cache) a data set's Parquet files and read them.

    HF_ENDPOINT, HF_HOME and HF_HUB_OFFLINE work as everywhere with the hub's library.

    Raises:
        DataError: The hub cannot be reached, or the data set is not there; the text says what else can be done.
    """
    folder = _download(repository, name)
    source = read_parquet(folder) if holds_pictures(table_files(folder)[0], sure=True) else read_table(folder)
    return replace(source, where=f"hub:{repository}")


def _why(error: Exception) -> str:
    """Why the hub cannot be reached, in a few words."""
    from huggingface_hub import constants
    from huggingface_hub.errors import LocalEntryNotFoundError

    if constants.HF_HUB_OFFLINE:
        return tr("HF_HUB_OFFLINE is set")
    if isinstance(error, LocalEntryNotFoundError):  # it is not in the cache, and nobody answers
        return tr("no connection")
    return f"{type(error).__name__}: {' '.join(str(error).split())[:100]}"


def _download(repository: str, name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    offline = tr(
        "Set SEODANG_DATA to a folder that holds {name}/, or, where it was downloaded before, set HF_HUB_OFFLINE=1.",
        name=name,
    )
    for revision in (None, CONVERTED):
        try:
            folder = Path(
                snapshot_download(repository, repo_type="dataset", revision=revision, allow_patterns=["*.parquet"])
            )
        except (GatedRepoError, RepositoryNotFoundError) as error:
            gated = isinstance(error, GatedRepoError)
            what = (
                tr(
                    "{name}: the data set {repository} asks for a login on the Hugging Face hub.",
                    name=name,
                    repository=repository,
                )
                if gated
                else tr(
                    "{name}: the data set {repository} is not there on the Hugging Face hub.",
                    name=name,
                    repository=repository,
                )
            )
            raise DataError(f"{what} {offline}") from None
        except RevisionNotFoundError:
            continue
        except hub_errors() as error:
            raise DataError(
                tr(
                    "{name} comes from the Hugging Face hub ({repository}), which cannot be reached ({error}).",
                    name=name,
                    repository=repository,
                    error=_why(error),
                )
                + f" {offline}"
            ) from None
        if any(folder.rglob("*.parquet")):
            return folder
    raise DataError(
        tr(
            "{name}: the data set {repository} on the Hugging Face hub has no Parquet files.",
            name=name,
            repository=repository,
        )
        + f" {offline}"
    )

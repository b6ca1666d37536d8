"""Which errors blame the hub and the way there, and which are ours."""

import importlib

import pytest
from huggingface_hub import errors

from seodang.core.errors import SeodangError
from seodang.core.hub import hub_errors
from seodang.pretrained import weights

CLIENT = next(base for base in errors.HfHubHTTPError.__mro__ if not base.__module__.startswith("huggingface_hub"))


@pytest.mark.parametrize("name", ["ConnectTimeout", "ReadTimeout", "ProxyError"])
def test_what_the_http_client_raises_blames_the_way_there(name):
    client = importlib.import_module(CLIENT.__module__.split(".")[0])
    assert issubclass(getattr(client, name), hub_errors())


@pytest.mark.parametrize("wrong", [TypeError, AttributeError, KeyError, AssertionError, SeodangError, MemoryError])
def test_our_own_mistakes_do_not(wrong):
    assert not issubclass(wrong, hub_errors())


@pytest.mark.parametrize(
    "raised", [errors.LocalEntryNotFoundError("no such file"), errors.OfflineModeIsEnabled("off"), TimeoutError("late")]
)
def test_weights_that_cannot_be_fetched_are_told_in_a_sentence(raised, monkeypatch):
    monkeypatch.setattr(weights, "knock", _raising(raised))
    with pytest.raises(SeodangError, match=rf"^The weights of net are not on this machine .* \({raised}\)\. Fetch "):
        weights._from_hub("net", {"hf_hub_id": "seodang/no-such-weights"})


def test_a_mistake_of_ours_in_fetching_is_not_blamed_on_the_hub(monkeypatch):
    monkeypatch.setattr(weights, "knock", _raising(TypeError("ours")))
    with pytest.raises(TypeError, match="^ours$"):
        weights._from_hub("net", {"hf_hub_id": "seodang/no-such-weights"})


def _raising(error):
    def knock():
        raise error

    return knock

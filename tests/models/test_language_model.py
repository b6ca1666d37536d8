"""Pretrained language models: a tiny one with random weights, made here, takes the place of what the hub has."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import seodang
from seodang.core.errors import RecipeError, SeodangError
from seodang.core.spec import Spec
from seodang.data.tokens import Tokenizer, from_library
from seodang.models.build import build
from seodang.pretrained import language
from seodang.recipes.settings import Part

transformers = pytest.importorskip("transformers")

WORDS = ["good", "bad", "film", "story", "dull", "great", "fine", "poor", "boring", "lovely", "a", "the", "is", "was"]
SHAPE = {
    "model_type": "bert",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
SHAPE |= {"vocab_size": len(WORDS) + 4, "max_position_embeddings": 26, "hidden_dropout_prob": 0.0}


def library_tokenizer() -> str:
    from tokenizers import Tokenizer as Library
    from tokenizers import models, normalizers, pre_tokenizers, processors

    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    library = Library(models.WordLevel(vocabulary, unk_token="[UNK]"))
    library.normalizer = normalizers.Lowercase()
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    library.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    library.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    library.enable_truncation(3)  # as some files on the hub have it; it must not matter
    return library.to_str()


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as $SEODANG_WEIGHTS wants it, with tiny/ in it."""
    folder = tmp_path / "weights" / "tiny"
    torch.manual_seed(0)
    model = transformers.BertModel(transformers.BertConfig(**{k: v for k, v in SHAPE.items() if k != "model_type"}))
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text(library_tokenizer(), encoding="utf-8")
    monkeypatch.setenv("SEODANG_WEIGHTS", str(folder.parent))
    return folder


def test_the_network_is_the_librarys_own_with_a_head(weights: Path) -> None:
    found = language.find_language_model("tiny")
    part = Part(name="language-model", settings={"architecture": "tiny"})
    network = build(part, Spec((0,), vocabulary=found.tokenizer.size), Spec((2,)), seed=0).eval()
    tokens = torch.tensor([found.tokenizer.encode("a good film"), found.tokenizer.encode("the story is")])
    assert tokens.tolist()[0] == [3, 15, 5, 7, 4], "[CLS] a good film [SEP], one higher than in the library"
    theirs = transformers.BertModel.from_pretrained(weights).eval()
    with torch.no_grad():
        states = theirs(input_ids=tokens - 1).last_hidden_state
        torch.testing.assert_close(network(tokens), network.head(states.mean(1)))  # type: ignore[operator]
        in_front = torch.nn.functional.pad(tokens, (4, 0))
        torch.testing.assert_close(network(in_front), network(tokens), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("trains", "share"), [("head", 0), ("last", 1), ("everything", 2)])
def test_only_what_is_asked_for_is_trained(weights: Path, trains: str, share: int) -> None:
    settings = {"architecture": "tiny", "trains": trains}
    network = build(Part(name="language-model", settings=settings), Spec((0,), vocabulary=19), Spec((2,)), seed=0)
    trained = {name.split(".")[3] for name, p in network.named_parameters() if p.requires_grad and ".layer." in name}
    assert trained == {str(place) for place in range(2 - share, 2)}
    assert all(p.requires_grad for p in network.head.parameters())  # type: ignore[union-attr]


def test_a_cut_text_keeps_its_marks_and_comes_back_from_json(weights: Path) -> None:
    found = language.find_language_model("tiny")
    assert found.longest == 24
    assert found.tokenizer.closing == 1
    again = Tokenizer.from_dict(json.loads(json.dumps(found.tokenizer.to_dict())))
    assert again == found.tokenizer
    assert again.decode(again.encode("A Good story")) == "a good story"


def test_texts_are_learnt_from_training_to_prediction_without_the_weights_later(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    lines = ["text,label"]
    for _ in range(120):
        label = int(generator.integers(2))
        told = generator.choice(["good great fine lovely", "bad dull poor boring"][label].split())
        before, after = (
            " ".join(generator.choice(["a", "the", "is", "was", "film", "story"], count)) for count in (5, 40)
        )
        lines.append(f"{before} {told} {after},{'no' if label else 'yes'}")
    file = tmp_path / "reviews.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = {"model.architecture": "tiny", "training.epochs": 6, "training.learning_rate": 3e-3, "texts.length": 12}
    run = seodang.train(file, "text-finetune", settings, runs=tmp_path / "runs")
    assert run.recipe.model.settings["config"]["hidden_size"] == 32
    assert run.encoding.length == 12
    report = seodang.evaluate(run)
    assert report["metrics"]["accuracy"] > 0.9
    for one in weights.iterdir():
        one.unlink()
    fresh = seodang.load(run.folder)
    (answer,) = seodang.predict(fresh, ["A lovely story"])
    assert answer["prediction"] == "yes"
    assert len(fresh.prepared().train) == len(run.prepared().train), "the data opens again without the weights"


def test_code_and_pickles_that_come_with_weights_are_not_run(weights: Path, tmp_path: Path) -> None:
    config = json.loads((weights / "config.json").read_text())
    canary = tmp_path / "canary"
    (weights / "evil.py").write_text(f"open({str(canary)!r}, 'w')")
    evil = {**config, "auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}, "model_type": "evil"}
    (weights / "config.json").write_text(json.dumps(evil))
    part = Part(name="language-model", settings={"architecture": "tiny"})
    with pytest.raises(RecipeError, match=r"^tiny cannot be built by transformers: .*evil"):
        build(part, Spec((0,), vocabulary=19), Spec((2,)), seed=0)
    (weights / "config.json").write_text(json.dumps({**config, "auto_map": evil["auto_map"]}))
    build(part, Spec((0,), vocabulary=19), Spec((2,)), seed=0)
    assert not canary.exists()
    (weights / "model.safetensors").rename(weights / "pytorch_model.bin")
    assert language._local("tiny") is None, "weights that are no safetensors are passed over"


@pytest.mark.parametrize("name", ["../tiny", "/etc/passwd", "a/b/c", "tiny/..", ".hidden", ""])
def test_a_name_cannot_lead_out_of_the_folder(name: str) -> None:
    with pytest.raises(SeodangError, match="architecture"):
        build(
            Part(name="language-model", settings={"architecture": name}), Spec((0,), vocabulary=9), Spec((2,)), seed=0
        )


def test_without_weights_and_without_a_hub_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEODANG_WEIGHTS", raising=False)

    def no_network() -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(language, "knock", no_network)
    with pytest.raises(SeodangError, match=r"^The language model acme/nothing-here is not on this machine") as found:
        language.find_language_model("acme/nothing-here")
    assert "(no route to host)" in str(found.value)
    assert "put them into DIR/nothing-here/, and set SEODANG_WEIGHTS=DIR" in str(found.value)


def test_what_is_no_tokenizer_file_is_refused() -> None:
    with pytest.raises(SeodangError, match=r"^This is no tokenizer\.json that can be read"):
        from_library("{}")


def test_a_model_for_pairs_of_texts_or_pictures_is_refused() -> None:
    for shape in ({"model_type": "t5", "d_model": 8, "vocab_size": 20}, {"model_type": "vit", "hidden_size": 32}):
        part = Part(name="language-model", settings={"architecture": "x", "pretrained": False, "config": shape})
        with pytest.raises(RecipeError, match="is no model that reads a text"):
            build(part, Spec((0,), vocabulary=9), Spec((2,)), seed=0)

"""A run on paper: every number is where it says, nothing else is one, blanks are kept, and each family has its paper."""

import json
import re
import shutil
import urllib.parse
from html.parser import HTMLParser

import pytest
import yaml
from huggingface_hub import ModelCard

import seodang
from seodang.core.errors import RunError, SeodangError
from seodang.runs.folder import load

FAMILIES = [
    "pictures", "pretrained", "table-classify", "table-regress", "text", "series", "next-token", "translate", "autoencoder", "gan",
]  # fmt: skip
# What our own sentences may hold of digits: the level of the intervals, the brightest pixel, names of hashes and scores.
CONSTANTS = re.compile(r"95 %|\bof 255\b|SHA-256|\bF1\b|apache-2\.0")


@pytest.fixture(scope="module")
def papers(families, tmp_path_factory):
    """`papers(family)`: (run, what `report` gives back, its page), written once."""
    made = {}

    def find(family):
        if family not in made:
            run = families(family)
            found = seodang.report(run, tmp_path_factory.mktemp("out") / "paper")
            made[family] = run, found, read(found, "page")
        return made[family]

    return find


def read(found, which):
    from pathlib import Path

    return Path(found["files"][which]).read_text(encoding="utf-8")


def content(run, found, name):
    """A file of the run, or of what lies beside the paper, as plain values."""
    from pathlib import Path

    places = [run.folder / name, Path(found["files"]["page"]).parent / name]
    file = next(place for place in places if place.exists())
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)


def resolve(run, found, pointer):
    """RFC 6901, written anew for the test."""
    name, _, fragment = pointer.partition("#")
    value = content(run, found, name)
    for step in fragment.split("/")[1:]:
        key = urllib.parse.unquote(step).replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


WAYS = {"value": lambda value: value, "number of": len, "difference": lambda first, second: first - second}
SIZES = {" MB": 1e6, " kB": 1e3, " million": 1e6}


def agrees(text, value):
    """Whether a number as it is shown is the value, up to the digits that are shown."""
    if isinstance(value, bool) or text == str(value):
        return True
    if text.startswith("p "):
        return value < 0.001 if "<" in text else abs(float(text.split("=")[1]) - value) <= 0.005 * max(value, 1e-9) * 10
    if match := re.fullmatch(r"(?:(\d+) h )?(?:(\d+) min)? ?(?:([\d.]+) s)?", text):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return abs(3600 * hours + 60 * minutes + seconds - value) <= (60 if hours else 1 if minutes else 0.05)
    size = next((factor for ending, factor in SIZES.items() if text.endswith(ending)), None)
    bare = text.replace("%", "").replace(",", "").strip()
    for ending in SIZES:
        bare = bare.removesuffix(ending.strip()).strip()
    shown, digits = float(bare), len(bare.partition("e")[0].partition(".")[2])
    unit = 10.0**-digits
    close = [abs(shown - value / (size or 1)) <= max(unit, 5e-4 * abs(shown))]
    return any([*close, abs(shown - 100 * value) <= unit])


class Page(HTMLParser):
    """The numbers of a page, and the text that is neither a number from a file nor a quotation."""

    def __init__(self, text):
        super().__init__()
        self.numbers, self.bare, self.anchors, self.links, self.alts, self.sections = [], [], set(), [], [], []
        self.inside = []
        self.feed(
            re.sub(r"<svg.*?</svg>|<h2>(?:Terms on this page|이 페이지의 용어).*?</dl>", "", text, flags=re.DOTALL)
        )

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.anchors.add(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "img":
            self.alts.append(given["alt"])
        if tag == "h2":
            self.sections.append(given["id"])
        if tag in ("meta", "img"):
            return
        if tag == "data":
            self.numbers.append([given["data-from"].split(" "), given["data-way"], given["value"], ""])
        named = (
            "data-from" in given and given.get("class") != "picture"
        )  # what is told of a picture has marks of its own
        skipped = tag in ("data", "code", "style", "title", "small", "footer", "h1") or given.get("class") == "from"
        self.inside.append((tag, skipped or named))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if self.inside and self.inside[-1][0] == "data":
            self.numbers[-1][3] += text
        if not any(skipped for _, skipped in self.inside):
            self.bare.append(text)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_number_is_where_it_says(papers, family):
    run, found, text = papers(family)
    page = Page(text)
    assert len(page.numbers) >= 25
    for sources, way, value, shown in page.numbers:
        there = WAYS[way](*(resolve(run, found, pointer) for pointer in sources))
        assert there == json.loads(value), (sources, way)
        assert agrees(shown, there), (shown, there, sources)
    for each in found["numbers"]:
        there = WAYS[each["way"]](*(resolve(run, found, pointer) for pointer in each["from"]))
        assert there == each["value"]
    main = run.folder / "report.json"
    score = json.loads(main.read_text())["metrics"][json.loads(main.read_text()).get("main", "accuracy")]
    assert score in [value for each in page.numbers if (value := json.loads(each[2])) == score]
    assert {link[1:] for link in page.links if link.startswith("#")} <= page.anchors


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_else_on_the_page_is_a_number(papers, family):
    page = Page(papers(family)[2])
    own = CONSTANTS.sub("", " ".join(page.bare))
    assert not re.findall(r".{0,40}\d.{0,40}", own)
    assert all(alt.strip() for alt in page.alts)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_page_stands_alone_and_has_every_part(papers, family):
    _, found, text = papers(family)
    page = Page(text)
    assert page.sections == ["data-card", "exploration", "model", "evaluation", "limits", "sources"]
    assert [each["key"] for each in found["sections"]] == ["in-short", *page.sections[:-1]]
    assert not re.search(r'(?:src|href)="(?!#|data:)', re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    assert "<script" not in text
    for name in ("what_for", "how_good", "how_sure", "what_breaks"):
        assert all(found["in_short"][name]), name
    assert "intended_use" in found["blanks"]
    terms = re.findall(r'<span class="term" tabindex="0" data-tip="([^"]+)">', text)
    assert len(terms) >= 8
    assert all(f"<dd>{each}</dd>" in text.partition("Terms on this page")[2] for each in terms)
    assert any("icence" in line for line in found["in_short"]["what_for"])


@pytest.mark.parametrize("family", FAMILIES)
def test_the_card_is_one_for_the_hub(papers, family):
    run, found, _ = papers(family)
    card = ModelCard(read(found, "card"))
    header, report = card.data.to_dict(), json.loads((run.folder / "report.json").read_text())
    assert header["library_name"] == "seodang"
    assert header["license"] == "unknown"
    assert header["language"] == ["en"]
    assert {"seodang", report.get("task", "classify").replace("_", "-")} <= set(header["tags"])
    results = header["model-index"][0]["results"]
    told = {metric["name"].partition(" (")[0]: metric["value"] for each in results for metric in each["metrics"]}
    assert sorted(told.values()) == sorted(report["metrics"].values())
    assert len(told) == len(report["metrics"])
    assert results[0]["dataset"]["split"] == report["split"]
    # What the hub asks of each result: modelcard.md of hub-docs.
    for each in results:
        assert each["task"]["type"]
        assert each["dataset"]["type"]
        assert each["dataset"]["name"]
        assert all({"type", "value"} <= set(metric) for metric in each["metrics"])
    assert "about.yaml" in card.text
    for each in found["numbers"]:
        assert all(f"`{pointer}`" in card.text for pointer in each["from"])


def test_answers_stand_in_the_header(papers, tmp_path):
    run, _, _ = papers("table-classify")
    about = tmp_path / "mine.yaml"
    about.write_text("licence: only for friends\nlanguage: [ko, en]\nauthors: K. Kim\n")
    found = seodang.report(run, tmp_path / "out", about=about)
    header = ModelCard(read(found, "card")).data.to_dict()
    assert (header["license"], header["license_name"]) == ("other", "only-for-friends")
    assert header["language"] == ["ko", "en"]
    assert header["pipeline_tag"] == "tabular-classification"
    assert "K. Kim" in read(found, "page")
    assert not (tmp_path / "out" / "about.yaml").exists()


def test_a_planted_weakness_stands_in_short(tmp_path):
    """A rate of almost nothing: the network answers as it was drawn, no better than the commonest class."""
    run = seodang.train("iris", settings={"training.epochs": 1, "training.learning_rate": 1e-9}, runs=tmp_path)
    assert not (run.folder / "report.json").exists()
    found = seodang.report(run)
    assert (run.folder / "report.json").exists(), "a run that was not judged is judged"
    assert not found["is_good"]
    assert "simpler" in found["line"] or "Decide nothing" in found["line"]
    assert any(line.startswith(("NOT shown", "WORSE")) for line in found["in_short"]["how_good"])
    assert any("too wide to tell" in line for line in found["in_short"]["how_sure"])
    page = read(found, "page")
    assert 'class="short"' in page
    assert 'class="short good"' not in page


def test_a_good_run_is_told_so(papers):
    _, found, page = papers("pictures")
    assert found["line"] == "Better, beyond chance, than everything simpler that it was set beside."
    assert 'class="short good"' in page
    assert any(line.startswith("Right on ") for line in found["in_short"]["how_good"])


def test_blanks_are_kept_when_it_is_written_again(families, tmp_path):
    run = load(shutil.copytree(families("table-classify").folder, tmp_path / "iris-1"))
    found = seodang.report(run)
    about = run.folder / "paper" / "about.yaml"
    first = about.read_text()
    assert found["blanks"] == [
        "intended_use", "consent", "licence", "authors", "not_for", "affected",
    ]  # fmt: skip
    assert read(found, "page").count('class="blank"') == 6
    answered = first.replace('intended_use: ""', "intended_use: |\n  Sorting <irises> in class,\n  by pupils.")
    answered = answered.replace('licence: ""', "licence: Apache 2.0")
    about.write_text(answered)
    found = seodang.report(run)
    assert ModelCard(read(found, "card")).data.license == "apache-2.0"
    assert about.read_text() == answered
    assert "intended_use" not in found["blanks"]
    page, card = read(found, "page"), read(found, "card")
    assert "Sorting &lt;irises&gt; in class, by pupils." in page
    assert "Sorting &lt;irises> in class, by pupils." in card
    assert page.count('class="blank"') == 4
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert "paper/paper.html" in manifest
    assert "paper/about.yaml" not in manifest
    seodang.load(run.folder)


@pytest.mark.parametrize("family", ["pictures", "table-regress"])
def test_both_languages_have_the_same_sections_and_numbers(papers, speak, tmp_path, family):
    run, _, page = papers(family)
    english = seodang.report(run, tmp_path)
    speak("ko")
    korean = seodang.report(run, tmp_path)
    assert korean["language"] == "ko"
    assert korean["files"]["page"].endswith("paper.ko.html")
    assert [each["key"] for each in korean["sections"]] == [each["key"] for each in english["sections"]]

    def numbers(found):
        return {
            (*(p.replace("facts.ko.json", "facts.json") for p in each["from"]), each["way"])
            for each in found["numbers"]
        }

    assert numbers(korean) == numbers(english)
    assert Page(read(korean, "page")).sections == Page(page).sections
    assert '<html lang="ko">' in read(korean, "page")
    assert ModelCard(read(korean, "card")).data.to_dict()["language"] == ["ko"]


def test_a_score_of_training_examples_says_nothing(families, tmp_path):
    folder = shutil.copytree(families("table-classify").folder, tmp_path / "iris-1")
    report = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps(report | {"split": "train"}))
    found = seodang.report(folder)
    assert found["line"] == "It was judged on what it learnt from: the score says nothing of new examples."
    assert not found["is_good"]


def test_data_that_is_gone_is_said(families, tmp_path):
    run = families("text")
    folder = shutil.copytree(run.folder, tmp_path / "gone")
    data = json.loads((folder / "data.json").read_text())
    data["opened"] = data["source"]["where"] = str(tmp_path / "not-there")
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False))
    from seodang.runs.writing import write_manifest

    write_manifest(folder)
    found = seodang.report(folder)
    assert "is not there any more" in found["missing"][0]
    assert "is not there any more" in read(found, "page")


def test_an_imported_run_says_what_is_not_known(digits_run, tmp_path):
    from seodang.runs.importing import import_run

    weights, recipe = digits_run.folder / "model.safetensors", digits_run.folder / "recipe.yaml"
    run = import_run(weights, recipe, classes="0123456789", runs=tmp_path)
    with pytest.raises(RunError, match="was imported, and the data it was trained on is not known here"):
        seodang.report(run)
    seodang.evaluate(run, "digits")
    found = seodang.report(run)
    page = read(found, "page")
    assert "how it was trained is not known here" in page
    assert "Training took" not in page
    assert any("of other data (digits)" in line for line in found["in_short"]["how_good"])
    assert all(
        each["value"] == resolve(run, found, each["from"][0]) for each in found["numbers"] if each["way"] == "value"
    )


def test_the_verb(command, papers, tmp_path):
    run, _, _ = papers("table-classify")
    told = command("report", run.folder, "--out", tmp_path / "mine", "--json")
    assert "What would break it" in told.stderr
    assert "paper.html" in told.stderr
    found = json.loads(told.stdout)
    assert set(found) == {
        "run", "language", "files", "line", "is_good", "in_short", "sections", "numbers", "blanks", "missing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        (None, "There is no file .*about.yaml"),
        ("intended_us: x", "intended_us is not one of the questions. Did you mean intended_use?"),
        ("intended_use: {a: 1}", "the answer to intended_use must be text, got dict"),
        ("- a", "must hold answers by name"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(papers, tmp_path, about, sentence):
    run, _, _ = papers("table-classify")
    if about is not None:
        (tmp_path / "about.yaml").write_text(about)
    with pytest.raises(SeodangError, match=sentence):
        seodang.report(run, tmp_path / "out", about=tmp_path / "about.yaml")


def test_what_is_no_folder_or_no_run_is_refused(papers, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SeodangError, match="is a file. Give a folder"):
        seodang.report(papers("table-classify")[0], tmp_path / "file")
    with pytest.raises(RunError, match="is not a run"):
        seodang.report("nothing-here")

"""The report of a run as a page: every number on it stands in report.json, up to the digits that are shown."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser

import pytest

from tests.papers.test_paper import FAMILIES

# What our own sentences hold of digits: levels, names of scores and papers, ends of scales, the seed of a command that is typed.
CONSTANTS = re.compile(
    r"95 %|\bF1\b|\bR²|[Tt]op [35]\b|\bL2\b|\b1 \(x\)|et al\., 20\d\d|, 20\d\d\)|\(1: [^)]*\)|0°|At 100 %|drawn with seed 0|SHA-256"
    r"|0\.5 |below 0|between -?[01] and 1|units of 255"
)
NUMBER = re.compile(r"(?<![\w.])[-+±]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[-+]?\d+)?")
DURATION = re.compile(r"(?:(\d+) h )?(?:(\d+) min ?)?(?:([\d.]+) s\b)?")


class Page(HTMLParser):
    """The text of a page in the order of its lines, without drawings, commands and the list of terms."""

    def __init__(self, text):
        super().__init__()
        self.inside, self.texts = [], []
        self.feed(re.sub(r"<svg.*?</svg>|<h2>Terms on this page.*?</dl>", "", text, flags=re.DOTALL))

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img", "br"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"style", "code", "title"} & set(self.inside):
            self.texts.append(data)


def stands(report):
    """Every number of the report, and every text; of lists also how many they hold."""
    numbers, texts = set(), []

    def walk(value, key=""):
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int | float):
            numbers.add(value)
        elif isinstance(value, str):
            texts.append(value)
        else:
            numbers.add(len(value))
            for name, each in value.items() if isinstance(value, dict) else enumerate(value):
                if key == "" and name in ("verdict", "findings"):
                    continue  # sentences that are made of numbers: these must stand elsewhere
                if isinstance(name, str):
                    texts.append(name)
                walk(each, name or "inside")

    walk(report)
    for each in report.get("findings", ()):
        walk(each["numbers"], "inside")
    return numbers, texts


def derived(report, numbers):
    """What a page makes of numbers that stand there: sums of counts, roots of squares, and how far two scores lie apart."""
    found = {sum(split.values()) for split in report["data"].get("counts", {}).values()}
    found |= {sum(row[name] for row in report["calibration"]["bins"]) for name in ("count",) if "calibration" in report}
    found |= {math.sqrt(each) for each in numbers if each > 0}
    found |= {report["metrics"].get("bits_per_character", 0) * math.log(2)}  # nats
    scores = [report["metrics"].get(name) for name in ("accuracy",) if name in report["metrics"]]
    found |= {
        line[name] - score for line in report["history"] for name in line for score in scores if name == "accuracy"
    }
    found |= {1 - each["skill"] for each in report["baselines"].values() if "skill" in each}  # times as far off
    shapes = [each["output_shape"] for each in report["training"]["layers"]]
    return found | {math.prod(shape) for shape in shapes if shape}


def agrees(shown, value):
    """Whether a number as it is shown is the value, as it stands or in percent, rounded to the digits that are shown."""
    digits = len(shown.partition("e")[0].partition(".")[2])
    bare, value = abs(float(shown.replace(",", "").lstrip("±"))), abs(value)  # "8.9 % farther off": a skill of -0.089
    unit = 10.0**-digits
    if "e" in shown:
        return math.isclose(bare, value, rel_tol=0.06)
    # A share below 100 % is never shown as 100: up to one unit of the last digit.
    return abs(bare - value) <= 0.51 * unit or abs(bare - 100 * value) <= 1.001 * unit


@pytest.mark.parametrize("family", FAMILIES)
def test_every_number_of_a_report_stands_in_its_json(families, family):
    folder = families(family).folder
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    numbers, texts = stands(report)
    numbers |= derived(report, numbers)
    told = {number for text in texts for number in NUMBER.findall(text)}  # dates, hashes, ids, how a baseline was made
    strange, seen = [], 0
    for text in Page((folder / "report.html").read_text(encoding="utf-8")).texts:
        for shown in _numbers(CONSTANTS.sub(" ", text), numbers):
            seen += 1
            if shown not in told and not any(agrees(shown, value) for value in numbers):
                strange.append((shown, " ".join(text.split())[:160]))
    assert strange == []
    assert seen >= 60


def _numbers(text, numbers):
    """The numbers of a text; a time in hours, minutes and seconds is taken out where that time stands in the report."""
    for found in DURATION.finditer(text):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        whole = 3600 * hours + 60 * minutes + seconds
        if whole and any(abs(whole - value) <= (60 if hours else 1 if minutes else 0.06) for value in numbers):
            text = text.replace(found[0], " ", 1)
    return NUMBER.findall(text)


def test_the_rule_would_see_a_wrong_number(families):
    folder = families("table-classify").folder
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    numbers, _ = stands(report)
    accuracy = report["metrics"]["accuracy"]
    assert agrees(f"{100 * accuracy:.1f}", accuracy)
    assert not agrees(f"{100 * accuracy - 0.7:.1f}", accuracy)
    assert not any(agrees("0.123456789", value) for value in numbers)

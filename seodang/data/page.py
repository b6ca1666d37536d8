"""The page of `seodang look`: one HTML file that works offline, with samples of each class and the duplicates side by side."""

from __future__ import annotations

import base64
import io
import shlex
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, Template, select_autoescape
from markupsafe import Markup, escape
from PIL import Image

from seodang.core.files import write_text
from seodang.core.glossary import STYLE as TERM_STYLE
from seodang.core.glossary import with_terms
from seodang.core.language import language, tr, trn
from seodang.core.sentences import example, shown
from seodang.data.finding import share
from seodang.data.grid import to_picture
from seodang.data.opening import Refused
from seodang.data.pictures import Target, one, one_array
from seodang.data.scan import Scan
from seodang.data.source import SPLITS

# Longer side of a picture on the page, in pixels; pictures up to SMALL are shown with visible pixels, up to EXACT unpacked.
SIDE, SMALL, EXACT = 160, 64, 100
SAMPLES, SAMPLES_IN_ALL, GROUPS, MEMBERS, FILES = 12, 400, 24, 6, 1000


def write_page(found: dict[str, Any], looked: Scan, path: Path) -> None:
    """Write the page of what `look` found. Sample pictures are drawn evenly over each class, first train, then the rest."""
    names = list(found["counts"])
    text = template("page.html.jinja").render(
        found=found,
        splits=names,
        classes=_classes(found, looked),
        most=max((sum(found["counts"][name][one] for name in names) for one in found["classes"]), default=1) or 1,
        groups=_groups(found, looked),
        files=found["left_out"][:FILES],
        share=share,
        language=language(),
        nothing=tr("Nothing was found wrong: no duplicates, no contradicting labels, no class too small."),
        term_style=Markup(TERM_STYLE),
    )
    write_text(path, with_terms(text))


def template(name: str) -> Template:
    """A template of this folder with what all pages of `look` need."""
    environment = Environment(loader=PackageLoader("seodang.data", ""), autoescape=select_autoescape(default=True))
    environment.filters["code"] = _code
    environment.filters["quoted"] = shlex.quote
    environment.filters["shown"] = shown
    environment.filters["named"] = example
    environment.filters["split_name"] = lambda name: tr(name) if name in SPLITS else name
    environment.globals["tr"] = tr
    environment.globals["trn"] = trn
    return environment.get_template(name)


def _code(text: str) -> Markup:
    """What stands in backticks as code; everything escaped."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


def _classes(found: dict[str, Any], looked: Scan) -> list[dict[str, Any]]:
    """For each class: its name, counts by split, and sample pictures."""
    each = max(4, min(SAMPLES, SAMPLES_IN_ALL // max(1, len(found["classes"]))))
    labels = looked.source.labels
    order = np.argsort(looked.source.splits != "train", kind="stable")
    made = []
    for label, name in enumerate(found["classes"]):
        own = order[labels[order] == label]
        first = own[looked.source.splits[own] == "train"]
        own = first if len(first) >= each else own
        some = own[np.linspace(0, len(own) - 1, min(each, len(own))).round().astype(int)] if len(own) else own
        made.append(
            {
                "name": name,
                "counts": [found["counts"][split][name] for split in found["counts"]],
                "samples": [shown for index in some.tolist() if (shown := sample(looked, index))],
            }
        )
    return made


def _groups(found: dict[str, Any], looked: Scan) -> list[dict[str, Any]]:
    """The first groups of duplicates, with pictures."""
    made = []
    for group in found["duplicates"]["groups"]:
        if len(made) == GROUPS:
            break
        ordered = _different_first(group["members"])[:MEMBERS]
        members = [{**member, **shown} for member in ordered if (shown := sample(looked, member["index"]))]
        if len(members) > 1:
            different = len({member["class"] for member in group["members"]}) > 1
            made.append(
                {**group, "members": members, "more": len(group["members"]) - len(members), "labels": different}
            )
    return made


def _different_first(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One member of each split and class before the others, so that what a group is listed for is seen."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for member in members:
        first.setdefault((member["split"], member["class"]), member)
    chosen = list(first.values())
    return chosen + [member for member in members if member not in chosen]


def sample(looked: Scan, index: int) -> dict[str, Any] | None:
    """One picture as a data address, and whether it is small; None where the file is gone since."""
    picture = small_picture(looked, index, SIDE)
    if picture is None:
        return None
    content, kind = io.BytesIO(), "PNG" if max(picture.size) <= EXACT else "JPEG"
    picture.save(content, kind, quality=82)
    address = f"data:image/{kind.lower()};base64,{base64.b64encode(content.getvalue()).decode('ascii')}"
    return {"address": address, "small": max(picture.size) <= SMALL, "id": looked.source.ids[index]}


def small_picture(looked: Scan, index: int, side: int) -> Image.Image | None:
    """A picture in its own shape and colours, its longer side at most `side` pixels."""
    high, wide = int(looked.height[index]), int(looked.width[index])
    scale = min(1.0, side / max(high, wide))
    source = looked.source
    channels = 1 if looked.mode[index] in ("L", "1", "LA", "I;16") else 3
    target = Target(max(1, round(high * scale)), max(1, round(wide * scale)), channels, "squash")
    if source.pixels is not None:
        return to_picture(one_array(source.pixels[index], target))
    assert source.read is not None, "a source has pixels or read"
    try:
        return to_picture(one(source.read(index), target))
    except (Refused, OSError):
        return None

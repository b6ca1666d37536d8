"""The catalogue of messages: what the package says to people, and the Korean of it.

    python -m tools.messages            collect, merge seodang/locale/parts/*.json into seodang.po, write seodang.mo
    python -m tools.messages --check    change nothing; say what is missing, stale or wrong, and end with 1 where there is anything
    python -m tools.messages --todo     {English: ""} of what has no Korean yet, to be filled in and put into parts/

Collected are `tr("…")`, `trn("one", "many", …)`, `later("…")`, `said("…")` and `saidn("one", "many", …)` of the sources and
templates, the lines that `seodang list` shows, the help of the verbs and their options, the descriptions of settings, and any other
constant that has Korean (a table of words). In the catalogue a message stands once, in alphabetical order, without a date or a line
number: two branches that add messages differ in the lines of those messages only.
"""

from __future__ import annotations

import ast
import io
import json
import re
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes
from jinja2.ext import extract_from_ast

from seodang.cli._speech import is_prose
from seodang.core.language import FOLDER, use_language
from seodang.core.registry import FOLDERS, PACKAGE, describe, names
from seodang.evaluation.row_verdict import lesson

LANGUAGE = "ko"
PO = FOLDER / LANGUAGE / "LC_MESSAGES" / "seodang.po"
PARTS = FOLDER / "parts"
# Options and fields whose texts people read, by the function that takes them.
TEXTS = {"Option": "help", "Argument": "help", "Field": "description"}
HANGUL = re.compile("[가-힣]")
# A particle with its forms the other way round, which `language.particles` does not know.
TURNED = re.compile(r"를\(을\)|가\(이\)|는\(은\)|와\(과\)|로\(으로\)|\(로\)으로")


@dataclass(frozen=True)
class Message:
    """A text for people. `one`: the English for a count of one, where there is such a form; `where`: the first file that has it."""

    text: str
    where: str
    one: str | None = None


class _Plain(Catalog):
    """A catalogue whose head says nothing that differs between two machines or two days."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", LANGUAGE),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: Any) -> None:
        pass


def collect(told: Iterable[str] = ()) -> dict[str, Message]:
    """Every text for people, by its English (of a plural: the form for many).

    told: What has Korean; each that is a constant of the sources counts as said, even where `tr` is given a variable.
    """
    use_language("en")
    found: dict[str, Message] = {}
    for message in (*_of_python(set(told)), *_of_templates(set(told)), *_of_lists()):
        known = found.get(message.text)
        if known is None or (known.one is None and message.one is not None):
            found[message.text] = message
    return found


def _of_python(told: set[str]) -> Iterator[Message]:
    for file in sorted(PACKAGE.rglob("*.py")):
        where = file.relative_to(PACKAGE).as_posix()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from _of_call(node, where)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in told:
                yield Message(node.value, where)
        if where.startswith("cli/") and not file.stem.startswith("_"):
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name == file.stem:
                    yield from (Message(text, where) for text in _of_help(ast.get_docstring(node) or ""))


def _of_call(node: ast.Call, where: str) -> Iterator[Message]:
    name = called(node)
    if name in ("tr", "later", "said", "english"):
        yield from (Message(text, where) for text in constants(node.args[0]))
    elif name in ("saidn", "englishn"):
        yield from (Message(text, where) for each in node.args[:2] for text in constants(each))
    elif name == "trn":
        ones, manys = [*constants(node.args[0])], [*constants(node.args[1])]
        yield from (Message(many, where, one) for one, many in zip(ones, manys, strict=True))
    elif option := TEXTS.get(name):
        for keyword in node.keywords:
            if keyword.arg == option:
                yield from (Message(text, where) for text in constants(keyword.value))


def called(node: ast.Call) -> str:
    """The last word of what is called: "print" of `console.print(…)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, as far as they stand there: of `"a" if x else "b"` both."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def _of_help(docstring: str) -> Iterator[str]:
    for part in docstring.split("\n\n"):
        if part.startswith("\b"):  # lines that are not wrapped
            yield from (line for line in part.split("\n")[1:] if is_prose(line))
        elif is_prose(part) and not part.strip().isupper():  # a word in capitals is where a list is put in
            yield part


def _of_templates(told: set[str]) -> Iterator[Message]:
    environment = Environment()
    for file in sorted(PACKAGE.rglob("*.jinja")):
        where, tree = file.relative_to(PACKAGE).as_posix(), environment.parse(file.read_text(encoding="utf-8"))
        for _, function, texts in extract_from_ast(tree, gettext_functions=("tr", "trn"), babel_style=False):
            first, *others = (text for text in texts or () if text is not None)
            yield Message(others[0], where, first) if function == "trn" else Message(first, where)
        yield from (
            Message(each.value, where)
            for each in tree.find_all(nodes.Const)
            if isinstance(each.value, str) and each.value in told
        )


def _of_lists() -> Iterator[Message]:
    for kind in FOLDERS:
        yield from (Message(describe(kind, name), FOLDERS[kind]) for name in names(kind))
    yield from (Message(text, FOLDERS["recipes"]) for name in names("recipes") for text in lesson(name))


def korean() -> dict[str, str]:
    """The Korean that there is: the catalogue, and laid over it the parts, in the order of their names."""
    found = {}
    if PO.exists():
        for entry in read_po(io.BytesIO(PO.read_bytes()), locale=LANGUAGE):
            if entry.id:
                plural = isinstance(entry.id, tuple)
                found[entry.id[1] if plural else entry.id] = (entry.string or ("",))[0] if plural else entry.string
    for part in sorted(PARTS.glob("*.json")):
        found |= json.loads(part.read_text(encoding="utf-8"))
    return found


def faults(messages: dict[str, Message], told: dict[str, str]) -> list[str]:
    """What is wrong with the Korean, a line each: none for a text, none needed, or placeholders that are not the English ones."""
    lines = [f"no Korean: {messages[text].where}: {text!r}" for text in sorted(messages) if not told.get(text)]
    lines += [f"stale: {text!r}" for text in sorted(told.keys() - messages.keys())]
    for text in sorted(messages.keys() & told.keys()):
        there = told[text]
        if not there:
            continue
        message = messages[text]
        lines += [f"{problem}: {text!r} is {there!r}" for problem in _differ(message, there)]
    return lines


def _differ(message: Message, there: str) -> Iterator[str]:
    wanted, got = placeholders(message.text), placeholders(there)
    if message.one is not None:
        may_be = wanted | placeholders(message.one) | {"{count}", "{count:,}"}
        if not got <= may_be or not wanted <= got | {"{count}", "{count:,}"}:
            yield "placeholders differ"
    elif wanted != got:
        yield "placeholders differ"
    if sorted(re.findall(r"\[/?[a-z ]+\]", message.text)) != sorted(re.findall(r"\[/?[a-z ]+\]", there)):
        yield "markup differs"
    if (message.text[:1] == "\n") != (there[:1] == "\n") or (message.text[-1:] == "\n") != (there[-1:] == "\n"):
        yield "line ends differ"
    if TURNED.search(there):
        yield "particle"
    if len(
        re.findall(r"[A-Za-z]{2,}", re.sub(r"`[^`]*`|\{[^}]*\}|\[[^\]]*\]", "", message.text))
    ) > 3 and not HANGUL.search(there):
        yield "not Korean"


def placeholders(text: str) -> set[str]:
    """What stands in braces, with its format.

    >>> sorted(placeholders("{count:,} of {name!r}"))
    ['{count:,}', '{name!r}']
    """
    try:
        pieces = [*string.Formatter().parse(text)]
    except ValueError:  # a text without values, whose braces are braces
        return set(re.findall(r"[{}]", text))
    return {
        "{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}"
        for _, name, spec, conversion in pieces
        if name is not None
    }


def catalogue(messages: dict[str, Message], told: dict[str, str]) -> Catalog:
    """The catalogue of these messages, as far as their Korean is known."""
    made = _Plain(
        locale=LANGUAGE,
        fuzzy=False,
        header_comment="# What Seodang says, in Korean. Written by `make messages`; mend the Korean here.",
    )
    for text in sorted(messages):
        if there := told.get(text):
            one = messages[text].one
            made.add((one, text) if one is not None else text, string=(there,) if one is not None else there)
    return made


def as_po(made: Catalog) -> bytes:
    """The catalogue as text: alphabetical, a text on a line however long it is."""
    buffer = io.BytesIO()
    write_po(buffer, made, width=0, sort_output=True, include_lineno=False, no_location=True)
    return buffer.getvalue()


def as_mo(made: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, made)
    return buffer.getvalue()


def main() -> None:
    """Do what the words after the command say."""
    told = korean()
    messages = collect(told)
    found = faults(messages, told)
    if "--todo" in sys.argv:
        todo = {text: "" for text in sorted(messages) if not told.get(text)}
        print(json.dumps(todo, ensure_ascii=False, indent=0))
        return
    if "--check" not in sys.argv:
        made = catalogue(messages, told)
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(as_po(made))
        PO.with_suffix(".mo").write_bytes(as_mo(made))
        print(f"{PO}: {len(made):,} of {len(messages):,} messages")
    print("\n".join(found))
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()

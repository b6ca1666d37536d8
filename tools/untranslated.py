"""Sentences for people that no catalogue knows.      python -m tools.untranslated [FOLDER…]      lists them, a line each."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from seodang.core.registry import PACKAGE
from tools.messages import TEXTS, called, collect, korean

# What these are raised with is for those who write code; what these are called with is no text for people.
FOR_CODERS = {
    "AssertionError",
    "NotImplementedError",
    "KeyError",
    "AttributeError",
    "TypeError",
    "StopIteration",
    "ImportError",
}
NO_TEXT = {
    "compile",
    "sub",
    "search",
    "match",
    "fullmatch",
    "findall",
    "getLogger",
    "filterwarnings",
    "key",
    "encode",
    "import_module",
}
_MARKUP = re.compile(r"\[/?[a-z ]+\]|`[^`]*`|\{[^}]*\}|<[^>]*>")
_CODE = re.compile(r"\S*[/_.=]\S*\w")
_WORD = re.compile(r"[A-Za-z][a-z]+")
# What is typed, names, and regular expressions are in no language.
_NO_LANGUAGE = re.compile(r"\s*(?:seodang [a-z].*|.*\(\?:.*)", re.DOTALL)
_NAMES = re.compile(r"\b(?:Seodang|PyTorch|about\.yaml|seodang [a-z]+)\b")


def escaped(file: Path, known: set[str]) -> list[tuple[int, str]]:
    """The line and the text of what a person reads and the catalogue lacks: an f-string, or a constant that is none of `known`."""
    if file.suffix == ".jinja":
        return [*_of_template(file)]
    return [*_Reader(known).of(ast.parse(file.read_text(encoding="utf-8")))]


class _Reader:
    def __init__(self, known: set[str]) -> None:
        self.known = known

    def of(self, node: ast.AST, told: bool = False) -> Iterator[tuple[int, str]]:
        """told: whether what stands here is told as it is, by `raise` or `print`."""
        if isinstance(node, ast.JoinedStr | ast.Constant):
            text = _text(node)
            if (
                text is not None
                and text not in self.known
                and _is_for_people(text, told, isinstance(node, ast.JoinedStr))
            ):
                yield node.lineno, text
            if isinstance(node, ast.JoinedStr):
                for part in ast.walk(node):
                    if isinstance(part, ast.IfExp):  # words of a language, put in by a condition
                        yield from self.of(part.body, True)
                        yield from self.of(part.orelse, True)
            return
        for child, is_told in _children(node):
            yield from self.of(child, is_told)


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    if isinstance(node, ast.Assert | ast.MatchValue):
        return
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        if called(node.exc) not in FOR_CODERS:
            yield from ((each, True) for each in node.exc.args)
        return
    if isinstance(node, ast.Call):
        name = called(node)
        if name in NO_TEXT:
            return
        if name in ("tr", "trn", "later", "said", "saidn", "english", "englishn"):
            yield from ((keyword.value, True) for keyword in node.keywords)
            return
        yield node.func, False
        yield from ((each, name in ("print", "echo")) for each in node.args)
        yield from ((keyword.value, False) for keyword in node.keywords if keyword.arg != TEXTS.get(name))
        return
    docstring = _docstring(node)
    yield from ((child, False) for child in ast.iter_child_nodes(node) if child is not docstring)


def _docstring(node: ast.AST) -> ast.AST | None:
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    ):
        return node.body[0]
    return None


def _text(node: ast.JoinedStr | ast.Constant) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _is_for_people(text: str, told: bool, is_made: bool) -> bool:
    """Whether a text reads like language: told ones by one word, others by three, or by being a sentence."""
    if _NO_LANGUAGE.fullmatch(text):
        return False
    words = len(_WORD.findall(_CODE.sub(" ", _MARKUP.sub(" ", text))))
    if told:
        return words > 0
    is_sentence = bool(re.match(r"\s*[A-Z{“]", text) and re.search(r"[.!?:]\s*$", text))
    return words > 2 and " " in text and (is_made or is_sentence)


def _of_template(file: Path) -> Iterator[tuple[int, str]]:
    tree = Environment().parse(file.read_text(encoding="utf-8"))
    page = "".join(each.data if isinstance(each, nodes.TemplateData) else "\0" for each in _in_order(tree))
    page = re.sub(
        r"<(style|script)\b.*?</\1>|<[^>]*>|<!--.*?-->",
        lambda found: "\0" + "\n" * found[0].count("\n"),
        page,
        flags=re.DOTALL,
    )
    line = 1
    for piece in re.split(r"(\0|\n)", page):
        line += piece == "\n"
        if _WORD.search(_NAMES.sub(" ", re.sub(r"&\w+;", " ", piece))):
            yield line, piece.strip()


def _in_order(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData | nodes.Expr) and not isinstance(child, nodes.Output):
            yield child
        else:
            yield from _in_order(child)


def main() -> None:
    """List what escapes in the folders named, else in all."""
    known = {*collect(korean())}
    for folder in sys.argv[1:] or [""]:
        for file in sorted((PACKAGE / folder).rglob("*")):
            if file.suffix in (".py", ".jinja"):
                for line, text in escaped(file, known):
                    print(f"{file.relative_to(PACKAGE.parent)}:{line}: {text!r}")


if __name__ == "__main__":
    main()

"""Markdown as runs of Telegram's few styles. Raw HTML in it is text, and a link shows where it leads."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.telegram.render_table import table
from bot.telegram.runs import Run
from bot.views import markdown

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_STYLES = {"strong": "b", "em": "i", "s": "s"}

Marks = tuple[str, ...]


def formatted(text: str) -> list[Run]:
    return _blocks(markdown.nodes(text), ())


def _blocks(nodes: "list[SyntaxTreeNode]", marks: Marks, between: str = "\n\n") -> list[Run]:
    runs: list[Run] = []
    for node in nodes:
        if runs:
            runs.append(Run(between, _around(marks)))
        runs += _block(node, marks)
    return runs


def _block(node: "SyntaxTreeNode", marks: Marks) -> list[Run]:
    match node.type:
        case "paragraph":
            return _inline(node.children, marks)
        case "heading":
            return [replace(run, leads=True) for run in _inline(node.children, _with(marks, "b"))]
        case "bullet_list":
            return _items(node.children, ["• "] * len(node.children), marks)
        case "ordered_list":
            return _items(node.children, [f"{markdown.number(item)} " for item in node.children], marks)
        case "blockquote":
            return _blocks(node.children, _with(marks, "blockquote"))
        case "fence" | "code_block":
            return [Run(node.content.rstrip("\n"), (*_around(marks), "pre"))]
        case "table":
            return [_within(run, _around(marks)) for run in table(markdown.table(node))]
        case "hr":
            return [Run("———", marks)]
        case _:
            return _inline([node], marks)


def _within(run: Run, marks: Marks) -> Run:
    head = replace(run.head, marks=(*marks, *run.head.marks)) if run.head is not None else None
    return replace(run, marks=(*marks, *run.marks), head=head)


def _items(nodes: "list[SyntaxTreeNode]", bullets: list[str], marks: Marks) -> list[Run]:
    runs: list[Run] = []
    for bullet, node in zip(bullets, nodes, strict=True):
        if runs:
            runs.append(Run("\n", _around(marks)))
        runs += [Run(bullet, marks), *_indented(_blocks(node.children, marks, between="\n"), " " * len(bullet))]
    return runs


def _indented(runs: list[Run], by: str) -> list[Run]:
    return [run if "pre" in run.marks else replace(run, text=run.text.replace("\n", f"\n{by}")) for run in runs]


def _inline(nodes: "list[SyntaxTreeNode]", marks: Marks) -> list[Run]:
    return [run for node in nodes for run in _span(node, marks)]


def _span(node: "SyntaxTreeNode", marks: Marks) -> list[Run]:
    match node.type:
        case "softbreak" | "hardbreak":
            return [Run("\n", marks)]
        case "code_inline":
            return [Run(node.content, (*_around(marks), "code"))]
        case "link":
            label, address = _inline(node.children, marks), markdown.address(node)
            shown = "".join(run.text for run in label)
            return label if shown == address else [*label, Run(f" ({address})", marks)]
        case "image":
            return [Run(f"{node.content} ({markdown.address(node)})", marks)]
        case _:
            inner = _with(marks, _STYLES[node.type]) if node.type in _STYLES else marks
            return _inline(node.children, inner) if node.children else [Run(node.content, inner)]


def _with(marks: Marks, tag: str) -> Marks:
    return marks if tag in marks else (*marks, tag)


def _around(marks: Marks) -> Marks:
    """What may stand around code: Telegram combines it with a quotation and nothing else."""
    return tuple(tag for tag in marks if tag == "blockquote")

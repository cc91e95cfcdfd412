"""The plan that answers a question about one table. Its words are read where the table is, by query_table."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, cast

from domain.llm.offline.plans import Plan, Proposal, beginning_with, listed, literal
from domain.llm.offline.queried import ROWS_ARE_TOLD
from domain.llm.offline.situation import KnownFile, Situation
from domain.llm.offline.talk import missing_tool
from domain.llm.offline.target import Target
from domain.llm.offline.wishes import as_question, asks_particular, may_group, wanted_format, wants_chart

ANSWER_FROM_RESULT = "Answer the question from the result: one sentence, then the rows where there are several."

_SUFFIXES = {".pdf": "pdf", ".xlsx": "xlsx", ".docx": "docx", ".csv": "csv"}


def goes_on_with_query(situation: Situation, file: KnownFile) -> Mapping[str, Any] | None:
    """What was last asked of that table; None where that was everything, or where another file has come since."""
    if situation.attachments:
        return None
    query = situation.last.get("query")
    if not isinstance(query, Mapping):
        return None
    asked = cast("Mapping[str, Any]", query)
    return asked if asked.get("file") == file.name else None


def asked_before(situation: Situation) -> KnownFile | None:
    """The table that was asked last, whatever else was spoken of since."""
    query = situation.last.get("query")
    name = cast("Mapping[str, Any]", query).get("file") if isinstance(query, Mapping) else None
    return next((file for file in situation.known if file.name == name), None)


def queries_plan(situation: Situation, files: Sequence[KnownFile], target: Target | None) -> Proposal:
    """Each of several tables is asked; one that cannot answer is left out when that is known."""
    plan = Plan()
    question = literal(_without_names(as_question(_question(situation, target), afresh=True), files))
    asked = [plan.tool("query_table", {"file": file.name, "question": question}) for file in files]
    answer = plan.write("answer", ANSWER_FROM_RESULT, asked)
    if target is not None:
        plan.tool("write_file", {"name": target.name, "content": f"{{{{ {answer}.output.text }}}}"}, after=[answer])
    return plan.proposal(f"I'll ask {listed([file.name for file in files])}.", _title(situation, files[0]))


def _without_names(question: str, files: Sequence[KnownFile]) -> str:
    """The words without the files' names: each table knows only its own for what it is."""
    for file in files:
        question = re.sub(rf"@?{re.escape(file.name)}", " ", question, flags=re.IGNORECASE)
    return " ".join(question.split())


def query_plan(situation: Situation, file: KnownFile, target: Target | None) -> Proposal:
    """The table is asked; the result is drawn and written to a file where that is wished, drawn too where it is worth
    it, and answered from."""
    text = situation.bare
    previous = goes_on_with_query(situation, file)
    question = literal(as_question(_question(situation, target), afresh=previous is None))
    plan = Plan()
    asked = plan.tool(
        "query_table",
        {"file": file.name, "question": question, **({"previous": _as_written(previous)} if previous else {})},
    )
    kind = _file_kind(text, target)
    if kind is not None and "export_table" not in situation.tools:
        return missing_tool(("export_table",))
    pictured = wants_chart(text) or (target is None and kind is None)
    inputs = [asked, *(_drawn(situation, plan, asked, file, text, previous) if pictured else [])]
    if kind is not None:
        name = {"name": target.name} if target is not None else {}
        given = {"file": file.name, "query": f"{{{{ {asked}.output.query }}}}", "format": kind, **name}
        inputs.append(plan.tool("export_table", given, after=[asked]))
    names = [known.name for known in situation.known]
    redrawn = previous is not None and wants_chart(text) and not asks_particular(text, names)
    missing = wants_chart(text) and "draw_chart" not in situation.tools
    answer = plan.write("answer", f"{ANSWER_FROM_RESULT}{f' {ROWS_ARE_TOLD}' if redrawn else ''}", inputs)
    if missing:
        plan.nodes[-1] = beginning_with(plan.nodes[-1], "Drawing a chart is not switched on here, so there is none.")
    if target is not None and kind is None:
        plan.tool("write_file", {"name": target.name, "content": f"{{{{ {answer}.output.text }}}}"}, after=[answer])
    written = f" and write {target.name}" if target is not None else ""
    return plan.proposal(f"I'll look that up in {file.name}{written}.", _title(situation, file))


def _question(situation: Situation, target: Target | None) -> str:
    """The words that ask, without those about the file to write."""
    if target is None:
        return situation.message
    return " ".join(part for part in (target.before, target.described or "") if part) or situation.message


def _drawn(
    situation: Situation, plan: Plan, asked: str, file: KnownFile, text: str, previous: Mapping[str, Any] | None
) -> list[str]:
    """A chart where one is wished; where the result may be worth one, if it is."""
    if "draw_chart" not in situation.tools:
        return []
    output = f"{asked}.output"
    config = {
        "file": file.name,
        "query": f"{{{{ {output}.query }}}}",
        "kind": f"{{{{ {output}.chart }}}}",
        "question": literal(situation.message),  # for where the question was everything there is to say
    }
    if wants_chart(text):
        return [plan.tool("draw_chart", config, after=[asked])]
    if not (may_group(text) or (previous and previous.get("by"))):
        return []
    worth = plan.when("Worth a chart", f"{output}.drawable", after=[asked])
    return [plan.tool("draw_chart", config, after=[worth])]


def kind_of(target: Target) -> str | None:
    """The format of a file that can hold rows; None of any other."""
    return _SUFFIXES.get(PurePath(target.name).suffix.lower())


def _file_kind(text: str, target: Target | None) -> str | None:
    return wanted_format(text) if target is None else kind_of(target)


def _as_written(value: Any) -> Any:
    """The query with nothing in its words that could be read as a reference."""
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, Mapping):
        return {key: _as_written(part) for key, part in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_as_written(part) for part in cast("list[Any]", value)]
    return value


def _title(situation: Situation, file: KnownFile) -> str:
    words = " ".join(situation.bare.split()).rstrip("?!. ") or file.name
    title = f"{words[0].upper()}{words[1:]}"
    return title if len(title) <= 60 else f"{title[:59].rstrip()}…"

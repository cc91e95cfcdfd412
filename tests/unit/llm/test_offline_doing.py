"""Phrasings about documents, pages, searches and things to do, and the plan each leads to."""

import pytest

from domain.llm.model import Turn
from tests.factories.offline import LEADS, PHOTO, REPORT, calls, decision

# -- documents, pages, searches ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a.md", "A.PDF"])
@pytest.mark.parametrize("message", ["", "summarise this", "what does it say about fees?"])
async def test_a_document_is_read(name: str, message: str):
    assert await calls(message, attachments=[{"name": name}]) == [("read_file", {"file": name})]


async def test_a_document_of_the_thread_is_read_again_for_a_question():
    assert await calls("what does the pdf say about fees?", files=[REPORT]) == [("read_file", {"file": "report.pdf"})]


async def test_a_file_it_cannot_read_is_named():
    answer = await decision("what is on this?", attachments=[PHOTO])
    assert "cannot read photo.png" in answer.reply


async def test_a_file_that_is_not_there_is_named_with_those_that_are():
    answer = await decision("what moved in leads-w99.csv?", files=[LEADS])
    assert "no file called leads-w99.csv" in answer.reply
    assert "leads-w27.csv" in answer.reply


@pytest.mark.parametrize(
    ("message", "urls"),
    [
        ("summarise https://example.com/a?b=c.", ["https://example.com/a?b=c"]),
        ("what is on <https://example.com|example>?", ["https://example.com"]),
        ("open example.com", ["https://example.com"]),
        ("read https://a.example/x and https://b.example/y", ["https://a.example/x", "https://b.example/y"]),
    ],
)
async def test_a_page_that_is_named_is_read(message: str, urls: list[str]):
    assert await calls(message) == [("navigate_url", {"url": url}) for url in urls]


@pytest.mark.parametrize(
    ("message", "query"),
    [
        ("search for rail strikes in Belgium", "rail strikes in Belgium"),
        ("search: best pizza", "best pizza"),
        ("google best pizza in Rome", "best pizza in Rome"),
        ("Please search the web for python 3.14 release date", "python 3.14 release date"),
        ("look up Ada Lovelace online", "Ada Lovelace"),
        ("find information about solar panels", "solar panels"),
        ("suche nach Zügen", "Zügen"),
    ],
)
async def test_a_search(message: str, query: str):
    assert await calls(message) == [("search_google", {"query": query})]


# -- doing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "name", "content"),
    [
        ("write to notes.md: call the printer", "notes.md", "call the printer"),
        ("Please save hello world to notes.txt", "notes.txt", "hello world"),
        ("save 'a, b' in list.csv", "list.csv", "a, b"),
        ("create a file called todo.md with: one, two", "todo.md", "one, two"),
        ("write notes.md: first\nsecond", "notes.md", "first\nsecond"),
        ("note down in log.txt: done", "log.txt", "done"),
        ("schreibe in notiz.txt: Brot kaufen", "notiz.txt", "Brot kaufen"),
    ],
)
async def test_writing_a_file(message: str, name: str, content: str):
    assert await calls(message) == [("write_file", {"name": name, "content": content})]


@pytest.mark.parametrize("message", ["save that to notes.md", "put your answer in notes.md", "write it to notes.md"])
async def test_what_was_said_last_can_be_saved(message: str):
    turns = (Turn("user", "2+2"), Turn("assistant", "It is four."), Turn("user", "ok"))
    assert await calls(message, turns=turns) == [("write_file", {"name": "notes.md", "content": "It is four."})]


async def test_with_nothing_said_there_is_nothing_to_save():
    assert "nothing to write" in (await decision("save that to notes.md")).reply


async def test_why_nothing_came_of_it_is_not_saved_as_if_it_were_a_result():
    turns = (Turn("assistant", "It is four."), Turn("user", "read x"), Turn("assistant", "x is away.", failed=True))
    assert "nothing to save to notes.md" in (await decision("save that to notes.md", turns=turns)).reply


@pytest.mark.parametrize(
    ("message", "tools"),
    [
        ("analyse leads-w27.csv and save the result to out.md", ["analyse_table", "draw_chart", "write_file"]),
        ("read report.pdf and save a summary to out.md", ["read_file", "write_file"]),
        ("write a summary of report.pdf to out.md", ["read_file", "write_file"]),
        ("search for cats and save the results to out.md", ["search_google", "write_file"]),
        ("read https://a.example and put it in out.md", ["navigate_url", "write_file"]),
    ],
)
async def test_what_is_found_can_be_saved(message: str, tools: list[str]):
    made = await calls(message, files=[LEADS, REPORT])
    assert [name for name, _ in made] == tools
    spec = (await decision(message, files=[LEADS, REPORT])).spec
    assert spec is not None
    answer = next(node["id"] for node in spec["nodes"] if node["type"] == "llm")
    assert made[-1][1] == {"name": "out.md", "content": f"{{{{ {answer}.output.text }}}}"}
    assert [answer, spec["nodes"][-1]["id"]] in spec["edges"]


async def test_a_request_to_an_address():
    assert await calls('POST https://api.example.com/x {"a": 1}') == [
        ("http_request", {"method": "POST", "url": "https://api.example.com/x", "json": {"a": 1}})]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("ask me for my favourite colour", "What is your favourite colour?"),
        ("ask me which city I like", "Which city you like?"),
        ("please ask me: what is my budget?", "What is your budget?"),
        ("ask me a riddle", "Please tell me: a riddle"),
    ],
)
async def test_asking_the_person(message: str, question: str):
    spec = (await decision(message)).spec
    assert spec is not None
    assert (spec["nodes"][0]["type"], spec["nodes"][0]["config"]) == ("ask", {"question": question})
    assert spec["nodes"][1]["config"]["inputs"] == ["{{ n1.output }}"]

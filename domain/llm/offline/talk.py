"""What is said without a tool: greetings, thanks, what it can do, and what it did not understand."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from domain.llm.offline.plans import Proposal, listed, refused, talk
from domain.llm.offline.situation import ALL_RIGHT, WELCOME, Situation
from domain.llm.offline.subject import speaks_of_data

OFFLINE = "No language model is configured, so I answer by rules as the offline provider."

_END = r"[\s,.!?…:)(-]*(?:legwork)?[\s,.!?…:)(-]*$"
_GREETING = re.compile(
    rf"^(?:hi|hello|hey|hiya|yo|hallo|moin|servus|grüezi|grüß gott|hola|bonjour|bonsoir|salut|coucou|ciao|sup|howdy"
    rf"|good (?:morning|afternoon|evening|day)|gu(?:ten|te) (?:morgen|tag|abend|nacht)|morgen|greetings"
    rf"|h+e+l+o+|hi+|he+y+)(?: (?:there|all|everyone|team|again|zusammen|à tous))?{_END}",
    re.IGNORECASE,
)
# Where work runs, its steps answer that.
_HOW_FAR = re.compile(
    r"(?:(?:so|hey|and|und|na)[ ,]+)*(?:how far (?:along )?are you|how far have you (?:got|come)|wie weit bist du"
    r"|tu en es où)(?: (?:with it|now|damit|jetzt|schon))?\W*$",
    re.IGNORECASE,
)
_HOW_ARE_YOU = re.compile(
    rf"^(?:how(?:['’]?s| is) (?:it going|life|everything)|how are (?:you|things)(?: doing)?(?: today)?|how do you do"
    rf"|(?:what['’]?s|whats) up|are you (?:ok|okay|well|there|awake)|wie geht(?:['’]?s| es (?:dir|ihnen))"
    rf"|(?:comment )?ça va(?: bien)?|comment (?:vas-tu|allez-vous)|qué tal){_END}",
    re.IGNORECASE,
)
_MAKER = re.compile(
    rf"^(?:who (?:made|built|created|wrote|programmed|developed|owns|runs) (?:you|this|legwork)|wer hat dich "
    rf"(?:gemacht|gebaut|programmiert|entwickelt)|qui t['’]a (?:créé|fait|programmé)|who is your (?:maker|creator)"
    rf"|where (?:are|do) you (?:come )?from){_END}",
    re.IGNORECASE,
)
_THANKS = re.compile(
    rf"^(?:(?:ok(?:ay)?|great|perfect|cool|nice|super)[\s,.!]+)?(?:(?:many |thousand )?thanks?(?: you)?|thx|ty|tysm"
    rf"|cheers"
    rf"|merci(?: beaucoup)?|(?:vielen |besten )?dank|danke(?: schön| sehr| dir)?"
    rf"|gracias|grazie|much appreciated)(?: (?:a lot|so much|very much|again|for .{{1,60}}))?{_END}",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    rf"^(?:ok(?:ay)?|great|perfect|cool|nice|super|good|fine|well done|good (?:job|work|bot)|nice work|awesome|amazing"
    rf"|got it|all right|alright|bye|goodbye|good night|see you(?: later| tomorrow| soon)?|cu"
    r"|bis (?:morgen|bald|später|dann)|à (?:demain|bientôt|plus)|tschüs+|ciao|au revoir|lol"
    rf"|haha+"
    rf"|sehr gut|prima|klasse|toll|passt|bien|parfait|never ?mind|no worries|sorry|oops|i see|hm+|wow){_END}",
    re.IGNORECASE,
)
_HELP = re.compile(
    rf"^(?:help(?: me)?|hilfe|aide|what (?:can|could) you do(?: for me)?|what do you do|what are you able to do"
    rf"|what are your (?:capabilities|features|skills)|how can you help(?: me)?|how can i use you"
    rf"|who are you|what are you|what is legwork|what(?:['’]s| is) this"
    rf"|are you (?:a bot|a robot|human|an? ai|a model|chatgpt|real)"
    rf"|how (?:does this|do you) work|how do i (?:start|use (?:this|you))|commands?|was kannst du(?: alles)?"
    rf"|wer bist du|was bist du|wie funktionierst du|que peux-tu faire|que sais-tu faire|qui es-tu"
    rf"|what tools (?:do you have|are there)|capabilities|menu|options|\?){_END}",
    re.IGNORECASE,
)
_WAVE = re.compile(r"[\N{WAVING HAND SIGN}\N{HAPPY PERSON RAISING ONE HAND}\N{RAISED HAND}\N{HUGGING FACE}]")

_ABILITIES = (
    ("analyse_table", "work out the facts in a table you drop here (CSV, TSV, Excel, JSON), with a chart"),
    ("query_table", "answer a question about it"),
    ("export_table", "give the answer as Excel, CSV, PDF or Word"),
    ("read_file", "sum up a document (PDF, Word, text, Markdown)"),
    ("navigate_url", "read a web page you name and sum it up"),
    ("search_google", "search the web"),
    ("calculate", "calculate"),
    ("current_time", "tell the time anywhere"),
    ("write_file", "write a file"),
)
_EXAMPLES = (
    ("navigate_url", "summarise https://example.com"),
    ("calculate", "what is 12% of 340"),
    ("current_time", "what time is it in Tokyo"),
    ("search_google", "search for rail strikes in Belgium"),
    ("write_file", "save to notes.md: call the printer on Monday"),
)
_NEEDS = {
    "analyse_table": "working out a table",
    "query_table": "asking a table",
    "export_table": "writing a result to a file",
    "draw_chart": "drawing a chart",
    "read_file": "reading a file",
    "navigate_url": "reading web pages",
    "search_google": "searching the web",
    "calculate": "calculating",
    "current_time": "the clock",
    "write_file": "writing files",
    "http_request": "calling an address",
}


def small_talk(situation: Situation) -> Proposal | None:
    if situation.sent:
        return None
    message, bare = situation.message, situation.bare
    if _THANKS.match(message):
        return talk(WELCOME)
    if _GREETING.match(message) or _is_sign(message, _WAVE):
        return talk("Hello!" if situation.first else f"Hello! {OFFLINE} “help” says what I can do.")
    if _HOW_ARE_YOU.match(bare) or _HOW_ARE_YOU.match(message):
        return talk("I am up and running, thank you. What shall I look into?")
    if _HOW_FAR.match(bare):
        return talk("Nothing of yours is running in this thread. “/tasks” lists what was done.")
    if _MAKER.match(bare):
        return talk("I am Legwork, free software under the MIT licence; whoever runs it here set me up.")
    if _HELP.match(bare) or _HELP.match(message):
        return talk(_help(situation)) | {"outcome": "help"}
    return talk(ALL_RIGHT) if _PRAISE.match(message) or _is_sign(message) else None


def is_courtesy(message: str) -> bool:
    """Whether it is a greeting, thanks or praise and nothing else, whoever answers it."""
    return any(known.match(message.strip()) for known in (_THANKS, _GREETING, _HOW_ARE_YOU, _PRAISE))


def _is_sign(message: str, which: re.Pattern[str] | None = None) -> bool:
    """Whether the message is nothing but pictures."""
    if any(letter.isalnum() or (letter.isascii() and not letter.isspace()) for letter in message):
        return False
    return bool(message) and (which is None or bool(which.search(message)))


def _help(situation: Situation) -> str:
    if situation.helped:
        return f"As I said: {_can(situation)} “/help” lists the commands."
    return f"I am Legwork. {OFFLINE} {_can(situation)}\n\n{_examples(situation)}".strip()


def empty(situation: Situation) -> Proposal | None:
    if situation.message or situation.attachments:
        return None
    return refused(f"Your message is empty. {_can(situation)}")


def rejected(situation: Situation) -> Proposal | None:
    """Rules would only make the same proposal again: say why it cannot be done."""
    if not situation.errors:
        return None
    reasons = "; ".join(error.rstrip(".") for error in situation.errors)
    return refused(f"I planned this by rules, and the plan cannot be run: {reasons}. {OFFLINE}")


def missing_tool(names: Sequence[str]) -> Proposal:
    if list(names) == ["search_google"]:
        return refused(
            "Legwork cannot search the web here: search_google has no search service configured. Give me the address "
            "of a page or a file to look into, or have an admin set LEGWORK_BRAVE_SEARCH_KEY or LEGWORK_SEARXNG_URL."
        )
    needs = [f"{_NEEDS[name]} ({name})" if name in _NEEDS else name for name in names]
    return refused(f"That needs {listed(needs)}, which is not switched on here. Nothing was done.")


def not_understood(situation: Situation) -> Proposal:
    asks = not any(file.is_data for file in situation.known) and speaks_of_data(situation.bare)
    table = " There is no table here that I could ask: send one (CSV, Excel) with the question." if asks else ""
    if situation.helped:
        nothing = "." if asks else ", and nothing was done."
        return refused(f"I did not understand that{nothing}{table} “help” says what I can do.")
    said = f"I did not understand that.{table} {OFFLINE} “help” says what I can do."
    return refused(f"{said}\n\n{_examples(situation)}".strip())


def declined(situation: Situation, sentence: str) -> Proposal:
    """Something is refused by name; the first time in a thread with what can be done instead."""
    if situation.helped:
        return refused(sentence)
    return refused(f"{sentence}\n\n{OFFLINE} {_can(situation)}\n\n{_examples(situation)}".strip())


def _can(situation: Situation) -> str:
    abilities = [words for tool, words in _ABILITIES if tool in situation.tools]
    return f"I can {listed(abilities)}." if abilities else "No tool is switched on at the moment."


def _examples(situation: Situation) -> str:
    """Three things that work here and now."""
    examples = _about_table(situation) if "analyse_table" in situation.tools else []
    examples += [words for tool, words in _EXAMPLES if tool in situation.tools]
    if not examples:
        return ""
    return "For example:\n" + "\n".join(f"- {example}" for example in examples[:3])


def _kind(column: Mapping[str, Any]) -> str:
    """Of a column that was asked, and not worked out: words divide a table."""
    return "category" if column.get("kind") == "text" and "role" not in column else ""


def _about_table(situation: Situation) -> list[str]:
    table = next((file.name for file in (*situation.attachments, *situation.given) if file.is_data), None)
    if table is None:
        return ["(drop a CSV file) what moved here"]
    worked = any(file.name == table for file in situation.worked_on)
    groups = (column for column in situation.columns if "category" in (column.get("role"), _kind(column)))
    columns = [str(column.get("name")) for column in groups]
    by = [f"{table} by {columns[0].lower()}"] if worked and columns else []
    return [f"what moved in {table}", *by]

"""What is said without a tool: greetings, thanks, what it can do, and what it did not understand."""

import re

from domain.llm.offline.plans import Proposal, listed, reply
from domain.llm.offline.situation import Situation

OFFLINE = "No language model is configured, so I answer by rules as the offline provider."

_END = r"[\s,.!?…:)(-]*(?:legwork)?[\s,.!?…:)(-]*$"
_GREETING = re.compile(
    rf"^(?:hi|hello|hey|hiya|yo|hallo|moin|servus|hola|bonjour|salut|ciao|good (?:morning|afternoon|evening|day)"
    rf"|guten (?:morgen|tag|abend)|greetings)(?: there| all| everyone| team)?{_END}",
    re.IGNORECASE,
)
_THANKS = re.compile(
    rf"^(?:(?:ok(?:ay)?|great|perfect|cool|nice|super)[\s,.!]+)?(?:thanks?(?: you)?|thx|ty|cheers|merci"
    rf"|danke(?: schön)?"
    rf"|gracias|grazie|much appreciated)(?: (?:a lot|so much|very much|again|for .{{1,60}}))?{_END}",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    rf"^(?:ok(?:ay)?|great|perfect|cool|nice|super|good|fine|well done|got it|all right|alright|bye|goodbye){_END}",
    re.IGNORECASE,
)
_HELP = re.compile(
    rf"^(?:help(?: me)?|hilfe|what can you do(?: for me)?|what do you do|what are you able to do"
    rf"|how can you help(?: me)?"
    rf"|who are you|what are you|what is legwork|are you (?:a bot|human|an? ai|a model|chatgpt|real)"
    rf"|how (?:does this|do you) work|how do i (?:start|use (?:this|you))|commands?|was kannst du(?: alles)?"
    rf"|wer bist du"
    rf"|what tools (?:do you have|are there)|capabilities|\?){_END}",
    re.IGNORECASE,
)

_ABILITIES = (
    ("analyse_table", "work out the facts in a table you drop here (CSV, TSV, Excel, JSON), with a chart"),
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


def small_talk(situation: Situation) -> Proposal | None:
    if situation.attachments:
        return None
    message = situation.message
    if _THANKS.match(message):
        return reply("You're welcome.")
    if _GREETING.match(message):
        return reply(f"Hello! {OFFLINE} {_can(situation)}")
    if _HELP.match(situation.bare) or _HELP.match(message):
        return reply(f"I am Legwork. {OFFLINE} {_can(situation)}\n\n{_examples(situation)}")
    return reply("All right.") if _PRAISE.match(message) else None


def empty(situation: Situation) -> Proposal | None:
    if situation.message or situation.attachments:
        return None
    return reply(f"Your message is empty. {_can(situation)}")


def rejected(situation: Situation) -> Proposal | None:
    """Rules would only make the same proposal again: say why it cannot be done."""
    if not situation.errors:
        return None
    reasons = "; ".join(error.rstrip(".") for error in situation.errors)
    return reply(f"I planned this by rules, and the plan cannot be run: {reasons}. {OFFLINE}")


def missing_tool(names: tuple[str, ...]) -> Proposal:
    return reply(f"That needs {listed(names)}, which is not switched on here. {OFFLINE}")


def not_understood(situation: Situation) -> Proposal:
    return reply(f"I did not understand that. {OFFLINE} “help” says what I can do.\n\n{_examples(situation)}")


def _can(situation: Situation) -> str:
    abilities = [words for tool, words in _ABILITIES if tool in situation.tools]
    return f"I can {listed(abilities)}." if abilities else "No tool is switched on at the moment."


def _examples(situation: Situation) -> str:
    """Three things that work here and now."""
    table = next((file.name for file in (*situation.attachments, *situation.given) if file.is_data), None)
    about_files = [f"what moved in {table}", f"{table} by region"] if table else ["(drop a CSV file) what moved here"]
    examples = about_files if "analyse_table" in situation.tools else []
    examples += [words for tool, words in _EXAMPLES if tool in situation.tools]
    if not examples:
        return ""
    return "For example:\n" + "\n".join(f"- {example}" for example in examples[:3])

"""``/help``"""

from collections.abc import Sequence

from bot.commands.declare import Call, Noun, Verb
from domain.conversations.said import Listing, Note, Said
from domain.core.errors import Invalid


async def _help(call: Call) -> Sequence[Said]:
    if not call.words:
        return (_everything(call),)
    wanted = call.words[0].lower().lstrip("/!")
    noun = next((noun for noun in call.nouns if wanted in (noun.name, *noun.also)), None)
    if noun is None:
        raise Invalid(f"There is no command “/{wanted}”.", remedy="“/help” lists them all.")
    rows = tuple((f"/{noun.name} {verb.name}", verb.summary, verb.example) for verb in noun.verbs)
    return (Listing(title=f"/{noun.name}: {noun.summary}", columns=("command", "what it does", "example"), rows=rows),)


def _everything(call: Call) -> Said:
    lines = [
        "Write as to a colleague: a question, a file with a sentence, a link. No command is needed to get work done.",
        "While a task runs, `stop`, `pause` and `resume` steer it.",
        "",
        *(f"- `/{noun.name}` {noun.summary}{_verbs(noun)}" for noun in call.nouns),
        "",
        "`/help tasks` explains one of them with examples.",
    ]
    return Note(text="\n".join(lines))


def _verbs(noun: Noun) -> str:
    return f" ({', '.join(verb.name for verb in noun.verbs)})" if len(noun.verbs) > 1 else ""


NOUN = Noun("help", "what there is, with examples", (Verb("show", "lists every command", "/help tasks …", _help),))

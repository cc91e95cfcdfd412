"""``/models``"""

from collections.abc import Sequence

from bot.commands.declare import Call, Noun, Verb
from bot.commands.own_thread import by, set_here
from domain.conversations.said import Listing, Note, Said
from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.llm.prices import PRICES
from domain.orgs.access import Permission


async def _list(call: Call) -> Sequence[Said]:
    settings = call.settings
    if not settings.has_model:
        return (
            Note(
                text="No model is configured: the offline provider answers, by rules. Set OPENAI_API_KEY (or "
                "OPENAI_BASE_URL for a compatible server) to use a model."
            ),
        )
    here = call.heard.thread.model or settings.model
    configured = [settings.model, settings.fallback_model or settings.model]
    names: list[str] = list(dict.fromkeys([*configured, *PRICES]))
    rows = tuple((name, _price(name), _role(name, here, call)) for name in names)
    return (
        Listing(
            title="Models",
            columns=("model", "per million tokens, in and out", ""),
            rows=rows,
            footer="“/models use NAME” chooses one for this thread.",
        ),
    )


def _price(name: str) -> str:
    price = PRICES.get(name)
    return f"${price.tokens_in:f} and ${price.tokens_out:f}" if price is not None else "not known"


def _role(name: str, here: str, call: Call) -> str:
    if name == here:
        return "used here"
    if name == call.settings.model:
        return "configured"
    return "fallback" if name == call.settings.fallback_model else ""


def need_a_model(settings: Settings) -> None:
    """Raises Invalid where none is configured, so that there is nothing to choose."""
    if not settings.has_model:
        raise Invalid("No model is configured, so none can be chosen.", remedy="Set OPENAI_API_KEY first.")


async def _use(call: Call) -> Sequence[Said]:
    name = call.word(0, "the model's name")
    need_a_model(call.settings)
    await set_here(call, model=name)
    return (Note(text=f"{call.here} uses {name} from the next message on.{by(call)}"),)


NOUN = Noun(
    "models",
    "which model answers",
    (
        Verb("list", "the models known, and the one used here", "/models list", _list),
        Verb("use", "chooses one for this thread", "/models use gpt-5", _use, Permission.WORK),
    ),
    also=("model",),
)

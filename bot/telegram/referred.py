"""What a Telegram message refers to: the words it quotes, answers or forwards, with whose they are."""

from dataclasses import replace

from bot.telegram.content import files_of, names_of, words_in
from bot.telegram.spoken import with_addresses
from bot.telegram.updates import Chat, External, Message, Origin, Replied, User, Worded
from domain.conversations.ports import IncomingFile
from domain.conversations.quoted import Quoted

LEGWORK = "Legwork"
FETCHED_BYTES = 20 * 1024 * 1024
"""What a bot may fetch: https://core.telegram.org/bots/api#getfile"""


def words_of(message: Worded) -> str:
    """Text or caption, with the addresses behind its words."""
    return with_addresses(message.text or message.caption, message.entities or message.caption_entities)


def _all_words(message: Worded) -> str:
    return words_of(message) or words_in(message)


def quoted_of(message: Message, bot: int) -> tuple[Quoted, ...]:
    """The forwarded message itself; else what is answered: the quote where one was chosen, else all of it."""
    if message.forward_origin is not None:
        origin = message.forward_origin
        return (Quoted("forward", _all_words(message), _name_of(origin, bot), files=names_of(message)),)
    replied, external = message.reply_to_message, message.external_reply
    if message.reply_to_story is not None:
        return (Quoted("reply", "", message.reply_to_story.chat.title, files=("story",)),)
    if external is not None:
        return (_external(message, external, bot),)
    if replied is None or replied.forum_topic_created is not None:  # every message of a topic “answers” its beginning
        return (_reply(message, Replied(), bot),) if message.quote is not None else ()
    return (_reply(message, replied, bot),)


def files_referred(message: Message, bot: int) -> tuple[IncomingFile, ...]:
    """The files of what is answered, as far as a bot may fetch them; the bot's own are known already."""
    replied = message.external_reply or message.reply_to_message
    if message.forward_origin is not None or replied is None:
        return ()
    if isinstance(replied, Replied) and replied.sender is not None and replied.sender.id == bot:
        return ()
    fetched = [file for file in files_of(replied) if (file.size or 0) <= FETCHED_BYTES]
    return tuple(replace(file, of_others=True) for file in fetched)


def answered_of(message: Message, bot: int) -> str | None:
    """The id of the bot's own message that is answered."""
    replied = message.reply_to_message
    if message.forward_origin is not None or replied is None or replied.forum_topic_created is not None:
        return None
    own = replied.sender is not None and replied.sender.id == bot
    return str(replied.message_id) if own and replied.message_id else None


def _reply(message: Message, replied: Replied, bot: int) -> Quoted:
    quote = message.quote
    text = with_addresses(quote.text, quote.entities) if quote is not None else _all_words(replied)
    who = _name_of(replied.forward_origin, bot) if replied.forward_origin is not None else None
    who = who or _sender_of(replied.sender, replied.sender_chat, bot)
    return Quoted("quote" if quote is not None else "reply", text, who, files=names_of(replied))


def _external(message: Message, external: External, bot: int) -> Quoted:
    quote = message.quote
    return Quoted(
        "quote" if quote is not None else "reply",
        with_addresses(quote.text, quote.entities) if quote is not None else words_in(external),
        _name_of(external.origin, bot) if external.origin is not None else None,
        external.chat.title if external.chat is not None else None,
        names_of(external),
    )


def _name_of(origin: Origin, bot: int) -> str | None:
    """Who said it first: a person, one who hides their account, a group, or a channel and who signed there."""
    if origin.sender_user is not None:
        return name_of(origin.sender_user, bot)
    chat = origin.sender_chat or origin.chat
    named = origin.sender_user_name or (chat.title if chat is not None else None)
    return f"{origin.author_signature} ({named})" if origin.author_signature and named else named or None


def _sender_of(sender: User | None, chat: Chat | None, bot: int) -> str | None:
    """Whoever writes for a group or a channel does so under its name."""
    if chat is not None and chat.title:
        return chat.title
    return name_of(sender, bot) if sender is not None else None


def name_of(user: User, bot: int) -> str:
    if user.id == bot:
        return LEGWORK
    return " ".join(filter(None, (user.first_name, user.last_name))) or user.username or "somebody"

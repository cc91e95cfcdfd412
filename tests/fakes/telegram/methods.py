"""The methods of the Bot API that are served, each as a function of the server and the checked arguments."""

from collections.abc import Awaitable, Callable, Mapping
from time import time
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram import content
from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.spec import Upload
from tests.fakes.telegram.world import DEFAULT_UPDATES, Chat, Json, StoredFile, document

if TYPE_CHECKING:
    from tests.fakes.telegram.server import FakeTelegram

Method = Callable[["FakeTelegram", Json], Awaitable[Any]]


async def get_me(fake: "FakeTelegram", given: Json) -> Json:
    flags = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    required = {"has_topics_enabled": False, "allows_users_to_create_topics": False, "can_manage_bots": False}
    return {**fake.world.bot, **flags, **required, **fake.world.abilities}


async def send_message(fake: "FakeTelegram", given: Json) -> Json:
    chat = _open_chat(fake, given)
    written = content.text(given)
    fake.careless += written.careless
    options = given.get("link_preview_options")
    return _said(
        fake,
        chat,
        given,
        text=written.text,
        entities=written.entities or None,
        link_preview_options=options if options and options.get("is_disabled") else None,
    )


async def send_message_draft(fake: "FakeTelegram", given: Json) -> bool:
    chat = _open_chat(fake, given)
    if chat.type != "private":
        raise bad("TEXTDRAFT_PEER_INVALID")
    if given["draft_id"] == 0:
        raise bad("RANDOM_ID_INVALID")
    chat.drafts[given["draft_id"]] = content.text(given, empty=True).text
    return True


async def send_photo(fake: "FakeTelegram", given: Json) -> Json:
    chat = _open_chat(fake, given)
    sent = content.upload(given, "photo")
    content.check_photo(sent)
    return _sent_file(fake, chat, given, sent, "photos", lambda file: {"photo": fake.world.sizes(file)})


async def send_document(fake: "FakeTelegram", given: Json) -> Json:
    chat = _open_chat(fake, given)
    sent = content.upload(given, "document")
    return _sent_file(fake, chat, given, sent, "documents", lambda file: {"document": document(file)})


def _sent_file(
    fake: "FakeTelegram", chat: Chat, given: Json, sent: Upload, folder: str, shown: Callable[[StoredFile], Json]
) -> Json:
    written = content.caption(given)
    fake.careless += written.careless
    file = fake.world.add_file(sent.name, sent.mime_type, sent.content, folder)
    entities = written.entities or None
    return _said(fake, chat, given, caption=written.text or None, caption_entities=entities, **shown(file))


async def send_chat_action(fake: "FakeTelegram", given: Json) -> bool:
    chat = _open_chat(fake, given)
    chat.actions.append(given["action"])
    return True


async def edit_message_text(fake: "FakeTelegram", given: Json) -> Json:
    message = _own_message(fake, given)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    written = content.text(given)
    fake.careless += written.careless
    return _changed(message, {"text": written.text, "entities": written.entities or None}, content.keyboard(given))


async def edit_message_reply_markup(fake: "FakeTelegram", given: Json) -> Json:
    return _changed(_own_message(fake, given), {}, content.keyboard(given))


async def delete_message(fake: "FakeTelegram", given: Json) -> bool:
    chat = _open_chat(fake, given)
    if chat.messages.pop(given["message_id"], None) is None:
        raise bad("message to delete not found")
    return True


async def answer_callback_query(fake: "FakeTelegram", given: Json) -> bool:
    if fake.world.callbacks.get(given["callback_query_id"], "") is not None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(given.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    fake.world.callbacks[given["callback_query_id"]] = given.get("text", "")
    return True


_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)
_MAY = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics"),
    *("can_edit_tag", "can_react_to_messages"),
)


async def get_chat_member(fake: "FakeTelegram", given: Json) -> Json:
    chat = fake.world.chat(given["chat_id"])
    user = fake.world.users.get(given["user_id"])
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    return chat_member(user, chat.ranks.get(user["id"], "member"))


def chat_member(user: Json, status: str) -> Json:
    """https://core.telegram.org/bots/api#chatmember"""
    more: dict[str, Json] = {
        "creator": {"is_anonymous": False},
        "administrator": {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(_RIGHTS, True)},
        "restricted": {"is_member": True, "until_date": 0, **dict.fromkeys(_MAY, True)},
        "kicked": {"until_date": 0},
    }
    return {"status": status, "user": user, **more.get(status, {})}


async def get_file(fake: "FakeTelegram", given: Json) -> Json:
    file = fake.world.files.get(given["file_id"])
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > content.DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {
        "file_id": given["file_id"],
        "file_unique_id": document(file)["file_unique_id"],
        "file_size": len(file.content),
        "file_path": file.path,
    }


async def set_my_commands(fake: "FakeTelegram", given: Json) -> bool:
    commands: list[Json] = given["commands"]
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, about = str(command["command"]), str(command["description"])
        if not (1 <= len(name) <= 32 and name.replace("_", "a").isalnum() and name == name.lower() and name.isascii()):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(about) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = (given.get("scope") or {"type": "default"})["type"]
    fake.world.commands[scope] = commands
    return True


async def get_updates(fake: "FakeTelegram", given: Json) -> list[Json]:
    return await fake.updates.poll(
        offset=given.get("offset", 0),
        limit=given.get("limit", 100),
        timeout=given.get("timeout", 0),
        allowed=given.get("allowed_updates"),
    )


async def set_webhook(fake: "FakeTelegram", given: Json) -> bool:
    url: str = given["url"]
    if url and not url.startswith(("https://", "http://127.0.0.1:")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = given.get("secret_token")
    if secret is not None and not (1 <= len(secret) <= 256 and secret.replace("-", "_").replace("_", "a").isalnum()):
        raise bad("secret token contains unallowed characters")
    fake.updates.wants(given.get("allowed_updates"))
    if given.get("drop_pending_updates"):
        fake.world.queue.clear()
    await fake.updates.hook(url, secret)
    return True


async def delete_webhook(fake: "FakeTelegram", given: Json) -> bool:
    if given.get("drop_pending_updates"):
        fake.world.queue.clear()
    await fake.updates.hook("", None)
    return True


async def get_webhook_info(fake: "FakeTelegram", given: Json) -> Json:
    info: Json = {"url": fake.updates.url, "has_custom_certificate": False}
    info["pending_update_count"] = len(fake.world.queue)
    if fake.updates.failed is not None:
        info["last_error_date"], info["last_error_message"] = fake.updates.failed
    return info | ({} if fake.world.wanted == DEFAULT_UPDATES else {"allowed_updates": sorted(fake.world.wanted)})


def _open_chat(fake: "FakeTelegram", given: Json) -> Chat:
    """The chat written to. Raises Refusal where it is closed to the bot, full, or has no such topic."""
    chat = fake.world.chat(given["chat_id"])
    fake.check_open(chat)
    topic = given.get("message_thread_id")
    if topic is not None and topic not in chat.topics:
        raise bad("message thread not found")
    if topic in chat.closed_topics:
        raise bad("TOPIC_CLOSED")
    return chat


def _own_message(fake: "FakeTelegram", given: Json) -> Json:
    chat = fake.world.chat(given["chat_id"])
    fake.check_open(chat)
    message = chat.messages.get(given["message_id"])
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != fake.world.bot["id"]:
        raise bad("message can't be edited")
    return message


def _said(fake: "FakeTelegram", chat: Chat, given: Json, **parts: Any) -> Json:
    topic = given.get("message_thread_id")
    message = fake.world.add_message(
        chat,
        fake.world.bot,
        **parts,
        reply_to_message=_replied(chat, given),
        message_thread_id=topic,
        is_topic_message=True if topic is not None else None,
        reply_markup=content.keyboard(given),
    )
    if chat.type == "private":
        chat.drafts.clear()  # what was being written has been said
    return message


def _replied(chat: Chat, given: Json) -> Json | None:
    """The message that is replied to, as it is shown in the reply. Raises Refusal where it is not there."""
    asked: Json | None = given.get("reply_parameters")
    if asked is None:
        return None
    original = chat.messages.get(asked["message_id"])
    if original is None or original.get("message_thread_id") != given.get("message_thread_id"):
        if asked.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    return {name: value for name, value in original.items() if name != "reply_to_message"}


def _changed(message: Json, parts: Json, keyboard: Json | None) -> Json:
    now = {**parts, "reply_markup": keyboard}
    if all(message.get(name) == value for name, value in now.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    for name, value in now.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    message["edit_date"] = int(time())
    return message


METHODS: Mapping[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "sendMessage": send_message,
    "sendMessageDraft": send_message_draft,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "getFile": get_file,
    "getChatMember": get_chat_member,
}

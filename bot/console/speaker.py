"""What a person at the console says, as events of the chat."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

from bot.console import attachments
from bot.console.seat import Seat
from bot.console.session import Conversation
from domain.conversations.ports import Incoming, Press


class Speaker:
    """Sends in the name of one person. The first text of a session begins a new thread."""

    def __init__(self, conversation: Conversation, seat: Seat) -> None:
        self._conversation = conversation
        self._seat = seat
        self._begun = False

    async def say(self, text: str, files: Sequence[Path] = ()) -> UUID | None:
        """Send a text with local files, which have been checked before."""
        new_thread, self._begun = not self._begun, True
        sent = tuple(attachments.incoming(path) for path in files)
        return await self._send(text=text, files=sent, new_thread=new_thread)

    async def press(self, press: Press) -> UUID | None:
        return await self._send(press=press)

    async def _send(
        self,
        *,
        text: str = "",
        files: tuple[attachments.IncomingFile, ...] = (),
        new_thread: bool = False,
        press: Press | None = None,
    ) -> UUID | None:
        address = self._seat.address
        return await self._conversation.send(
            Incoming(
                platform=address.platform,
                workspace=address.workspace,
                chat=address.chat,
                person=self._seat.person,
                person_name=self._seat.person,
                timezone=self._seat.timezone,
                event_key=str(uuid4()),
                new_thread=new_thread,
                text=text,
                files=files,
                press=press,
            )
        )

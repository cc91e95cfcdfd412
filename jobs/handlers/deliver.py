"""Jobs that bring what was said to the platforms."""

from uuid import UUID

from domain.core.queue import Held
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.chat import deliver
from domain.flow.deliver.lost import follow
from domain.flow.deliver.mail import mail
from domain.flow.deliver.private import tell_privately


async def handle_deliver(legwork: Legwork, held: Held) -> None:
    await deliver(legwork, held, UUID(held.job.data["chat_id"]))


async def handle_follow(legwork: Legwork, held: Held) -> None:
    await follow(legwork, held, UUID(held.job.data["chat_id"]))


async def handle_private(legwork: Legwork, held: Held) -> None:
    await tell_privately(held, held.job.data)


async def handle_mail(legwork: Legwork, held: Held) -> None:
    await mail(legwork, held, UUID(held.job.data["mailed_id"]))

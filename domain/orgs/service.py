"""Organizations, and who belongs to them.

A membership is what people have decided, or where nobody has, what the platform says of the person there: its
``standing``, which is followed when it changes. Only an active one counts. Whoever was removed or suspended stays so
until people let them in again, whatever they write and whatever the platform says.
"""

from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import SYSTEM, Actor, record
from domain.core.db import Session
from domain.core.errors import NotFound, Refused
from domain.orgs import repository
from domain.orgs.access import Admission, Role, Standing, rank
from domain.orgs.standings import GONE, STRANGER, followed, is_decided, is_said, role_by, status_by


async def own(session: Session, user_id: UUID, name: str | None, admission: Admission = Admission.ADMITTED) -> UUID:
    """A person's own organization, made the first time: theirs, and nobody else's."""
    org_id = await named(session, slug=f"person-{user_id}", name=name or "Personal", admission=admission)
    await join(session, org_id, user_id, may_own=True)
    return org_id


async def named(session: Session, *, slug: str, name: str, admission: Admission = Admission.ADMITTED) -> UUID:
    """The organization with that slug, made the first time, when it stands as ``admission`` says."""
    org_id = await repository.add(session, slug, name, admission) or await repository.find(session, slug)
    if org_id is None:
        raise NotFound(f"The organization {name} is gone.")
    return org_id


# -- what the platform says -------------------------------------------------------------------------------


async def join(
    session: Session,
    org_id: UUID,
    user_id: UUID,
    *,
    may_own: bool = False,
    standing: str | None = None,
    elsewhere: bool = False,
) -> None:
    """What becomes of somebody who turns up where they were not known before: a row, unless there is one.

    ``standing``: as the platform says they stand there. None: it does not say such things; then whoever is the first
    that ``may_own`` owns the organization. ``elsewhere``: they stand so in a chat that was given to the organization,
    where nobody is more than a member of it, and strangers are who they are of wherever it comes from.
    """
    organization = await repository.joined(session, org_id)
    if organization is None:
        raise NotFound("The organization is gone.")
    role = role_by(standing)
    await repository.add_member(
        session,
        org_id,
        user_id,
        min(role, Role.MEMBER, key=rank) if elsewhere else role,
        may_own=may_own and standing is None and not elsewhere,
        status=status_by(organization["admission"], standing, serves=organization["settings"].get("strangers") is True),
        standing=standing if is_said(standing) and (not elsewhere or standing == STRANGER) else None,
    )


async def follow(session: Session, org_id: UUID, user_id: UUID, standing: str) -> None:
    """The platform says that somebody stands otherwise than before: their role goes along.

    A role that people gave is lowered by it, never raised; nobody whom people let in is shut out because the platform
    is heard of for the first time; and whom people made the last owner stays that, wherever they have gone. For whose
    account was closed nothing is done meanwhile, whoever let them in and whatever they own.
    """
    organization = await repository.hold(session, org_id)
    before = await repository.member(session, org_id, user_id)
    if organization is None or before is None or standing == before["standing"] or not is_said(standing):
        return
    role, status = followed(before, standing), before["status"]
    closed = GONE in (standing, before["standing"])
    if status not in (Standing.SUSPENDED, Standing.REMOVED) and (
        closed or not is_decided(before) or before["standing"] is not None
    ):
        status = status_by(organization["admission"], standing, serves=bool(organization["strangers"]))
    if is_decided(before) and await _nobody_else_owns(session, org_id, user_id, before):
        role = before["role"]  # people made them that, and nobody else runs it
        status = status if closed else before["status"]
    await repository.follow(session, org_id, user_id, role=role, status=status, standing=standing)
    if (role, status) != (before["role"], before["status"]):
        told = {"role": [before["role"], role], "status": [before["status"], status], "standing": standing}
        record(session, "member.follow", org_id=org_id, actor=SYSTEM, resource=("user", user_id), details=told)


async def _nobody_else_owns(session: Session, org_id: UUID, user_id: UUID, member: RowMapping) -> bool:
    """Whether they are the last owner, or were it when their account was closed."""
    if member["role"] == Role.OWNER and member["standing"] == GONE:
        return not await repository.has_other_owners(session, org_id, user_id)
    return await repository.is_last_owner(session, org_id, user_id)


# -- what people decide -----------------------------------------------------------------------------------


async def take_in(session: Session, org_id: UUID, user_id: UUID, role: Role, *, by: Actor) -> None:
    """Make somebody a member in that role, whatever they were: new, removed, suspended, or a stranger. Who is active
    already keeps the higher role.
    """
    organization = await _held(session, org_id)
    before = await repository.member(session, org_id, user_id)
    if before is not None and before["status"] == Standing.ACTIVE:
        role = max(role, Role(before["role"]), key=rank)
        if role == before["role"]:
            return
    status = Standing.ACTIVE if organization["admission"] == Admission.ADMITTED else Standing.WAITING
    await _decide(session, org_id, user_id, before, role=role, status=status, by=by, action="member.take_in")


async def remove(session: Session, org_id: UUID, user_id: UUID, *, by: Actor) -> None:
    """They are no member any more, by somebody's decision or their own. Raises NotFound, Refused (the last owner)."""
    await _put_out(session, org_id, user_id, Standing.REMOVED, by=by, action="member.remove")


async def suspend(session: Session, org_id: UUID, user_id: UUID, *, by: Actor) -> None:
    """They may do nothing until they are let in again (``restore``). Raises NotFound, Refused (the last owner)."""
    await _put_out(session, org_id, user_id, Standing.SUSPENDED, by=by, action="member.suspend")


async def restore(session: Session, org_id: UUID, user_id: UUID, *, by: Actor) -> None:
    """Let in again who was suspended or removed, in the role they had. Raises NotFound, Refused (a stranger)."""
    organization, before = await _held(session, org_id), await _member(session, org_id, user_id)
    serves = bool(organization["strangers"])
    if status_by(Admission.ADMITTED, before["standing"], serves=serves) is Standing.STRANGER:
        raise Refused(
            "By the platform they are no member of what this organization stands for.",
            remedy="“/org remove NAME” and then “/org invite NAME” take them in all the same.",
        )
    if before["status"] != Standing.ACTIVE:
        await take_in(session, org_id, user_id, Role(before["role"]), by=by)


async def set_role(session: Session, org_id: UUID, user_id: UUID, role: Role, *, by: Actor) -> None:
    """Give a member another role. Raises NotFound, Refused (the last owner)."""
    await _held(session, org_id)
    before = await _member(session, org_id, user_id)
    if before["status"] in (Standing.REMOVED, Standing.STRANGER):
        raise NotFound("They are no member here.", remedy="Invite them first.")
    if before["role"] == role:
        return
    if role is not Role.OWNER:
        await _keep_an_owner(session, org_id, user_id)
    await _decide(session, org_id, user_id, before, role=role, status=before["status"], by=by, action="member.role")


async def serve_strangers(session: Session, org_id: UUID, *, serves: bool, by: Actor) -> None:
    """Whether people of elsewhere who share a chat with the organization may have work done there, as members may."""
    await _held(session, org_id)
    await repository.set_setting(session, org_id, "strangers", serves)
    before, now = (Standing.STRANGER, Standing.ACTIVE) if serves else (Standing.ACTIVE, Standing.STRANGER)
    await repository.move_all(session, org_id, before, now, standing=STRANGER)
    record(session, "org.strangers", org_id=org_id, actor=by, resource=("org", org_id), details={"serves": serves})


async def merge(session: Session, before: UUID, now: UUID) -> None:
    """Who belongs to the one belongs to the other, as far as that is let in; who owns or runs that, or was put out of
    it, stays as it was."""
    organization = await repository.joined(session, now)
    if organization is None:
        raise NotFound("The organization is gone.")
    for each in await repository.members(session, before):
        if each["status"] not in (Standing.SUSPENDED, Standing.REMOVED):
            role = Role.VIEWER if each["role"] == Role.VIEWER else Role.MEMBER
            standing = STRANGER if each["status"] == Standing.STRANGER else None
            status = status_by(organization["admission"], standing, serves=False)
            await repository.add_member(session, now, each["user_id"], role, status=status)


async def keep_out(session: Session, before: UUID, now: UUID) -> None:
    """Who was put out of the one is out of the other as well, unless that knows them."""
    for each in await repository.members(session, before):
        if each["status"] in (Standing.SUSPENDED, Standing.REMOVED):
            await repository.add_member(session, now, each["user_id"], Role.VIEWER, status=each["status"])


async def _put_out(session: Session, org_id: UUID, user_id: UUID, status: Standing, *, by: Actor, action: str) -> None:
    await _held(session, org_id)
    before = await _member(session, org_id, user_id)
    if before["status"] == status:
        return
    await _keep_an_owner(session, org_id, user_id)
    await _decide(session, org_id, user_id, before, role=Role(before["role"]), status=status, by=by, action=action)


async def _decide(
    session: Session,
    org_id: UUID,
    user_id: UUID,
    before: RowMapping | None,
    *,
    role: Role,
    status: str,
    by: Actor,
    action: str,
) -> None:
    await repository.decide(session, org_id, user_id, role=role, status=status, by=by.id)
    await repository.decide_accounts(session, org_id, user_id, role=role, status=status, by=by.id)
    was = (before["role"], before["status"]) if before is not None else (None, None)
    told = {"role": [was[0], role], "status": [was[1], status]}
    record(session, action, org_id=org_id, actor=by, resource=("user", user_id), details=told)


async def _keep_an_owner(session: Session, org_id: UUID, user_id: UUID) -> None:
    """Whoever holds the organization (``_held``) is alone with its owners: of two that go at once one stays."""
    if await repository.is_last_owner(session, org_id, user_id):
        raise Refused(
            "That is the last owner of the organization, which cannot be without one.",
            remedy="Make somebody else an owner first.",
            code="last_owner",
        )


async def _held(session: Session, org_id: UUID) -> RowMapping:
    found = await repository.hold(session, org_id)
    if found is None:
        raise NotFound("There is no such organization.")
    return found


async def _member(session: Session, org_id: UUID, user_id: UUID) -> RowMapping:
    found = await repository.member(session, org_id, user_id)
    if found is None:
        raise NotFound("There is no such member here.")
    return found


# -- what is asked ----------------------------------------------------------------------------------------


async def role_of(session: Session, org_id: UUID, user_id: UUID) -> Role | None:
    """What they are there now; None: no member, or no active one."""
    found = await repository.member(session, org_id, user_id)
    return Role(found["role"]) if found is not None and found["status"] == Standing.ACTIVE else None


async def home(session: Session, user_id: UUID, besides: UUID) -> UUID | None:
    """Another organization in which they may have work done: their own, else the one that took them in last."""
    return await repository.home(session, user_id, besides)


async def is_to_be_told(session: Session, org_id: UUID, user_id: UUID) -> bool:
    """Whether to tell somebody that they are not let in; true once a day, and noted."""
    return await repository.tell(session, org_id, user_id)


async def exists(session: Session, org_id: UUID) -> bool:
    return await repository.organization(session, org_id) is not None


async def is_refused(session: Session, org_id: UUID) -> bool:
    """Whether whoever runs the installation does not let the organization in."""
    found = await repository.organization(session, org_id)
    return found is not None and found["admission"] == Admission.REFUSED


async def outside(session: Session, org_id: UUID, user_id: UUID) -> tuple[str, str]:
    """What is told somebody who is no member, or no active one, and the remedy; no Markdown."""
    name = await called(session, org_id)
    found = await repository.member(session, org_id, user_id)
    match found["status"] if found is not None else None:
        case Standing.SUSPENDED:
            return f"Your membership of {name} is suspended.", "An admin can let you in again."
        case Standing.REMOVED:
            return f"You are no longer a member of {name}.", "An admin can invite you again."
        case Standing.STRANGER:
            return f"Here I work for members of {name} only.", "One of its admins can invite you."
        case _:
            return f"You are not a member of {name}.", "An admin can invite you."


async def called(session: Session, org_id: UUID) -> str:
    """What the organization is called, to whoever is in one of its chats; where nobody named it, what it is."""
    return await known_name(session, org_id) or "this workspace"


async def known_name(session: Session, org_id: UUID) -> str | None:
    """What the organization is called; None where nobody has named it."""
    found = await repository.organization(session, org_id)
    return found["name"] if found is not None and found["name"] != found["slug"] else None

"""``/profile``: what Legwork knows of you, and when you are told of things."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping

from bot.commands.declare import Call, Noun, Verb
from bot.commands.pages import moment
from domain.conversations.said import Details, Listing, Note, Said
from domain.core.errors import Invalid, NotFound
from domain.core.text import literal
from domain.identity import notifications, profile, profiles, repository, sessions
from domain.orgs.access import Permission


async def _read(call: Call) -> RowMapping:
    async with call.session.system("a person's profile is of no organization"):
        row = await profiles.of(call.session, call.person.user_id)
    if row is None:
        raise NotFound("Nothing is kept of you yet.")
    return row


async def _change(call: Call, field: str, **values: Any) -> None:
    """Keep it; the audit trail says which field it was, and not what it says."""
    call.noted.details["field"] = field
    async with call.session.system("a person's profile is of no organization"):
        await profiles.change(call.session, call.person.user_id, **values)


async def _rename(call: Call, field: str, **values: Any) -> None:
    call.noted.details["field"] = field
    async with call.session.system("a person's profile is of no organization"):
        await profiles.rename(call.session, call.person.user_id, **values)


async def _show(call: Call) -> Sequence[Said]:
    row = await _read(call)
    fields = (
        ("name", row["name"]),
        ("first name", row["first_name"]),
        ("last name", row["last_name"]),
        ("mail", row["email"]),
        ("time zone", row["timezone"]),
        ("locale", row["locale"]),
        ("airlines", ", ".join(row["preferred_airlines"])),
        ("cabin", row["preferred_cabin_class"]),
        ("frequent flyer", ", ".join(" ".join(each) for each in sorted(row["frequent_flyer_numbers"].items()))),
        *sorted(row["social_accounts"].items()),
        *((what, row[f"{what}_url"]) for what in profile.WORK),
        ("told of", notifications.read(row["notifications"]).as_words()),
    )
    shown = tuple((what, value) for what, value in fields if value)
    return (Details(title="Your profile", fields=shown, text="`/help profile` says how to change it."),)


_CALLED = {"name": "name", "first-name": "first_name", "last-name": "last_name"}


async def _set(call: Call) -> Sequence[Said]:
    field, _ = call.word(0, "what").lower(), call.word(1, "what it is")
    gone = _is_gone(written := call.rest(1))
    if field == "locale":
        value = None if gone else profile.locale(written)
        await _change(call, field, locale=value)
    elif field in _CALLED and not (gone and field == "name"):
        value = None if gone else profile.name(written)
        await _rename(call, field, **{_CALLED[field]: value})
    else:
        raise Invalid(
            f"“{field[:40]}” cannot be set so." if field not in _CALLED else "A name cannot be nothing.",
            remedy="There are name, first-name, last-name and locale; the rest has verbs of its own.",
        )
    return (Note(text=f"Your {field} is {literal(value)} now." if value else f"Your {field} is not set any more."),)


async def _timezone(call: Call) -> Sequence[Said]:
    if not call.words:
        return (
            Note(text=f"Your time zone is {call.person.timezone_name}. `/profile timezone Europe/Berlin` sets it."),
        )
    zone = profile.zone(call.rest())
    await _change(call, "timezone", timezone=zone)
    return (Note(text=f"Times are shown to you as they are in {zone} from now on."),)


async def _travel(call: Call) -> Sequence[Said]:
    what = call.word(0, "airlines, cabin or number").lower()
    written = call.rest(1)
    if what == "airlines":
        codes = [] if _is_gone(written) else profile.airlines(written)
        await _change(call, what, preferred_airlines=codes)
        return (Note(text=f"Airlines you like: {', '.join(codes)}." if codes else "No airline is preferred any more."),)
    if what == "cabin":
        cabin = None if _is_gone(written) else profile.cabin(written)
        await _change(call, what, preferred_cabin_class=cabin)
        return (Note(text=f"You fly {cabin} class." if cabin else "No cabin class is preferred any more."),)
    if what == "number":
        airline, _ = call.word(1, "the airline"), call.word(2, "the number")
        kept = dict((await _read(call))["frequent_flyer_numbers"])
        if _is_gone(call.rest(2)):
            kept.pop(airline.upper(), None)
        else:
            airline, number = profile.flyer(airline, call.rest(2))
            kept[airline] = number
        await _change(call, what, frequent_flyer_numbers=_few(kept))
        kept_is = "is kept" if airline in kept else "is not kept any more"
        return (Note(text=f"Your number with {airline.upper()} {kept_is}."),)
    raise Invalid(f"“{what[:40]}” is nothing of travelling.", remedy="There are airlines, cabin and number.")


async def _social(call: Call) -> Sequence[Said]:
    network, written = profile.network(call.word(0, "the network")), call.word(1, "the address there")
    kept = dict((await _read(call))["social_accounts"])
    if _is_gone(written):
        kept.pop(network, None)
    else:
        kept[network] = profile.address(written)
    await _change(call, network, social_accounts=_few(kept))
    return (Note(text=f"Your account on {network} {'is kept' if network in kept else 'is not kept any more'}."),)


async def _work(call: Call) -> Sequence[Said]:
    what, written = call.word(0, "resume, linkedin, github or portfolio").lower(), call.word(1, "its address")
    if what not in profile.WORK:
        raise Invalid(f"“{what[:40]}” is nothing of work.", remedy=f"There are {', '.join(profile.WORK)}.")
    where = None if _is_gone(written) else profile.address(written)
    await _change(call, what, **{f"{what}_url": where})
    return (Note(text=f"Your {what} {'is kept' if where else 'is not kept any more'}."),)


def _is_gone(written: str) -> bool:
    return written.strip().lower() in profile.NONE


def _few(kept: dict[str, str]) -> dict[str, str]:
    if len(kept) > profile.MOST:
        raise Invalid(f"{profile.MOST} of them are the most.", remedy="Take one away first, with “none”.")
    return kept


async def _notifications(call: Call) -> Sequence[Said]:
    stored = dict((await _read(call))["notifications"])
    if not call.words:
        words = notifications.read(stored).as_words()
        return (Note(text=f"You are told of: {words}. `/profile notifications done daily` changes one."),)
    what, _ = call.words[0].lower(), call.word(1, "when")
    written = call.rest(1)
    if what == "quiet":
        stored.pop("quiet", None)
        if not _is_gone(written) and written.lower() != "off":
            stored["quiet"] = [f"{at:%H:%M}" for at in notifications.span(written)]
    else:
        kind = notifications.kind(what)
        stored[kind] = notifications.when(written, kind)
    chosen = notifications.read(stored)
    await _change(call, what, notifications=chosen.as_json())
    return (Note(text=f"You are told of: {chosen.as_words()}. What asks you is told at once, whatever the hour."),)


async def _sessions(call: Call) -> Sequence[Said]:
    async with call.session.system("browsers are signed in as a person, in no organization"):
        rows = await sessions.open_of(call.session, call.person.user_ids)
    zone = call.person.timezone
    return (
        Listing(
            title="Browsers that are signed in as you",
            columns=("since", "until", "browser"),
            rows=tuple((moment(one.created_at, zone), moment(one.expires_at, zone), one.browser) for one in rows),
            empty="No browser is signed in as you.",
            footer="“/profile sessions end all” signs every one out." if rows else "",
        ),
    )


async def _end_all(call: Call) -> Sequence[Said]:
    if call.word(0, "“all”").lower() != "all":
        raise Invalid("Browsers are signed out all at once.", remedy="“/profile sessions end all” does it.")
    async with call.session.system("browsers are signed in as a person, in no organization"):
        ids = await repository.ids_of(call.session, call.person.user_id)
        ended = await sessions.end_all(call.session, ids)
    return (Note(text=f"{ended} browser{'s' if ended != 1 else ''} signed out." if ended else "None was signed in."),)


OWN = Permission.OWN_DATA


def _verb(name: str, summary: str, example: str, run: Any) -> Verb:
    """What is said of oneself is answered where nobody reads along."""
    return Verb(name, summary, example, run, OWN, personal=True, private=True)


NOUN = Noun(
    "profile",
    "what I know of you, and when you are told of things",
    (
        Verb("show", "all of it", "/profile show", _show, personal=True, private=True),
        _verb("set", "name, first-name, last-name or locale", "/profile set name Mara Nowak", _set),
        _verb("timezone", "how times are shown to you", "/profile timezone Europe/Berlin", _timezone),
        _verb("travel", "airlines, cabin, frequent flyer numbers", "/profile travel airlines LH, KL", _travel),
        _verb("social", "your other networks", "/profile social mastodon https://mastodon.social/@mara", _social),
        _verb("work", "resume, linkedin, github, portfolio", "/profile work github https://github.com/mara", _work),
        _verb(
            "notifications",
            "done, failed, budget, news: at once, daily or off; quiet hours",
            "/profile notifications quiet 22:00-07:00",
            _notifications,
        ),
        Verb(
            "sessions list", "browsers that are signed in", "/profile sessions", _sessions, personal=True, private=True
        ),
        _verb("sessions end", "signs all of them out", "/profile sessions end all", _end_all),
    ),
)

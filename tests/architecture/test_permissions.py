"""Every way in says what it needs, and the document has it."""

import ast
from collections.abc import Iterator, Mapping

from bot import permissions
from bot.commands.table import NOUNS
from bot.slack import forms, oauth
from domain.conversations.said import Button
from domain.flow.understand import at_hand, show_lost, steer
from domain.flow.understand.acts import PRESSES
from domain.identity import magic_links
from domain.orgs.access import Permission
from tests.architecture.source import files, tree


def test_every_button_says_what_it_needs() -> None:
    listed = {way.name for way in permissions.presses()}
    handled = {*steer.ACTIONS, *steer.BEGINNING, at_hand.STOP_ALL, at_hand.STOP_THREAD, show_lost.SHOW}
    assert handled - set(PRESSES) == set()
    assert set(_made(Button.__name__, "action")) - listed == set()


def test_every_form_says_what_it_needs() -> None:
    callbacks = {value for name, value in vars(forms).items() if name in ("COMMAND", "GIVE")}
    assert {*_made("_modal", 0)} <= {"COMMAND", "GIVE"}
    assert callbacks == set(permissions.FORMS)


def test_every_route_says_who_may() -> None:
    assert {*_routes()} == set(permissions.ROUTES)


def test_a_command_that_needs_no_role_changes_nothing() -> None:
    """What only reads is for viewers, and what is for viewers only reads, unless it says that it is written down."""
    reading = [f"{noun.name} {verb.name}" for noun in NOUNS for verb in noun.verbs if verb.permission is Permission.SEE]
    assert {"tasks list", "tasks show", "threads list", "help show"} <= set(reading)
    assert not {"tasks stop", "tools run", "threads rename"} & set(reading)


def _made(name: str, argument: str | int) -> Iterator[str]:
    """What the calls of that name are given there, where it is written out."""
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                given = _given(node, argument)
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value
                elif isinstance(given, ast.Name) and isinstance(argument, int):
                    yield given.id


def _given(call: ast.Call, argument: str | int) -> ast.expr | None:
    if isinstance(argument, int):
        return call.args[argument] if len(call.args) > argument else None
    return next((keyword.value for keyword in call.keywords if keyword.arg == argument), None)


def _routes() -> Iterator[str]:
    """The paths of all routes in the source; what is put in is named by its last word."""
    for path in files():
        if not path.as_posix().startswith("bot/"):
            continue
        constants = dict(_ELSEWHERE) | {
            target.id: node.value.value
            for node in tree(path).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Route" and node.args:
                yield _path(node.args[0], constants)


def _path(written: ast.expr, constants: Mapping[str, object]) -> str:
    if isinstance(written, ast.Name):
        return str(constants[written.id])
    if isinstance(written, ast.JoinedStr):
        return "".join(_part(part, constants) for part in written.values)
    assert isinstance(written, ast.Constant)
    return str(written.value)


def _part(part: ast.expr, constants: Mapping[str, object]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return str(constants.get(ast.unparse(part.value), "{bot}"))


_ELSEWHERE: Mapping[str, object] = {
    "magic_links.PATH": magic_links.PATH,
    "INSTALL": oauth.INSTALL,
    "OAUTH": oauth.OAUTH,
}
"""Constants of other modules."""

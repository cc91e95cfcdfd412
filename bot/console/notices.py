"""What the console itself has to say, beside what Legwork says in the chat."""

from bot.console.look import Screen
from bot.console.render import render
from bot.views import compose
from bot.views.blocks import Line
from domain.conversations.said import Problem
from domain.core.errors import LegworkError


async def say_line(screen: Screen, text: str) -> None:
    """A quiet line of the console's own."""
    await screen.show(render((Line(text, "quiet"),), screen.look))


async def say_problem(screen: Screen, error: LegworkError) -> None:
    """What went wrong, and the remedy."""
    problem = Problem(sentence=error.sentence, remedy=error.remedy or "")
    await screen.show(f"{render(compose(problem), screen.look)}\n")

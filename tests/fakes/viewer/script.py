"""What Mara says and presses on either platform."""

from pathlib import Path

TABLE = Path(__file__).parents[3] / "docs" / "examples" / "leads.csv"
CHANGED = "What changed in these leads?"
BY_BRANCH = "and by branch?"
BARS = "and booked by branch, as a bar chart?"
ASK = "ask me which branch to look at next"
BRANCH = "Hillside"
ALERT = 'send a POST to https://ops.example.com/alerts with {"low": "Hillside"}'

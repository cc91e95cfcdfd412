"""``python -m bot``: listens on every chat platform that is configured."""

import sys

from bot.hearing import hear
from bot.process import run

if __name__ == "__main__":
    sys.exit(run(hear))

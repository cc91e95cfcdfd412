"""``python -m jobs``: worker, web and bot as one process. See ``together``."""

import sys

from bot.process import run
from jobs.together import together

if __name__ == "__main__":
    sys.exit(run(together))

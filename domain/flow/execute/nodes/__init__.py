"""One file a kind of node: how it runs, and what that can end in. An agent's are in ``execute.agent``."""

"""OpenAI's models, and any server that speaks one of their two interfaces.

Only ``provider`` may be imported at start: the other modules load the SDK, which costs tens of
megabytes that a process without a model need not hold.
"""

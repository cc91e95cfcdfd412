"""An agent at work: what it is told, what it may do next, and what is special of its calls."""

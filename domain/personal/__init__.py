"""One's own data: what there is of a person in which table, its export, its erasure, and how long things are kept."""

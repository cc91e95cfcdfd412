"""One's own accounts and data: what makes one person of several accounts; what there is of a person in which table, its
export, its erasure, and how long things are kept."""

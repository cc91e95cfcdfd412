"""Questions put to a table: what is asked, and what is computed for it."""

"""Turning a file's content into text. Everything here runs in another process and may load heavy libraries."""

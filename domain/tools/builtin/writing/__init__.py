"""Turning text and rows into a file's bytes. Everything here runs in another process and may load heavy libraries."""

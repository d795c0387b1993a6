"""Trace files: writing and reading them, and what each format can hold."""

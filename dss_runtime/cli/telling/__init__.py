"""Telling people and programs what became of a run: messages, metrics, and a log."""

"""Runs over HTTP, with their metrics."""

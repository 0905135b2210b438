"""Tests that need only Python."""

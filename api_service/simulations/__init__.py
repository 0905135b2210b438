"""Simulations over HTTP."""

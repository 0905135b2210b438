"""Constructions of a library, which take the place of a model's own exterior constructions. Pure."""

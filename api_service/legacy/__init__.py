"""The REST contract of earlier clients, translated from the same rows as v1."""

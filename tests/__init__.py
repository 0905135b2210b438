"""EPSM's tests, arranged by what they need."""

"""Measures on DOE buildings in the engine: the value asked for, the end use that moves, and the way back."""

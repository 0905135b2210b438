"""Modes of a parameter, and the pattern that matches every name."""

#: The value is put into the field.
SET = "set"
#: What the field holds is multiplied by the value.
SCALE = "scale"
MODES = (SET, SCALE)
DEFAULT_MODE = SET
#: Stands for every object of a class, and for every key of an output variable.
ANY = "*"

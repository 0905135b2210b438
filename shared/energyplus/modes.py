"""Modes of a parameter, and the pattern that matches every name."""

#: The value is put into the field.
SET = "set"
#: What the field holds is multiplied by the value.
SCALE = "scale"
#: The value is added to what the field holds.
ADD = "add"
MODES = (SET, SCALE, ADD)
DEFAULT_MODE = SET
#: The value is the label of an assembly that is stored with the simulation; no client can ask for this mode.
ASSEMBLY = "assembly"
#: Stands for every object of a class, and for every key of an output variable.
ANY = "*"

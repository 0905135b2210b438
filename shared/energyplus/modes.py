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
#: The value is that of a measure. Workers of versions without measures refuse this mode instead of running the model as
#: it is; a client gives a measure's name and no mode.
MEASURE = "measure"
#: The value is the name of an input file, which is in the run's row: nothing is changed in the model. A client gives an
#: input and no mode.
INPUT = "input"
#: Stands for every object of a class, and for every key of an output variable.
ANY = "*"

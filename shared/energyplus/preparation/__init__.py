"""Changes made to a model before EnergyPlus gets it: period, parameters, outputs."""

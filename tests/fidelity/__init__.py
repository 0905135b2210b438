"""Our numbers against EnergyPlus's own report, and our text of a model against EnergyPlus's reading of it."""

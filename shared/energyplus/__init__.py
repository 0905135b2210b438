"""Everything that knows EnergyPlus and nothing of ours: formats, schema, preparation, results, verdicts."""

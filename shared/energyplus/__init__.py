"""EnergyPlus: formats, schema, checks of uploads, preparation of runs, results, verdicts. Imports nothing of ours."""

"""Reading of what EnergyPlus leaves: SQLite, meters, tables, peaks, sizes, the .err file."""

"""Reading of results: SQLite output, meters, tables, peaks, sizes, the .err file."""

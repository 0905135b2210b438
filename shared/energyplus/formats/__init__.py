"""EnergyPlus's file formats: text and its encodings, IDF and epJSON, ZIP archives. All of it may be hostile."""

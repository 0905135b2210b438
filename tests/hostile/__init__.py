"""Inputs that were made to do harm, and what becomes of each.

| table | stopped | shown by |
|---|---|---|
| `intake.py` | refused before anything is queued, with object and line | `test_intake.py` |
| `preparation.py` | refused while the model is prepared: what the spec says, not the file | `test_preparation.py` |
| `models.py` | the real EnergyPlus executes it in the real sandbox and is contained | `test_models.py` |
| `programs.py` | a program in EnergyPlus's place does it, and is contained | `test_programs.py` |

Every row has a sentence that says what it tries. Beside each run lie canaries, which nobody may read or touch.

What a single system call can do is in `tests/unit/escape_attempts.py`, where each attempt is shown to succeed unconfined; what
an SQLite file can do in `tests/unit/test_hostile_database.py`, what may stand in a file's place in `test_untrusted_file.py`.
"""

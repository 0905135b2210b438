"""Harmful inputs, and how each is stopped.

| table | stopped | tested by |
|---|---|---|
| `intake.py` | rejected at submission, with object and line | `test_intake.py` |
| `test_preparation.py` | rejected when the model is prepared: harmful values in the spec, not in the file | the same |
| `models.py` | executed by the real EnergyPlus in the real sandbox, and contained | `test_models.py` |
| `programs.py` | executed in place of EnergyPlus, and contained | `test_programs.py` |

Every row has a sentence that says what the input tries. Beside each run lie canaries: files that the run must neither
read nor change.

Single system calls are in `tests/unit/escape_attempts.py`, where each attempt is shown to succeed unconfined; SQLite
files in `tests/unit/test_hostile_database.py`; links, pipes and directories in a file's place in
`tests/unit/test_untrusted_file.py`.
"""

"""Authentication and authorisation of every request: done by `guard`; views read `current_identity()`."""

"""Who asks, and what they may do: found out once per request by `guard`, read by views with `current_identity()`."""

"""Chaos tests: real processes, real servers, faults at named points, and a check of everything afterwards.

`make chaos` runs a campaign (`__main__.py`), `test_chaos.py` a short one. A scenario is a pair: a point in a service's
code (`points.py`) and a fault that happens exactly there (`faults.py`). The services are the production ones;
`services.py` starts them and hooks the points from outside: production code has no switch for any of this.
"""

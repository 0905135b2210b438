"""Breaking EPSM on purpose: real processes, real servers, faults at named points, and a checker that misses nothing.

`make chaos` runs a campaign (`__main__.py`), `test_chaos.py` a short one. A scenario is a pair: a point that a service
comes to (`points.py`) and a fault that happens right there (`faults.py`). The services are the production ones; they
are started by `services.py`, which hooks the points from outside: production code has no switch for any of this.
"""

"""How EPSM is deployed: the local stack and the demonstration."""

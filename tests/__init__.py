"""Tests of EPSM, one directory for each kind of resource that they need."""

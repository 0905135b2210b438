"""Tests of the whole stack with the real EnergyPlus."""

"""Deployment of EPSM: local stack, demonstration, dashboards, image health check, audit of dependencies."""

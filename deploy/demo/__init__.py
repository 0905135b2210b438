"""The demonstration: a small office model and a program that runs a study of it through the REST API."""

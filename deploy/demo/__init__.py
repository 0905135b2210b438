"""The demonstration: a small office model of our own and a program that has it simulated through the REST API."""

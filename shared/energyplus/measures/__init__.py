"""Measures: named changes of a model, such as better glazing, that are more than the value of one field.

One module per measure; a measure is registered in `registry.py` and nowhere else.
"""

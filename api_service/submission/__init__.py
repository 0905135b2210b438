"""Submissions, from the request to the queued simulation: decode, check everything, store inputs, write rows.

Nothing is stored and no row is written before all names, all files and the whole spec are valid.
"""

"""From a request to a queued simulation: decode, check everything, store the inputs, write the rows.

Nothing is stored and no row is written before every name, every file and the whole spec have been found good.
"""

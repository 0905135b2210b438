"""Event streams: what of simulations, runs, workers and queues has changed, sent to whoever follows."""

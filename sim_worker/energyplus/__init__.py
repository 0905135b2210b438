"""The former place of `sim_worker.engine`, kept so that its command line goes on working."""

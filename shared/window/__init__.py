"""Dispatch of runs from the backlog in Postgres to RabbitMQ, which holds a bounded window of messages per engine.

Used by the API after its commits and by the scheduler. It imports no broker library: callers pass a `Publisher`.
"""

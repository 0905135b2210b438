"""The hand-over from Postgres, which is the backlog, to RabbitMQ, which holds a bounded window of messages per engine.

Called by the API after its commits and by the scheduler. It knows no broker library: it is given a `Publisher`.
"""

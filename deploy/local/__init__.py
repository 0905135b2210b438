"""The local stack: private Postgres, private RabbitMQ, API, worker and scheduler as plain processes of this user.

Everything lives in one directory (`.local/`), listens on loopback only and is ended by process id. Used by the Makefile
(`python -m deploy.local`) and by the tests, which start servers of their own.
"""

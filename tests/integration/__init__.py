"""Tests that need Postgres, RabbitMQ or an S3 server."""

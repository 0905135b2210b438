"""RabbitMQ through Dramatiq and pika: broker, consumer, publisher, names of queues."""

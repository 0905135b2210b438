"""The only room that knows RabbitMQ, pika and Dramatiq: the broker, its safe consumer, the publisher, queue names."""

"""What goes in and out of the API as JSON, and what the OpenAPI document says about it."""

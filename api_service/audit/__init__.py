"""The audit log over HTTP; `api_service.identity.audit` writes it."""

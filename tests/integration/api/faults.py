"""Errors in a problem document."""

from typing import Any


def faults(answer: Any) -> dict[str, str]:
    """Error messages of a problem document, by field."""
    assert answer.content_type == "application/problem+json", answer.get_data(as_text=True)
    body = answer.get_json()
    assert body["status"] == answer.status_code
    assert {"type", "title", "status", "detail"} <= set(body)
    return {fault["field"]: fault["message"] for fault in body.get("errors", [])}

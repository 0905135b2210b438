"""The form of a submission, for the OpenAPI document; `api_service.submission` reads it."""

from typing import Any


def _files(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "binary"}, "description": description}


FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["models", "weather"],
        "properties": {
            "models": {**_files("IDF or epJSON files."), "minItems": 1},
            "weather": {**_files("EPW files."), "minItems": 1},
            "files": _files("Files that the models refer to, by the names they have there."),
            "spec": {"type": "object", "description": "The JSON body without its files."},
        },
    },
    "encoding": {"spec": {"contentType": "application/json"}},
}

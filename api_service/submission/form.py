"""The form of a submission, for the OpenAPI document; `api_service.submission` reads it."""

from typing import Any


def _files(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "binary"}, "description": description}


#: Description of archives for every file field.
ZIP = " A ZIP archive stands for the files in it, at its top or all in one folder."

FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["models", "weather"],
        "properties": {
            "models": {**_files(f"IDF or epJSON files.{ZIP}"), "minItems": 1},
            "weather": {**_files(f"EPW files.{ZIP}"), "minItems": 1},
            "files": _files(f"Files that the models refer to, by the names they have there.{ZIP}"),
            "spec": {"type": "object", "description": "The JSON body without its files."},
        },
    },
    "encoding": {"spec": {"contentType": "application/json"}},
}

"""The form of a submission, for the OpenAPI document; `api_service.submission` reads it."""

from typing import Any


def _files(description: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "format": "binary"}, "description": description}


#: Description of archives for every file field.
ZIP = " Or ZIP archives, which may hold files of every kind."
ARCHIVES = (
    "A ZIP archive in any file field is sorted by itself, whatever the field: .idf, .imf and .epJSON files are models "
    "(.json files when they look like epJSON), .epw files are weather, all others are side files. Folders are allowed; "
    "a file has its name without them. Files of equal name and content are one file, files of equal name and different "
    "content are refused. Skipped: hidden files and those of operating systems, EnergyPlus's results (`eplus*`, .err, "
    ".eso and the like), and what comes beside an EPW (.ddy, .stat, .clm, .wea, .pvsyst, .rain). "
)

FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "description": f"{ARCHIVES}At least one model and one weather file are needed, by themselves or in an archive.",
        "properties": {
            "models": {**_files(f"IDF or epJSON files.{ZIP}"), "minItems": 1},
            "weather": {**_files(f"EPW files.{ZIP}"), "minItems": 1},
            "files": _files(f"Files that the models refer to, by the names they have there.{ZIP}"),
            "spec": {"type": "object", "description": "The JSON body without its files."},
            "table": {
                "type": "string",
                "format": "binary",
                "description": "A CSV file for the sampling method `table`, in UTF-8: a column for each parameter, "
                "headed by its name; commas between columns, points in numbers.",
            },
        },
    },
    "encoding": {"spec": {"contentType": "application/json"}},
}

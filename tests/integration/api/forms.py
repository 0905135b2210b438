"""Forms of a submission, as bytes."""

import io
import zipfile
from collections.abc import Mapping

V1, LEGACY = "/api/v1/simulations", "/api/simulation/run/"
BOUNDARY = "cut"
PLAIN = b"Version,25.2;\nBuilding,B;\n"


def zipped(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in members.items():
            into.writestr(name, content)
    return made.getvalue()


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode("utf-8", "surrogatepass") + content + b"\r\n"


def whole(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def form(path: str, files: dict[str, bytes]) -> bytes:
    """A submission of everything, in the words of a contract."""
    if path == LEGACY:
        return whole(
            part("idf_files", files["idf"], "a.idf"),
            part("idf_files", files["epjson"], "e.epJSON"),
            part("idf_files[]", files["zip"], "m.zip"),
            part("weather_file", files["epw"], "w.epw"),
            part("name", b"n"),
            part("priority", b"high"),
        )
    return whole(
        part("models", files["idf"], "c.idf"),
        part("models", files["epjson"], "e.epJSON"),
        part("models", files["zip"], "m.zip"),
        part("weather", files["epw"], "w.epw"),
        part("files", files["csv"], "hours.csv"),
        part("spec", files["spec"]),
    )

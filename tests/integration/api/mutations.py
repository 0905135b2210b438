"""Mutated files and forms: bytes that were valid, with pieces cut, doubled and planted."""

import io
import zipfile

from hypothesis import strategies as st

V1, LEGACY = "/api/v1/simulations", "/api/simulation/run/"
BOUNDARY = "cut"
PLAIN = b"Version,25.2;\nBuilding,B;\n"


#: Pieces that mean something in one of the formats.
PIECES = [
    *(
        b"",
        b"\x00",
        b"\xff",
        b"\n",
        b"\r\n",
        b"\r",
        b"\x1a",
        b",",
        b";",
        b"!",
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
    ),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa5"),
    *(b"1e999", b"-1", b"NaN", b"9" * 20, b'{"a":' * 40, b"[" * 2000, b"a" * 5000),
    *(b"Version,25.2;", b"##include x", b"Schedule:File,S,,../x,1,0;", b"PythonPlugin:Instance,P,No,m,C;"),
    *(b"LOCATION,", b"DATA PERIODS,1,1,Data,Sunday,1/1,12/31", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"),
    *(b"--cut\r\n", b"--cut--\r\n", b"\r\n\r\n", b"Content-Disposition: form-data", b'; name="models"'),
    *(b"; filename*=x''y", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n"),
]


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in members.items():
            into.writestr(name, content)
    return made.getvalue()


@st.composite
def mutations(draw: st.DrawFn, original: bytes) -> bytes:
    """The original with pieces cut out, doubled, turned over or put in."""
    content = original
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 2, 4, 16, 100, 100_000])))
        cut = content[start:end]
        new = draw(
            st.sampled_from(PIECES)
            | st.binary(max_size=8)
            | st.sampled_from([b"", cut * 2, cut[::-1], bytes(byte ^ 0x80 for byte in cut[:64])])
        )
        content = content[:start] + new + content[end:]
    return content


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

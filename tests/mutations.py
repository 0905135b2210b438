"""Mutations of valid bytes: pieces are removed, duplicated, reversed or inserted."""

from hypothesis import strategies as st

#: Pieces with a meaning in one of the formats.
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


@st.composite
def mutations(draw: st.DrawFn, original: bytes) -> bytes:
    """Mutations of the original: pieces are removed, duplicated, reversed or inserted."""
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

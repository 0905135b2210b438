"""The variants of a simulation in one Parquet file: written while they are drawn, read a few rows at a time.

Row n is variant n. There is a column for each parameter, and a value is stored as its JSON text: a column of Parquet
has one type, and a parameter may have whole numbers, fractions and texts, which must all come back as they were. A
missing value is null: the parameter is left as in the model. Texts that repeat within a row group are stored once, in
the column's dictionary. Not every service has pyarrow.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from io import IOBase
from itertools import islice
from typing import Any, cast
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import InternalFault

#: Values by parameter name. A parameter that is missing keeps its value in the model.
Row = Mapping[str, float | str]
#: Rows of a row group, which is written, and read for one of its rows, as a whole: some megabytes with 50 parameters.
#: Fewer would make the footer longer, which every reader reads.
GROUP_ROWS = 10_000
#: A dictionary never grows beyond this, so every column has one: the texts of a request are shorter together.
DICTIONARY_BYTES = 64 << 20
#: Column with a checksum of each row; no parameter has this name.
CHECK = ""
MISSING = b"null"


class DamagedDesign(InternalFault):
    """The file is not as it was written, or does not have a row that belongs to a run."""


def write_design(sink: IOBase, names: Iterable[str], variants: Iterable[Row]) -> int:
    """Write the variants, which have values of parameters of these names; returns how many there are.

    No more than GROUP_ROWS of them are in memory at once.
    """
    columns = sorted(names, key=_order)
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([*((name, text) for name in columns), (CHECK, pa.uint32())])
    rows, left = 0, iter(variants)
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=columns,
        write_statistics=False,
        write_page_checksum=True,
        store_schema=False,
        dictionary_pagesize_limit=DICTIONARY_BYTES,
    ) as writer:
        while group := list(islice(left, GROUP_ROWS)):
            writer.write_table(_table(group, columns, rows, schema), row_group_size=GROUP_ROWS)
            rows += len(group)
    return rows


def read_design(file: IOBase, wanted: Collection[int]) -> dict[int, Row]:
    """The variants of these numbers; reads each row group that has some of them once.

    Raises DamagedDesign, and what reading `file` raises.
    """
    found: dict[int, Row] = {}
    try:
        footer = pq.read_metadata(file)
        names = _checked_names(footer.schema.to_arrow_schema())
        with pq.ParquetFile(
            file,
            metadata=footer,
            # A text that most rows of a group have in common is in memory once.
            read_dictionary=names,
            page_checksum_verification=True,
            pre_buffer=False,
        ) as design:
            first = 0
            for number in range(design.num_row_groups):
                end = first + design.metadata.row_group(number).num_rows
                if here := sorted(row for row in wanted if first <= row < end):
                    table = design.read_row_group(number, use_threads=False)
                    values = table.take([row - first for row in here]).to_pylist()
                    found |= {row: _variant(row, texts) for row, texts in zip(here, values, strict=True)}
                first = end
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
        raise DamagedDesign(f"the file of the variants cannot be read: {error}") from error
    if missing := set(wanted) - found.keys():
        raise DamagedDesign(f"the file of the variants has no row {min(missing)}")
    return found


def _checked_names(schema: Any) -> list[str]:
    *texts, check = schema.types
    if check != pa.uint32() or any(text != pa.string() for text in texts):
        raise ValueError("its columns have other types")
    return list(schema.names[:-1])


def _table(group: Sequence[Row], columns: Sequence[str], first: int, schema: Any) -> Any:
    arrays = []
    checks = [_first_check(first + number, columns) for number in range(len(group))]
    for name in columns:
        values = [variant.get(name) for variant in group]
        # Texts of some hundred characters, which a design repeats: each is encoded once.
        known = {value: json.dumps(value).encode() for value in {value for value in values if isinstance(value, str)}}
        texts = [known[value] if isinstance(value, str) else _number(value) for value in values]
        checks = [crc32(text or MISSING, check) for text, check in zip(texts, checks, strict=True)]
        arrays.append(pa.array(texts, pa.string()).dictionary_encode())
    return pa.Table.from_arrays([*arrays, pa.array(checks, pa.uint32())], schema=schema)


def _variant(row: int, texts: dict[str, Any]) -> Row:
    # The checksums of the format are those of pages: a damaged footer may lead to the page of another column.
    stored = texts.pop(CHECK)
    check = _first_check(row, list(texts))
    for text in texts.values():
        check = crc32(text.encode() if text else MISSING, check)
    if check != stored:
        raise ValueError(f"the checksum of row {row} is wrong")
    return {name: cast(float | str, json.loads(text)) for name, text in texts.items() if text is not None}


def _first_check(row: int, columns: Sequence[str]) -> int:
    return crc32(b"%d" % row, crc32("".join(columns).encode()))


def _number(value: float | None) -> bytes | None:
    # As `json.dumps`, which takes three times as long; numbers of designs are finite.
    if value is None:
        return None
    return (int.__repr__(value) if isinstance(value, int) else float.__repr__(value)).encode()


def _order(name: str) -> tuple[int, bytes]:
    # Postgres's order of the keys of a JSON object, in which clients see values that are in the rows of runs.
    text = name.encode()
    return len(text), text

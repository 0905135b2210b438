"""Decodes submissions of the v1 contract: a form with files, or JSON that names stored inputs by hash."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import request

from api_service.http.archives import Unpacker
from api_service.http.body import MULTIPART
from api_service.http.dependencies import Dependencies
from api_service.http.multipart import MAX_TEXT_BYTES
from api_service.http.problem import Fault, Problem, invalid
from api_service.http.spool import Spooled
from api_service.http.uploads import composed, current_spool, new_part, spooled
from api_service.identity.rights import check_priority
from api_service.identity.who import Identity
from api_service.submission.accept import Submission
from api_service.submission.decode import NotJson, decode_json
from api_service.submission.gather import gather, in_order
from api_service.submission.inputs import FIELDS, Candidate
from api_service.submission.installed import installed_weather
from api_service.submission.schema import SubmissionSchema
from api_service.submission.spec import InvalidSpec, Spec, build_spec, load, read_spec
from api_service.submission.store_inputs import find
from api_service.submission.table import PART, UnreadableTable
from api_service.submission.varied_inputs import named_by_values


def read_submission(dependencies: Dependencies, identity: Identity) -> Submission:
    """Returns the submission of the current request. Raises Problem when it cannot be decoded or is not permitted."""
    read = _json(dependencies, identity) if request.is_json else _form(dependencies, identity.owner)
    if read.spec is not None:
        check_priority(identity, read.spec.priority)
    return read


def check_media_type() -> None:
    """Raises Problem when the body of the current request cannot be a submission; the body is not read."""
    if request.mimetype != MULTIPART and not request.is_json:
        raise Problem(415, "A submission is multipart/form-data or application/json")


def _form(dependencies: Dependencies, owner: str) -> Submission:
    faults = [
        Fault(field, "is not a field of a submission; there are models, weather, files, spec and table")
        for field in sorted({*request.form, *request.files} - {*FIELDS.values(), "spec", PART})
    ]
    faults += [
        Fault(field, "must be a file; this part has no file name") for field in FIELDS.values() if field in request.form
    ]
    spec: Spec | None = None
    try:
        spec = read_spec(decode_json(_spec_text()), dependencies.settings, _table())
    except NotJson as error:
        faults.append(Fault("spec", str(error)))
    except UnreadableTable as error:
        faults.append(Fault(PART, str(error)))
    except InvalidSpec as error:
        faults += error.faults
    unpacker = Unpacker(dependencies.settings)
    candidates = gather(unpacker, {field: role for role, field in FIELDS.items()})
    if unpacker.faults:
        # Without the files in the archives, later checks would report files as missing that are not.
        raise invalid(faults + unpacker.faults)
    if spec is not None:
        named = [(f"spec.weather[{index}]", name) for index, name in enumerate(spec.weather)]
        candidates += _installed(dependencies, named, faults)
        candidates += _named_by_values(dependencies, spec, candidates, faults, "spec.")
    return Submission(owner, spec, in_order(candidates), faults, prefix="spec.")


def _installed(dependencies: Dependencies, named: Sequence[tuple[str, str]], faults: list[Fault]) -> list[Candidate]:
    if len(named) > dependencies.settings.max_files:
        faults.append(
            Fault(named[0][0], f"there are more than the {dependencies.settings.max_files} files that are allowed")
        )
        return []
    return installed_weather(dependencies.weather, named, faults)


def _named_by_values(
    dependencies: Dependencies, spec: Spec, candidates: Sequence[Candidate], faults: list[Fault], prefix: str
) -> list[Candidate]:
    added, wrong = named_by_values(
        dependencies.weather, spec, candidates, prefix=prefix, most=dependencies.settings.max_files
    )
    faults += wrong
    return added


def _spec_text() -> str | bytes:
    texts: list[str | bytes] = [*request.form.getlist("spec")]
    # Some clients give every part a file name, including the spec.
    files = list(spooled("spec"))
    if any(file.size > MAX_TEXT_BYTES for file in files):
        raise NotJson(f"is longer than {MAX_TEXT_BYTES} bytes")
    texts += [file.path.read_bytes() for file in files]
    if len(texts) > 1:
        raise NotJson("is there more than once")
    return texts[0] if texts else "{}"


def _table() -> Path | None:
    """Returns the CSV file of the form, which may come as a text."""
    # Browsers send an empty field as a part without name and content.
    paths = [file.path for file in spooled(PART) if file.name or file.size]
    for text in request.form.getlist(PART):
        with new_part() as part:
            part.write(text.encode("utf-8", "surrogatepass"))
        paths.append(part.path)
    if len(paths) > 1:
        raise UnreadableTable("is there more than once")
    return paths[0] if paths else None


def _json(dependencies: Dependencies, identity: Identity) -> Submission:
    try:
        loaded = load(SubmissionSchema(), decode_json(request.get_data(cache=False)))
        spec = build_spec(loaded, dependencies.settings, prefix="")
    except NotJson as error:
        raise Problem(400, f"The body {error}") from error
    except InvalidSpec as error:
        raise invalid(error.faults) from error
    if sum(len(loaded[field]) for field in FIELDS.values()) > dependencies.settings.max_files:
        raise invalid([Fault("", f"there are more than the {dependencies.settings.max_files} files that are allowed")])
    faults: list[Fault] = []
    named = [(f"weather[{n}]", item) for n, item in enumerate(loaded["weather"]) if isinstance(item, str)]
    candidates = [*_stored(dependencies, loaded, identity, faults), *_installed(dependencies, named, faults)]
    if not faults:
        candidates += _named_by_values(dependencies, spec, candidates, faults, "")
    if faults:
        raise invalid(faults)
    return Submission(identity.owner, spec, in_order(candidates))


def _stored(
    dependencies: Dependencies, loaded: Mapping[str, Any], identity: Identity, faults: list[Fault]
) -> Iterator[Candidate]:
    hashes = {item["sha256"] for field in FIELDS.values() for item in loaded[field] if isinstance(item, dict)}
    stored = find(dependencies.database, hashes, identity)
    paths = {sha256: current_spool().new_path() for sha256 in stored}
    for role, field in FIELDS.items():
        for index, item in enumerate(loaded[field]):
            if isinstance(item, str):
                continue
            place, sha256 = f"{field}[{index}]", item["sha256"]
            if sha256 in stored:
                file = Spooled(composed(item["name"]), paths[sha256], sha256, stored[sha256].size)
                yield Candidate(role, place, file, stored[sha256].key)
            else:
                faults.append(Fault(f"{place}.sha256", f"no stored input has the SHA-256 {sha256}"))

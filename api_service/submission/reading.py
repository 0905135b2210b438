"""What is in the files of a request, as confined helpers read them: for submissions, dry runs and the old page.

Several small files are read by one helper. One that ends a helper is refused, and the others are read by the next.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from api_service.http.dependencies import Dependencies
from api_service.http.helpers import HelperEnded
from api_service.http.uploads import current_spool
from api_service.submission.inputs import NOUNS, Candidate
from api_service.submission.store_inputs import fetch
from shared.energyplus.findings import Finding
from shared.energyplus.inspection import Inspected, InspectRequest, ModelQuestions, UploadedFile
from shared.energyplus.jobs import INSPECT
from shared.enums import InputRole

#: Of one helper: its time and its reply are limited. A larger file has a helper of its own.
FILES_AT_ONCE, BYTES_AT_ONCE = 100, 4 << 20
#: Helpers that the files of one request may end; those that have not been read by then are not read.
MAX_ENDED = 3


class NotInspected(Inspected):
    """Says why there is no answer about the content of a file; with the next request there may be one."""


UNREAD = NotInspected((Finding("was not read, because other files of this request took too much time or memory"),))
GONE = NotInspected((Finding("is no longer stored"),))


def read_files(
    of: Dependencies, candidates: Sequence[Candidate], side_files: frozenset[str], questions: ModelQuestions
) -> Iterator[Inspected]:
    """Yields what is in each file, in their order; stored ones are fetched, models may refer to `side_files`.

    Raises StorageError, and Problem when files cannot be read at the moment.
    """
    ended = 0
    for batch in _batches(candidates, _at_once(questions)):
        found: list[Inspected] = [UNREAD] * len(batch)
        left = list(range(len(batch)))
        if ended < MAX_ENDED:
            left = [number for number in left if fetch(of.storage, batch[number])]
            found = [UNREAD if number in left else GONE for number in range(len(batch))]
        while left and ended < MAX_ENDED:
            files = [batch[number] for number in left]
            request = InspectRequest(tuple(map(_file, files)), of.settings.engines, side_files, questions)
            try:
                answers = _inspect(of, files, request)
            except HelperEnded as error:
                ended += 1
                number = left.pop(min(error.number, len(left) - 1))
                found[number] = NotInspected((Finding(f"reading this {NOUNS[batch[number].role]} {error.reason}"),))
            else:
                for number, answer in zip(left, answers, strict=True):
                    found[number] = answer
                break
        yield from found


def _inspect(of: Dependencies, files: Sequence[Candidate], request: InspectRequest) -> Sequence[Inspected]:
    answers = of.helpers.call(INSPECT, request, current_spool(), _readable(files)).files
    if len(answers) != len(files):
        raise HelperEnded("gave an answer that is none", 0)
    for number, (candidate, answer) in enumerate(zip(files, answers, strict=True)):
        if not _is_possible(candidate.role, answer, of.settings.engines):
            raise HelperEnded("gave an answer that is none", number)
    return answers


def _is_possible(role: InputRole, answer: Inspected, engines: Collection[str]) -> bool:
    """Whether a helper that works as it should may have given the answer."""
    facts = {InputRole.MODEL: answer.model, InputRole.WEATHER: answer.weather}
    given = {of for of, found in facts.items() if found is not None}
    if answer.findings:
        return not given
    return given == {role} & facts.keys() and (answer.model is None or answer.model.engine in engines)


def _at_once(questions: ModelQuestions) -> int:
    """How many files one helper reads: the answer about a model that is to be drawn or taken apart may be large."""
    is_large = questions.components or (questions.preview is not None and questions.preview.with_geometry)
    return 1 if is_large else FILES_AT_ONCE


def _batches(candidates: Sequence[Candidate], most: int) -> Iterator[list[Candidate]]:
    """Yields the files that are read together."""
    batch: list[Candidate] = []
    size = 0
    for candidate in candidates:
        if batch and (len(batch) == most or size + candidate.file.size > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(candidate)
        size += candidate.file.size
    yield batch


def _file(candidate: Candidate) -> UploadedFile:
    return UploadedFile(candidate.kind, candidate.file.path.absolute(), plain(candidate.file.name))


def plain(name: str) -> str:
    """Returns a name as it is sent to a helper: names with half a surrogate pair are refused elsewhere."""
    return name.encode(errors="replace").decode()


def _readable(files: Sequence[Candidate]) -> set[Path]:
    """The directories of the files, because a sandbox has few paths; of a link, the file that it leads to."""
    paths = [candidate.file.path for candidate in files]
    return {path.resolve() if path.is_symlink() else path.absolute().parent for path in paths}

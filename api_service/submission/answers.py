"""The answers about the files of one request: each file is fetched and read once, and not at all when it was before.

Called for submissions, dry runs and the old page.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from api_service.http.dependencies import Dependencies
from api_service.http.problem import Fault
from api_service.submission.expand import CheckedModel
from api_service.submission.inputs import Candidate, side_names
from api_service.submission.inspections import FileKey, keep_answers, known_answers
from api_service.submission.reading import UNREAD, NotInspected, plain, read_files
from shared.db.database import DatabaseAway
from shared.energyplus.fingerprint import checks_fingerprint
from shared.energyplus.inspection import Inspected, ModelQuestions, name_part
from shared.enums import InputRole
from shared.logging import get_logger

log = get_logger(__name__)

NO_QUESTIONS = ModelQuestions()


class FileAnswers:
    """What is in each file of a request of `owner`, in their order; iterating reads them, once."""

    def __init__(
        self,
        of: Dependencies,
        owner: str,
        candidates: Sequence[Candidate],
        questions: ModelQuestions = NO_QUESTIONS,
    ) -> None:
        self._of = of
        self._owner = owner
        self._questions = questions
        self._side_files = frozenset(map(plain, side_names(candidates)))
        self._keys = [_key(candidate) for candidate in candidates]
        #: Of several files with one key, the first one is read.
        self._files = dict(zip(reversed(self._keys), reversed(candidates), strict=True))
        self._fingerprints = self._all_fingerprints()
        self._new: dict[FileKey, Inspected] = {}

    def __iter__(self) -> Iterator[Inspected]:
        """Raises DatabaseAway, StorageError, and Problem when files cannot be read at the moment."""
        waiting = Counter(self._keys)
        with self._of.database.transaction() as connection:
            found = known_answers(connection, self._owner, self._fingerprints)
        reading = self._read([key for key in dict.fromkeys(self._keys) if key not in found])
        for key in self._keys:
            if key not in found:
                found[key] = next(reading)
            yield found[key]
            waiting[key] -= 1
            if not waiting[key]:
                # Pictures are large.
                del found[key]

    def keep(self) -> None:
        """Keeps the new answers about files that are stored, for later requests of the owner."""
        if not self._new:
            return
        try:
            with self._of.database.transaction() as connection:
                keep_answers(connection, self._owner, self._fingerprints, self._new)
        except DatabaseAway as error:
            # The next request reads the files again.
            log.warning("inspections.not_kept", error=str(error))

    def _read(self, keys: Sequence[FileKey]) -> Iterator[Inspected]:
        files = [self._files[key] for key in keys]
        for key, answer in zip(keys, read_files(self._of, files, self._side_files, self._questions), strict=True):
            if key in self._fingerprints and not isinstance(answer, NotInspected):
                self._new[key] = answer
            yield answer

    def _all_fingerprints(self) -> dict[FileKey, str]:
        """Returns, for each file whose answer may be kept, the fingerprint of all that its content does not say."""
        model = [sorted(self._of.settings.engines), sorted(self._side_files)]
        return {
            key: _fingerprint([key.name_part, *(model if key.role is InputRole.MODEL else ())])
            for key in self._files
            # Questions are about models, and their answers are not kept.
            if key.role is not InputRole.MODEL or self._questions == NO_QUESTIONS
        }


def check_contents(
    answers: Iterable[Inspected], candidates: Sequence[Candidate]
) -> tuple[list[CheckedModel], list[Fault]]:
    """Returns the valid models, and the faults of all files, from the answers about them. Raises as FileAnswers."""
    models: list[CheckedModel] = []
    faults: list[Fault] = []
    for candidate, read in zip(candidates, answers, strict=True):
        faults += content_faults(candidate, read)
        if read.model is not None:
            models.append(CheckedModel(candidate.file.name, read.model.engine))
    return models, faults


def content_faults(candidate: Candidate, read: Inspected) -> list[Fault]:
    """Returns what is wrong with a file; nothing for one that was not read, because others are the cause."""
    if read is UNREAD:
        return []
    messages = [finding.message for finding in read.findings] + [read.unanswered] * bool(read.unanswered)
    return [candidate.fault(message) for message in messages]


def _key(candidate: Candidate) -> FileKey:
    return FileKey(candidate.role, candidate.file.sha256, name_part(candidate.kind, plain(candidate.file.name)))


def _fingerprint(about: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps([checks_fingerprint(), *about]).encode()).hexdigest()

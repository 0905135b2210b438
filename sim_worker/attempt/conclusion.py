"""The kept result of an execution, or the failure that its model is to blame for, as the database stores it. Pure."""

from shared.energyplus.results.messages import Message
from shared.energyplus.results.reading import Results
from shared.energyplus.verdict import Verdict
from shared.state.finish import Failure, Finished
from sim_worker.engine.supervise import Execution

#: The first messages say what is wrong; what follows from them fills pages.
SHOWN_MESSAGES = 4


def succeeded(execution: Execution, results: Results) -> Finished:
    """The kept result of an execution that EnergyPlus called successful."""
    return Finished(
        verdict=str(execution.verdict),
        metrics=results.metrics,
        failure=None,
        messages=[(m.severity, m.text, m.count) for m in results.messages],
    )


def failed(execution: Execution, messages: tuple[Message, ...], limit_seconds: float) -> Finished:
    """The failure of an execution, told by its first severe and fatal messages."""
    return Finished(
        verdict=str(execution.verdict),
        metrics=None,
        failure=Failure(str(execution.verdict), _reason(execution, messages, limit_seconds)),
        messages=[(m.severity, m.text, m.count) for m in messages],
    )


def _reason(execution: Execution, messages: tuple[Message, ...], limit_seconds: float) -> str:
    serious = [m for m in messages if m.severity in ("severe", "fatal")]
    # The fatal line says that it ended, the severe ones before it say why; both are wanted.
    shown = serious[:SHOWN_MESSAGES] + [m for m in serious[SHOWN_MESSAGES:] if m.severity == "fatal"][:1]
    told = "\n".join(f"{m.severity.capitalize()}: {m.text}" for m in shown)
    match execution.verdict:
        case Verdict.TIMED_OUT:
            return f"EnergyPlus was stopped after {execution.engine_seconds:.0f} s, its limit is {limit_seconds:.0f} s"
        case Verdict.CRASHED:
            return f"EnergyPlus crashed ({execution.exit}){': ' + told if told else ''}"
        case _:
            return told or "EnergyPlus stopped with a fatal error and did not say why"

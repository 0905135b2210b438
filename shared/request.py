"""What a run is asked, from the specification of its simulation and its own values: the arguments of preparation."""

from collections.abc import Mapping

from shared.energyplus.modes import ASSEMBLY, INPUT
from shared.energyplus.preparation.prepare import Output, Preparation, PreparationError
from shared.spec import StudySpec


def preparation(spec: StudySpec, values: Mapping[str, float | str], ddy: str | None = None) -> Preparation:
    """The preparation of one variant: `spec` defines the parameters, `values` gives this run's value of some or all.

    A parameter without a value is left as in the model, and one of an input file changes nothing in it; `ddy` is the
    side file with the design days, if there is one. Raises PreparationError.
    """
    chosen = {(p.object, values[p.name]) for p in spec.parameters if p.mode == ASSEMBLY and p.name in values}
    assemblies = tuple(a for a in spec.assemblies if (a.element, a.label) in chosen)
    if len(assemblies) != len(chosen):
        raise PreparationError("assembly_refused", f"A construction of {sorted(map(str, chosen))} is not stored")
    return Preparation(
        annual=spec.annual,
        parameters=tuple(
            p.asked(values[p.name]) for p in spec.parameters if p.name in values and p.mode not in (ASSEMBLY, INPUT)
        ),
        assemblies=assemblies,
        ddy=ddy,
        profile=spec.profile,
        outputs=None if spec.outputs is None else tuple(Output(o.variable, o.key, o.frequency) for o in spec.outputs),
    )

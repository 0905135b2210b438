"""Conversion of a simulation's specification into the arguments of preparation."""

from collections.abc import Mapping

from shared.energyplus.preparation.prepare import Output, Parameter, Preparation
from shared.spec import StudySpec


def preparation(spec: StudySpec, values: Mapping[str, float | str]) -> Preparation:
    """The preparation of one variant: `spec` defines the parameters, `values` gives this run's value of some or all.

    A parameter without a value is left as in the model.
    """
    return Preparation(
        annual=spec.annual,
        parameters=tuple(
            Parameter(object=p.object, name=p.match, field=p.field, mode=p.mode, value=values[p.name])
            for p in spec.parameters
            if p.name in values
        ),
        outputs=None if spec.outputs is None else tuple(Output(o.variable, o.key, o.frequency) for o in spec.outputs),
    )

"""What the user asked for, as the simulation's spec says it, in the EnergyPlus room's terms."""

from collections.abc import Mapping
from typing import Any

from shared.energyplus.preparation.prepare import Output, Parameter, Preparation


def preparation(spec: Mapping[str, Any], values: Mapping[str, Any]) -> Preparation:
    """The preparation of one variant: `spec` defines the parameters, `values` gives this run's value of each."""
    outputs = spec.get("outputs")
    return Preparation(
        annual=spec.get("annual"),
        parameters=tuple(
            Parameter(
                object=defined["object"],
                name=defined["match"],
                field=defined["field"],
                mode=defined["mode"],
                value=values[defined["name"]],
            )
            for defined in spec.get("parameters") or ()
        ),
        outputs=None
        if outputs is None
        else tuple(Output(o["variable"], o.get("key", "*"), o.get("frequency", "Hourly")) for o in outputs),
    )

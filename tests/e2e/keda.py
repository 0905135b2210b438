"""Simulates KEDA and the Kubernetes autoscaler on a ScaledObject, faster than real time.

KEDA takes a deployment from 0 to 1 as soon as a trigger is active, and back to `minReplicaCount` when no trigger has
been active for `cooldownPeriod`. In between, the autoscaler wants ceil(value / target) pods, at most `maxReplicaCount`.
It scales down only to the highest number that was wanted in the stabilization window, by as many pods in a period as
its policy allows.
Source: https://keda.sh/docs/latest/concepts/scaling-deployments/ and Kubernetes' horizontal pod autoscaling.
"""

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Autoscaler:
    """Computes the desired number of pods; `tick` gets the time in seconds of the simulated cluster."""

    scaled_object: dict[str, Any]
    replicas: int = 0
    _last_active: float = -math.inf
    _wanted: list[tuple[float, int]] = field(default_factory=list)
    _last_down: float = -math.inf

    @property
    def query(self) -> str:
        """The SQL query of the trigger."""
        return str(self._trigger["query"])

    @property
    def poll_seconds(self) -> float:
        """Polling interval."""
        return float(self.scaled_object["spec"]["pollingInterval"])

    def tick(self, now: float, value: int) -> int:
        """Returns the desired number of pods for a result of the query."""
        spec = self.scaled_object["spec"]
        if value > int(self._trigger["activationTargetQueryValue"]):
            self._last_active = now
        if now - self._last_active >= spec["cooldownPeriod"]:
            self._wanted.clear()
            self.replicas = spec["minReplicaCount"]
        elif self.replicas == 0:
            self.replicas = 1
        else:
            wanted = math.ceil(value / int(self._trigger["targetQueryValue"]))
            self._follow(now, min(max(wanted, spec["minReplicaCount"], 1), spec["maxReplicaCount"]))
        return self.replicas

    def _follow(self, now: float, wanted: int) -> None:
        down = self.scaled_object["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
        self._wanted.append((now, wanted))
        self._wanted = [w for w in self._wanted if now - w[0] <= down["stabilizationWindowSeconds"]]
        stable = max(most for _, most in self._wanted)
        (policy,) = down["policies"]
        if wanted > self.replicas:
            self.replicas = wanted
        elif stable < self.replicas and now - self._last_down >= policy["periodSeconds"]:
            self.replicas = max(stable, self.replicas - policy["value"])
            self._last_down = now

    @property
    def _trigger(self) -> dict[str, str]:
        (trigger,) = self.scaled_object["spec"]["triggers"]
        assert trigger["type"] == "postgresql"
        return dict(trigger["metadata"])

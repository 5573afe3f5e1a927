"""What a fault of the matrix is."""

import dataclasses
from collections.abc import Callable

ANY = r"."


@dataclasses.dataclass
class Fault:
    name: str
    # Within so many seconds it is to be told.
    limit: int
    inject: Callable
    alert: str
    cause: str
    status: str | None = None
    tree: tuple | None = None
    metric: tuple | None = None
    # The event of the alert, unless another tells more.
    event: str | None = ""
    event_says: str = ANY
    prepare: Callable | None = None
    begin: Callable | None = None
    # The alert that is notified, if it is another.
    told: str = ""
    # Waits for what it brings about.
    then: Callable | None = None
    recover: Callable | None = None
    # It ends by itself, when its window is over.
    lasts: bool = False

    def __post_init__(self):
        self.told = self.told or self.alert
        if self.event == "":
            self.event = f"/api/audit-logs?action_type=alert&q={self.alert}"
            self.event_says = self.cause


def below(limit):
    return lambda x: x < limit


def at_least(limit):
    return lambda x: x >= limit

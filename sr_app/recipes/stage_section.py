"""What every stage of a recipe has, and what a section says that makes it another training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field

from sr_app.networks.families import DEFAULT
from sr_app.recipes.sections import (
    DataSection,
    NetworkSection,
    PresetStart,
    Section,
    TrainingSection,
    ValidationSection,
    as_starts,
)

if TYPE_CHECKING:
    from sr_app.networks.genotype import Genotype

SINGLE = "training"
"""Name of the one stage of a recipe that has no ``[[stage]]``; its folder is the run's."""
Kind = TypeVar("Kind", bound="StageSection")


class PlainStage(Section):
    """What every stage has; ``stage_sections.Stage`` says what ``start`` and ``mean`` are."""

    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(default=SINGLE, pattern="^[a-z][a-z0-9_]*$")
    folder: str = ""
    start: Annotated[tuple[str | PresetStart, ...], BeforeValidator(as_starts)] = Field(
        default=(), alias="from"
    )
    mean: tuple[str, ...] = ()
    network: NetworkSection
    data: DataSection
    training: TrainingSection
    validation: ValidationSection | None = None

    def section(self, kind: type[Kind]) -> Kind | None:
        """The stage's section of a kind, if it has one."""
        return getattr(self, kind.NAME)

    def required(self, kind: type[Kind]) -> Kind:
        """The section of a kind, for the code of stages that have it; ValueError for others."""
        section = self.section(kind)
        if section is None:
            raise ValueError(f"Expected a stage with a [{kind.NAME}] section. Received: none")
        return section

    def genotype(self) -> Genotype:
        """The network, where only one of the family ``esrn`` will do; ValueError for another."""
        if self.network.family != DEFAULT:
            raise ValueError(
                f"Expected a network of the family {DEFAULT}. Received: {self.network.family!r}"
            )
        return self.network.described()

    def with_steps(self, steps: int) -> Self:
        """The stage with so many training.steps."""
        training = self.training.model_copy(update={"steps": steps})
        return self.model_copy(update={"training": training})

    def presets(self) -> list[str]:
        return [start.preset for start in self.start if isinstance(start, PresetStart)]


class Constraint(NamedTuple):
    """broken: stage -> whether it is. message: what is said then."""

    broken: Callable[[Any], object]  # of a stage
    message: str


def one_device(what: str) -> Constraint:
    """For a training that does not share its batches."""
    return Constraint(
        lambda stage: stage.training.devices != "one",
        f'{what} runs on one device: set training.devices = "one"',
    )


class StageSection(Section):
    """Base of the sections in the table. One that says nothing trains on the pairs of ``[data]``.

    NAME: in a recipe. GOES_WITH: names of the others that a stage with it may have. CONSTRAINTS:
    what else must hold, in the order in which a breach is said. PAIRS: whether the pictures of
    ``[data]`` are what it learns from; NEEDS_HR: whether there must be any. EXAMPLE: smallest
    settings, for the tests of all stages.
    """

    NAME: ClassVar[str]
    GOES_WITH: ClassVar[tuple[str, ...]] = ()
    CONSTRAINTS: ClassVar[tuple[Constraint, ...]] = ()
    PAIRS: ClassVar[bool] = True
    NEEDS_HR: ClassVar[bool] = True
    EXAMPLE: ClassVar[dict[str, Any]] = {}

    def pictures(self) -> tuple[Path, ...]:
        """Folders that must hold pictures, beside those of ``[data]``."""
        return ()

    def check_files(self) -> None:
        """ValueError for other files that are not there."""

    def check_steps(self, stage: PlainStage) -> None:
        """ValueError for steps that do not go together."""

    def phases(self, steps: int) -> tuple[tuple[str, int], ...]:
        """(folder below the stage's, steps) of all that is trained, of a stage of so many steps."""
        return (("", steps),)

    def teachers(self) -> tuple[str, ...]:
        """Presets that it learns from: names or folders."""
        return ()

    def with_teachers(self, found: Callable[[str], str]) -> Self:
        """The section with other names for those presets."""
        return self

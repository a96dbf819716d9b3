"""The sections of a recipe, each a validated value; what their keys mean is said here."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sr_app.datasets.degradation_presets import find_kind
from sr_app.networks.card import is_name
from sr_app.networks.families import (
    DEFAULT,
    FAMILIES,
    check_scale,
    describe,
    family_of,
    read_network,
)

if TYPE_CHECKING:
    from sr_app.training.schedule import Batches, Schedule


def checked_name(name: str) -> str:
    """The name of a recipe, and so of its run's folder and its preset."""
    if not is_name(name) or name[0] == ".":
        raise ValueError("a name without / or \\, what cannot be printed, or a dot in front")
    return name


Name = Annotated[str, AfterValidator(checked_name)]


LARGEST = 10**12
"""Of any number in a recipe; sizes that memory grows with are bounded each by itself."""

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Batch = Annotated[int, Field(gt=0, le=65_536)]
Patch = Annotated[int, Field(ge=8, le=4096)]


class Section(BaseModel):
    """Base of all sections: frozen, no unknown keys, no number above `LARGEST`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def of_its_kind(cls, value: Any, info: ValidationInfo) -> Any:
        """ValueError for true, false and quoted numbers where a number is expected, and for
        numbers and words where true or false are: pydantic would take them for each other."""
        kinds = leaves(cls.model_fields[info.field_name or ""].annotation)
        numbers, truth = {int, float} & kinds, bool in kinds
        if str in kinds or not (numbers or truth):
            return value
        expected = " or ".join(["a number"] * bool(numbers) + ["true or false"] * truth)
        for one in value if isinstance(value, list | tuple) else (value,):
            number = isinstance(one, int | float) and not isinstance(one, bool)
            word = isinstance(one, str) and one not in kinds
            if word or (isinstance(one, bool) and not truth) or (number and not numbers):
                raise ValueError(f"Input should be {expected}")
        return value

    @model_validator(mode="after")
    def bounded(self) -> Self:
        """ValueError for a number that nobody means."""
        for name, value in self:
            for number in value if isinstance(value, list | tuple) else (value,):
                if isinstance(number, int | float) and abs(number) > LARGEST:
                    raise ValueError(
                        f"Expected {name} of at most {LARGEST:,}. Received: {number!r:.40}"
                    )
        return self

    @classmethod
    def settable(cls) -> dict[str, Any]:
        """Keys that ``--set`` may change -> their types."""
        return {name: field.annotation for name, field in cls.model_fields.items()}


class PresetStart(Section):
    """``from = {preset = "esrn_x2"}``: a preset by name or folder, its weights by their digest."""

    preset: str
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


def leaves(annotation: Any) -> set[Any]:
    """The types that an annotation is made of: ``int`` and ``None`` of ``Batch | None``."""
    parts = get_args(annotation)
    return set().union(*map(leaves, parts)) if parts else {annotation}


SectionType = TypeVar("SectionType")


def given(section: SectionType | None) -> SectionType:
    """A section that is there, for the code of those recipes alone that have it; ValueError for a
    recipe without it."""
    if section is None:
        raise ValueError("Expected a recipe with the section that it is run by. Received: none")
    return section


def as_starts(value: Any) -> Any:
    """``"first"``, ``{preset = ".."}`` or a list of such as a list."""
    values = value if isinstance(value, list | tuple) else [value] if value is not None else []
    return [as_start(one) for one in values]


def as_start(value: Any) -> str | PresetStart:
    """An earlier stage's name or a preset; ValueError in one line."""
    try:
        return value if isinstance(value, str) else PresetStart.model_validate(value)
    except ValidationError:
        expected = 'an earlier stage\'s name or {preset = "NAME", sha256 = "64 digits, or none"}'
        raise ValueError(f"Expected {expected}") from None


class NetworkSection(Section):
    """What is trained: the factor, the family, and what the family says of a network.

    The keys beyond these two are those of the family's description, for ``esrn`` those of
    ``networks.genotype.Genotype``; they are kept complete, with what is left out at its default.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    scale: int
    family: str = DEFAULT

    @model_validator(mode="before")
    @classmethod
    def completed(cls, data: Any) -> Any:
        """The description as the family reads and says it; ValueError for what it refuses."""
        if not isinstance(data, dict):
            return data
        given = {key: data[key] for key in data if key != "scale" and data[key] is not None}
        network = read_network(given)
        if not family_of(network).HAS_WEIGHTS:
            raise ValueError(f"Expected a family that can be trained. Received: {data['family']!r}")
        if data.get("scale") is not None:
            check_scale(network, data["scale"])
        return {**{key: data[key] for key in data if key == "scale"}, **describe(network)}

    def described(self) -> Any:
        return read_network(self.model_dump(exclude={"scale"}))

    @classmethod
    def of(cls, network: object, scale: int) -> NetworkSection:
        return cls.model_validate({"scale": scale, **describe(network)})

    @classmethod
    def settable(cls) -> dict[str, Any]:
        """The keys of all families too."""
        values = [family.DESCRIPTION for family in FAMILIES.values() if family.HAS_WEIGHTS]
        keys = {item.name: Any for value in values for item in fields(value)}
        return {**super().settable(), **keys}


Loss = Literal[
    "l1",
    "mse",
    "l1_means",
    "l1_even",
    "l1_even_8",
    "fourier_l1",
    "l1_smooth",
    "l1_masked",
    "l1_spectrum",
]
"""Names of ``training.losses.LOSSES``, known without Keras."""


def known_kind(name: str) -> str:
    """The name of a kind of degradation; the error tells them."""
    find_kind(name)
    return name


Beta = Annotated[float, Field(ge=0, lt=1)]


class DataSection(Section):
    """What it is trained on: folders of HR pictures, or a DIV2K tree, or both.

    ``twins`` are folders that ``sr-app degrade`` made from pictures in ``hr``, which are then used
    with bicubic LR and with each of their twins. With ``degrade``, a kind of ``sr-app degrade``,
    the LR of the pictures in ``hr`` is made anew all the time instead: ``datasets.degraded``.
    ``targets`` are folders that ``sr-app data prepare targets`` filled with a teacher's pictures.
    ``description`` says in words what lies in the folders, for the card.
    """

    description: str = ""

    hr: list[Path] = []
    twins: list[Path] = []
    degrade: Annotated[str, AfterValidator(known_kind)] | None = None
    targets: list[Path] = []
    div2k: Path | None = None
    track: str = "bicubic"
    cache: Path = Path("data/cache")


class ScheduleSection(Section):
    """A section with keys of ``training.schedule``, as the values that they stand for."""

    if TYPE_CHECKING:  # each section says its own
        batch: int
        patch: int

    def schedule(self, seed: int | None = None) -> Schedule:
        """The section's schedule; a key that it lacks is the schedule's default, or ``seed``."""
        from sr_app.training.schedule import Schedule

        names = [field.name for field in fields(Schedule)]
        known = {name: getattr(self, name) for name in names if hasattr(self, name)}
        return Schedule(**known if seed is None else {**known, "seed": seed})

    def batches(self) -> Batches:
        from sr_app.training.schedule import Batches

        return Batches(self.batch, self.patch)


class TrainingSection(ScheduleSection):
    """How: ``training.schedule`` says what the keys mean.

    0 ``steps`` train nothing: the preset is its start, or the mean of its starts. ``first_step``
    is that of the start's weights, where a training goes on from committed ones.
    """

    steps: int = Field(ge=0)
    epoch: int = Field(default=500, gt=0)
    batch: Batch = 16
    patch: Patch = 48
    learning_rate: float = Field(default=1e-3, gt=0)
    warmup: int = Field(default=100, ge=0)
    floor: float = Field(default=0.01, ge=0, le=1)
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    loss: Loss = "l1"
    average: float | None = Field(default=0.999, gt=0, lt=1)
    gradient_clip: float | None = Field(default=None, gt=0)
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    steps_per_execution: int = Field(default=1, gt=0)
    jit: bool | Literal["auto"] = "auto"
    devices: Literal["one", "all"] = "one"
    seed: Seed = 0
    tensorboard: bool = False
    first_step: int = Field(default=0, ge=0)


class AncestrySection(Section):
    """Where a found network comes from; the card keeps it. ``sr-app search --candidate`` writes it.

    ``line`` has the candidate and all that it was made from, the latest first.
    """

    search: str
    candidate: int = Field(ge=0)
    line: list[str] = Field(min_length=1)


class ValidationSection(Section):
    """What the best step is chosen by; never a set that results are reported on alone.

    ``lr``: the folder of their LR, for a training on degraded pictures; else ``imresize`` makes it.
    """

    hr: Path
    lr: Path | None = None
    pictures: int | None = Field(default=None, gt=0)

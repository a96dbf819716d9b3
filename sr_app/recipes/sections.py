"""The sections of a recipe, each a validated value; what their keys mean is said here."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sr_app.datasets.degradation_presets import KINDS
from sr_app.networks.families import DEFAULT, FAMILIES, describe, family_of, read_network

if TYPE_CHECKING:
    from sr_app.training.schedule import Batches, Schedule


def checked_name(name: str) -> str:
    """The name of a recipe, and so of its run's folder and its preset.

    Raises:
        ValueError: for one that is a path or would be hidden.
    """
    if not name or name[0] == "." or any(sign in "/\\" or ord(sign) < 32 for sign in name):
        raise ValueError("a name without / or \\, and without a dot in front")
    return name


Name = Annotated[str, AfterValidator(checked_name)]


class Section(BaseModel):
    """Base of all sections: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def settable(cls) -> dict[str, Any]:
        """Keys that ``--set`` may change -> their types."""
        return {name: field.annotation for name, field in cls.model_fields.items()}


Present = TypeVar("Present")


def given(section: Present | None) -> Present:
    """A section that is there, for the code of those stages alone that have it.

    Raises:
        ValueError: for a stage without it.
    """
    if section is None:
        raise ValueError("Expected a stage with the section that it is trained by. Received: none")
    return section


class PresetStart(Section):
    """``from = {preset = "esrn_x2"}``: a preset by name or folder, its weights by their digest."""

    preset: str
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class NetworkSection(Section):
    """What is trained: the factor, the family, and what the family says of a network.

    The keys beyond these two are those of the family's description, for ``esrn`` those of
    ``networks.genotype.Genotype``; they are kept complete, with what is left out at its default.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    scale: Literal[2, 3, 4]
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
        return {**{key: data[key] for key in data if key == "scale"}, **describe(network)}

    def described(self) -> Any:
        """The network as its family's value."""
        return read_network(self.model_dump(exclude={"scale"}))

    @classmethod
    def of(cls, network: object, scale: int) -> NetworkSection:
        """The section that says a network and its factor."""
        return cls.model_validate({"scale": scale, **describe(network)})

    @classmethod
    def settable(cls) -> dict[str, Any]:
        """The keys of all families too."""
        values = [family.DESCRIPTION for family in FAMILIES.values() if family.HAS_WEIGHTS]
        keys = {item.name: Any for value in values for item in fields(value)}
        return {**super().settable(), **keys}


def known_kind(name: str) -> str:
    """The name of a kind of degradation; the error tells them."""
    if name not in KINDS:
        raise ValueError(f"Expected a kind among {', '.join(KINDS)}")
    return name


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
        """Its schedule; a key that the section has not is as the schedule has it, or ``seed``."""
        from sr_app.training.schedule import Schedule

        known = {name: getattr(self, name) for name in fields_of(Schedule) if hasattr(self, name)}
        return Schedule(**known if seed is None else {**known, "seed": seed})

    def batches(self) -> Batches:
        """Its batches."""
        from sr_app.training.schedule import Batches

        return Batches(self.batch, self.patch)


def fields_of(kind: type) -> list[str]:
    """Names of a dataclass' fields."""
    return [field.name for field in fields(kind)]


class TrainingSection(ScheduleSection):
    """How: ``training.schedule`` says what the keys mean.

    0 ``steps`` train nothing: the preset is its start, or the mean of its starts. ``first_step``
    is that of the start's weights, where a training goes on from committed ones.
    """

    steps: int = Field(ge=0)
    epoch: int = Field(default=500, gt=0)
    batch: int = Field(default=16, gt=0)
    patch: int = Field(default=48, ge=8)
    learning_rate: float = Field(default=1e-3, gt=0)
    warmup: int = Field(default=100, ge=0)
    loss: str = "l1"
    average: float | None = Field(default=0.999, gt=0, lt=1)
    gradient_clip: float | None = Field(default=None, gt=0)
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = "float32"
    steps_per_execution: int = Field(default=1, gt=0)
    jit: bool | Literal["auto"] = "auto"
    devices: Literal["one", "all"] = "one"
    seed: int = 0
    tensorboard: bool = False
    first_step: int = Field(default=0, ge=0)


class TwoStageSection(Section):
    """Makes the training one without pairs: ``training.two_stage`` and its networks.

    ``real`` holds real LR pictures. With ``halves`` every second picture of each folder is used,
    by name: the first, third, ... of ``data.hr`` and the others of ``real``, so that no scene is on
    both sides. Phases in their order: ``translation_steps``; then the network alone for
    ``training.steps``, on translated LR or, as published, on bicubic; then ``joint_steps``.

    With ``translators``, those of a two-stage training that has ended are used as they are: of an
    earlier stage, of the run of another recipe by its name, or of a stage's folder. Beside
    [perceptual] or [distillation] the network learns by that loss, on translated LR.
    """

    real: list[Path] = []
    halves: bool = False
    translator: Literal["residual", "resnet"] = "residual"
    translator_width: int = Field(default=64, gt=0)
    translator_blocks: int | None = Field(default=None, gt=0)
    translator_noise: int = Field(default=0, ge=0)
    critic: Literal["detail", "published"] = "detail"
    critic_width: int = Field(default=64, gt=0)
    critic_field: int | None = Field(default=None, gt=0)
    translators: str | None = None
    translation_steps: int = Field(default=0, ge=0)
    translation_rate: float = Field(default=2e-4, gt=0)
    super_resolution_on: Literal["translated", "bicubic"] = "translated"
    joint_steps: int = Field(default=0, ge=0)
    joint_rate: float = Field(default=1e-4, gt=0)
    collaboration: float = Field(default=1000.0, ge=0)
    super_resolution_weight: float = Field(default=1.0, gt=0)
    doubt: float = Field(default=0.0, ge=0, lt=1)


class PerceptualSection(Section):
    """Makes the training a perceptual one: the terms of ``training.perceptual`` and their critic.

    ``features`` is the folder with the weights of the feature ``networks``, whose distances are
    averaged, or added by ``network_weights``; by ``network_shares`` a costly one is computed in a
    share of the steps only, drawn at random (``layers.drawn_sum``), and of each the first
    ``depths`` features count, all unless given. Without the folder the features are those of the
    ``start`` preset itself. With ``nearest``
    above 1 they see random parts of the crops, magnified up to so many times. The kept step has
    the lowest LPIPS on the validation pictures among those that lost at most ``budget`` dB of PSNR
    since the start. With ``data.targets`` the aim is the teacher's picture, and by the chance
    ``truth`` features and critic compare with the true one. An ``adversarial_weight`` of 0 leaves
    the critic out.
    """

    features: Path | None = None
    networks: tuple[Literal["vgg", "vgg_plain", "alex", "squeeze"], ...] = Field(
        default=("vgg",), min_length=1
    )
    network_weights: tuple[Annotated[float, Field(ge=0)], ...] = ()
    network_shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = ()
    depths: int | None = Field(default=None, ge=1, le=7)
    pixel_weight: float = Field(default=1.0, ge=0)
    feature_weight: float = Field(default=1.0, ge=0)
    adversarial_weight: float = Field(default=5e-3, ge=0)
    critic_width: int = Field(default=32, gt=0)
    critic_rate: float = Field(default=1.0, gt=0)
    nearest: float = Field(default=1.0, ge=1)
    truth: float = Field(default=0.0, ge=0, le=1)
    budget: float = Field(default=2.0, ge=0)


class DistillationSection(Section):
    """Makes the training a distillation: ``share`` of the loss asks for a preset's output.

    ``affinity`` is the factor of a term on features: ``training.distillation``.
    """

    teacher: str
    share: float = Field(default=0.5, gt=0, le=1)
    affinity: float = Field(default=0.0, ge=0)


class SelectionSection(Section):
    """Restricts a distillation to patches of one kind, by positive-unlabeled selection.

    ``positives`` holds pictures of the kind, ``unlabeled`` a mixed lot, ``prior`` of which is of
    the kind (estimated if not given). Of all patches of ``side`` LR pixels ``most`` are looked at.
    ``rule`` says how the selector learns: ``training.shortlist``. The chosen ones are weighed by
    ``clusters`` against their mass, and by the worst case within ``radius``:
    ``training.robust_distillation``.
    """

    positives: Path
    unlabeled: Path
    prior: float | None = Field(default=None, gt=0, lt=1)
    rule: Literal["self-training", "non-negative"] = "self-training"
    side: int = Field(default=48, ge=8)
    most: int = Field(default=100_000, gt=0)
    clusters: int = Field(default=8, gt=0)
    radius: float = Field(default=0.3, ge=0)


class WidthsSection(Section):
    """How wide the blocks of a compressed binary network become, each for itself.

    ``ratio`` sets the budget: the operations of the network with all blocks so many times as wide.
    Way ``search``: ``search.channels`` among networks that leave at most the share ``slack`` of it
    unused, ``population`` candidates at first and in each of the ``generations`` after, trained for
    ``candidate_steps``. Way ``squeeze``: ``training.squeezing`` of the network ``widest`` times as
    wide, for the ``share`` of the training's steps, ``projection`` and ``cost`` weighing its loss.
    """

    way: Literal["search", "squeeze"]
    ratio: float = Field(default=2.0, gt=0)
    slack: float = Field(default=0.1, ge=0, lt=1)
    population: int = Field(default=4, ge=2)
    generations: int = Field(default=2, ge=0)
    candidate_steps: int = Field(default=300, gt=0)
    widest: int = Field(default=4, gt=1)
    share: float = Field(default=0.5, gt=0, lt=1)
    projection: float = Field(default=0.1, ge=0)
    cost: float = Field(default=1e-3, ge=0)


class AncestrySection(Section):
    """Where a found network comes from; the card keeps it. ``sr-app search --candidate`` writes it.

    ``line`` has the candidate and all that it was made from, the latest first.
    """

    search: str
    candidate: int = Field(ge=0)
    line: list[str] = Field(min_length=1)


class ValidationSection(Section):
    """What the best step is chosen by; never a set that results are reported on alone."""

    hr: Path
    pictures: int | None = Field(default=None, gt=0)


class StageSections(Section):
    """What one training is made of; ``recipes.stages`` has the stages of a recipe share them."""

    network: NetworkSection
    data: DataSection
    training: TrainingSection
    two_stage: TwoStageSection | None = None
    perceptual: PerceptualSection | None = None
    distillation: DistillationSection | None = None
    selection: SelectionSection | None = None
    widths: WidthsSection | None = None
    validation: ValidationSection | None = None

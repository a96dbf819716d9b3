"""The sections that make a stage another training than one on pixels, in one ordered table.

A section says here what it is called, what it needs, and with what it does not go together; how it
trains stands in ``jobs.train_pairs`` or ``jobs.train_stage``. The schema is made from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, create_model

from sr_app.networks.genotype import check_plain_binary
from sr_app.recipes.sections import Patch, TrainingSection
from sr_app.recipes.stage_section import Constraint, PlainStage, StageSection, one_device


def another_end(stage: PlainStage) -> bool:
    """Whether a stage learns by features or a teacher."""
    return bool(stage.section(PerceptualSection) or stage.section(DistillationSection))


class TwoStageSection(StageSection):
    """Makes the training one without pairs: ``training.two_stage`` and its networks.

    ``real`` holds real LR pictures. With ``halves`` every second picture of each folder is used,
    by name: the first, third, ... of ``data.hr`` and the others of ``real``, so that no scene is on
    both sides; with ``halves = "in_order"`` the first half of ``data.hr``, as the challenges' data
    are split. Phases in their order: ``translation_steps``; then the network alone for
    ``training.steps``, on translated LR or, as published, on bicubic; then ``joint_steps``.

    With ``translators``, those of a two-stage training that has ended are used as they are: of an
    earlier stage, of the run of another recipe by its name, or of a stage's folder. Beside
    [perceptual] or [distillation] the network learns by that loss, on translated LR.
    """

    NAME = "two_stage"
    GOES_WITH = ("perceptual", "distillation")
    PAIRS = False
    CONSTRAINTS = (
        Constraint(
            lambda stage: (
                another_end(stage)
                and (
                    stage.two_stage.joint_steps
                    or stage.two_stage.super_resolution_on != "translated"
                )
            ),
            "a [perceptual] or [distillation] section beside [two_stage] is for translated LR, by "
            "finished translators: leave joint_steps and super_resolution_on out",
        ),
        Constraint(
            lambda stage: another_end(stage) and stage.data.targets,
            "a [two_stage] section makes the LR of data.hr: leave data.targets out",
        ),
        Constraint(
            lambda stage: (
                bool(stage.two_stage.translators)
                == bool(stage.two_stage.translation_steps or stage.two_stage.joint_steps)
            ),
            "a two-stage recipe has either translation_steps, or two_stage.translators that are "
            "trained already, and then no joint_steps",
        ),
        Constraint(
            lambda stage: not (stage.two_stage.real or stage.two_stage.translators),
            "a two-stage recipe needs folders of real LR in two_stage.real",
        ),
        Constraint(
            lambda stage: stage.validation,
            "a two-stage recipe has no pairs to validate on: leave [validation] out",
        ),
        one_device("two-stage training"),
    )
    EXAMPLE: ClassVar[dict] = {
        "real": ["real"],
        "translation_steps": 2,
        "joint_steps": 2,
        "translator_width": 4,
        "translator_blocks": 1,
        "critic_width": 4,
    }

    real: list[Path] = Field(default_factory=list)
    halves: bool | Literal["in_order"] = False
    translator: Literal["residual", "resnet"] = "residual"
    translator_width: int = Field(default=64, gt=0, le=1024)
    translator_blocks: int | None = Field(default=None, gt=0, le=256)
    translator_noise: int = Field(default=0, ge=0, le=1024)
    translator_colours: Literal["free", "held"] = "free"
    critic: Literal["detail", "published"] = "detail"
    critic_width: int = Field(default=64, gt=0, le=1024)
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

    def pictures(self) -> tuple[Path, ...]:
        return tuple(self.real)

    def phases(self, steps: int) -> tuple[tuple[str, int], ...]:
        order = (
            ("translation", self.translation_steps),
            ("super_resolution", steps),
            ("joint", self.joint_steps),
        )
        return tuple((folder, count) for folder, count in order if count)


class PerceptualSection(StageSection):
    """Makes the training a perceptual one: the terms of ``training.perceptual`` and their critic.

    ``features`` is the folder with the weights of the feature ``networks``, whose distances are
    averaged, or added by ``network_weights``; by ``network_shares`` a costly one is computed in a
    share of the steps only, drawn at random (``layers.random_sum``), and of each the first
    ``depths`` features count, all unless given. Without the folder the features are those of the
    ``start`` preset itself. With ``nearest`` above 1 they see random parts of the crops, magnified
    up to so many times. The kept step has the lowest LPIPS on the validation pictures among those
    that lost at most ``budget`` dB of PSNR since the start. With ``data.targets`` the aim is the
    teacher's picture, and by the chance ``truth`` features and critic compare with the true one. An
    ``adversarial_weight`` of 0 leaves the critic out.
    """

    NAME = "perceptual"
    GOES_WITH = ("two_stage",)
    CONSTRAINTS = (
        Constraint(
            lambda stage: (
                stage.data.targets and (stage.data.hr or stage.data.twins or stage.data.div2k)
            ),
            "a [perceptual] training with data.targets has no other pictures in [data]",
        ),
        Constraint(
            lambda stage: stage.perceptual.uneven(),
            "perceptual.network_weights and network_shares have one number for each of "
            "perceptual.networks, or none",
        ),
        Constraint(
            lambda stage: not (stage.perceptual.features or stage.start),
            "a [perceptual] training needs perceptual.features, or from for features of its own",
        ),
        one_device("a [perceptual] training"),
    )
    EXAMPLE: ClassVar[dict] = {"adversarial_weight": 0.0}

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
    critic_width: int = Field(default=32, gt=0, le=1024)
    critic_rate: float = Field(default=1.0, gt=0)
    nearest: float = Field(default=1.0, ge=1, le=16)
    truth: float = Field(default=0.0, ge=0, le=1)
    budget: float = Field(default=2.0, ge=0)

    def uneven(self) -> bool:
        """Whether a list beside the networks is of another length."""
        lists = (self.network_weights, self.network_shares)
        return any(one and len(one) != len(self.networks) for one in lists)

    def check_files(self) -> None:
        if self.features is not None and not self.features.is_dir():
            raise ValueError(
                f"Expected the folder {self.features} of perceptual weights. Prepare it once by: "
                "sr-app data prepare perceptual"
            )


class DistillationSection(StageSection):
    """Makes the training a distillation: ``share`` of the loss asks for a preset's output.

    The teacher is any preset of the factor, one made elsewhere too, whose pictures a runtime makes.
    ``affinity`` is the factor of a term on features, which only a teacher with Keras weights has:
    ``training.distillation``.
    """

    NAME = "distillation"
    GOES_WITH = ("selection", "two_stage")
    EXAMPLE: ClassVar[dict] = {"teacher": "start_x2"}

    teacher: str
    share: float = Field(default=0.5, gt=0, le=1)
    affinity: float = Field(default=0.0, ge=0)

    def teachers(self) -> tuple[str, ...]:
        return (self.teacher,)

    def with_teachers(self, found: Callable[[str], str]) -> Self:
        return self.model_copy(update={"teacher": found(self.teacher)})


class SelectionSection(StageSection):
    """Restricts a distillation to patches of one kind, by positive-unlabeled selection.

    ``positives`` holds pictures of the kind, ``unlabeled`` a mixed lot, ``prior`` of which is of
    the kind (estimated if not given). Of all patches of ``side`` LR pixels ``most`` are looked at.
    ``rule`` says how the selector learns: ``training.shortlist``. The chosen ones are weighed by
    ``clusters`` against their mass, and by the worst case within ``radius``:
    ``training.robust_distillation``.
    """

    NAME = "selection"
    GOES_WITH = ("distillation",)
    PAIRS = False
    NEEDS_HR = False
    CONSTRAINTS = (
        Constraint(
            lambda stage: stage.data.targets,
            "data.targets are pairs already: leave [selection] out",
        ),
        Constraint(
            lambda stage: stage.distillation is None,
            "a recipe with a [selection] section needs a [distillation] section",
        ),
        Constraint(
            lambda stage: stage.distillation.share < 1,
            "a recipe with a [selection] section learns from the teacher alone: set "
            "distillation.share = 1",
        ),
        Constraint(
            lambda stage: stage.distillation.affinity,
            "a selection keeps the teacher's pictures, not its features: leave "
            "distillation.affinity out",
        ),
        one_device("a selection"),
    )
    EXAMPLE: ClassVar[dict] = {"positives": "photos", "unlabeled": "real", "side": 8, "clusters": 2}

    positives: Path
    unlabeled: Path
    prior: float | None = Field(default=None, gt=0, lt=1)
    rule: Literal["self-training", "non-negative"] = "self-training"
    side: Patch = 48
    most: int = Field(default=100_000, gt=0)
    clusters: int = Field(default=8, gt=0, le=1024)
    radius: float = Field(default=0.3, ge=0)

    def pictures(self) -> tuple[Path, ...]:
        return (self.positives, self.unlabeled)


class WidthsSection(StageSection):
    """How wide the blocks of a compressed binary network become, each for itself.

    ``ratio`` sets the budget: the operations of the network with all blocks so many times as wide.
    Way ``search``: ``search.channels`` among networks that leave at most the share ``slack`` of it
    unused, ``population`` candidates at first and in each of the ``generations`` after, trained for
    ``candidate_steps``. Way ``squeeze``: ``training.squeezing`` of the network ``widest`` times as
    wide, for the ``share`` of the training's steps, ``projection`` and ``cost`` weighing its loss.
    """

    NAME = "widths"
    CONSTRAINTS = (
        Constraint(
            lambda stage: not stage.presets(),
            "a recipe with a [widths] section starts from a preset: use sr-app compress --widths",
        ),
        Constraint(
            lambda stage: stage.widths.way == "search" and stage.validation is None,
            'widths.way = "search" judges by pictures: set validation.hr to their folder',
        ),
        one_device("a training with a [widths] section"),
    )
    EXAMPLE: ClassVar[dict] = {"way": "squeeze"}

    way: Literal["search", "squeeze"]
    ratio: float = Field(default=2.0, gt=0)
    slack: float = Field(default=0.1, ge=0, lt=1)
    population: int = Field(default=4, ge=2, le=100_000)
    generations: int = Field(default=2, ge=0)
    candidate_steps: int = Field(default=300, gt=0)
    widest: int = Field(default=4, gt=1, le=64)
    share: float = Field(default=0.5, gt=0, lt=1)
    projection: float = Field(default=0.1, ge=0)
    cost: float = Field(default=1e-3, ge=0)

    def check_steps(self, stage: PlainStage) -> None:
        check_plain_binary(stage.genotype())
        if self.way == "search":
            return
        if self.widest <= self.ratio:
            raise ValueError(
                "Expected widths.widest above widths.ratio. "
                f"Received: {self.widest} and {self.ratio:g}"
            )
        if not 0 < self.widened_steps(stage.training) < stage.training.steps:
            raise ValueError(
                "Expected training.steps of two epochs or more. "
                f"Received: {stage.training.steps}, epochs of {stage.training.epoch}"
            )

    def widened_steps(self, training: TrainingSection) -> int:
        """Steps of the widened network: the share, in whole epochs."""
        return round(self.share * training.steps / training.epoch) * training.epoch


STAGE_SECTIONS: tuple[type[StageSection], ...] = (
    TwoStageSection,
    PerceptualSection,
    SelectionSection,
    DistillationSection,
    WidthsSection,
)
"""All of them; the first that a stage has says how it is trained."""

FIELDS: dict[str, Any] = {kind.NAME: (kind | None, None) for kind in STAGE_SECTIONS}


class Stage(create_model("Sections", __base__=PlainStage, **FIELDS)):
    """One training, complete: what it shares with the recipe's other stages included.

    ``start`` (in TOML ``from``) is an earlier stage or a preset whose weights it goes on from; of
    several, the mean of their weights. A stage with ``mean`` is the mean of earlier ones, and
    trains nothing. ``folder`` lies in the run's.
    """

    def own_sections(self) -> Iterator[StageSection]:
        """The stage's sections of the table, in its order."""
        return (section for kind in STAGE_SECTIONS if (section := self.section(kind)) is not None)

from __future__ import annotations

import pytest

from imr.normalising.treatments import modalities, modality, operation, operations
from imr.rules import load_rules
from tests.all_at_once import assert_none

_IMAGING = ("Diagnostic Testing", "Imaging/Radiology")
_NAMES = [
    ((entry["category"], entry["subcategory"]), name)
    for entry in load_rules("extraction", "treatments")["treatment"]
    for name in entry["names"]
]


@pytest.mark.parametrize(
    ("category", "request_", "expected"),
    [
        pytest.param(_IMAGING, "MRI of the lumbar spine", "MRI", id="MRI"),
        pytest.param(_IMAGING, "MR arthrogram of the left shoulder", "MRI", id="with contrast"),
        pytest.param(_IMAGING, "CT myelogram", "CT", id="the first of two names"),
        pytest.param(_IMAGING, "X-ray and MRI of the knee", "X-ray", id="the first of two tests"),
        pytest.param(_IMAGING, "Ultrasound of the right wrist", "ultrasound", id="ultrasound"),
        pytest.param(_IMAGING, "Trigger point impedance imaging", None, id="another way"),
        pytest.param(("Diagnostic Testing", "EMG/NCV/NCS"), "NCV of the arms", "EMG/NCS", id="nerves"),
        pytest.param(("Diagnostic Testing", "Other Diagnostic Tests"), "Surface EMG", None, id="not of this kind"),
        pytest.param(("Therapies", "Therapies"), "Ultrasound therapy", None, id="a therapy"),
        pytest.param((None, None), "MRI", None, id="no category"),
    ],
)
def test_a_test_has_the_modality_of_its_title(
    category: tuple[str | None, str | None], request_: str, expected: str | None
) -> None:
    assert modality(*category, request_) == expected


@pytest.mark.parametrize(
    ("subcategory", "request_", "expected"),
    [
        pytest.param("Spine", "Anterior cervical discectomy and fusion C5-6", "spinal fusion", id="fusion first"),
        pytest.param("Spine", "L4-L5 laminectomy", "spinal decompression", id="decompression alone"),
        pytest.param("Non-arthroscopic Surgery", "Ankle fusion", "joint fusion", id="fusion of a joint"),
        pytest.param("Arthroscopic Surgery", "Arthroscopy with meniscectomy", "meniscus surgery", id="what is done"),
        pytest.param("Arthroscopic Surgery", "Left knee arthroscopy", "arthroscopy", id="how it is reached"),
        pytest.param("Non-arthroscopic Surgery", "Left hand surgery", None, id="no kind said"),
        pytest.param("Adjunct Surgical Services", "Assistant surgeon for fusion", None, id="beside an operation"),
    ],
)
def test_an_operation_has_the_kind_of_its_title(subcategory: str, request_: str, expected: str | None) -> None:
    assert operation("Surgery", subcategory, request_) == expected


def test_nearly_all_names_of_tests_and_most_of_operations_have_their_kind() -> None:
    tests = [name for category, name in _NAMES if modality(*category, "MRI")]
    without = [name for category, name in _NAMES if modality(*category, "MRI") and not modality(*category, name)]
    assert len(without) < len(tests) / 8, without
    done = [name for category, name in _NAMES if operation(*category, "arthroscopy")]
    unnamed = [
        name for category, name in _NAMES if operation(*category, "arthroscopy") and not operation(*category, name)
    ]
    assert len(unnamed) < len(done) / 5, unnamed


def test_every_kind_is_that_of_some_name() -> None:
    kinds = {kind for category, name in _NAMES for kind in (modality(*category, name), operation(*category, name))}
    assert_none(kind for kind in (*modalities(), *operations()) if kind not in kinds)

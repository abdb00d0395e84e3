"""Treatment plans read, and written as a page."""

import pytest

from core.errors import BadInput
from core.message import Message
from core.treatment_plan import Beam, BeamDose, Prescription
from imaging.plan_reading import read_plan
from tests.dicom_factory import make_ct_series
from tests.plan_factory import make_plan
from viewers.plan_page import plan_page


@pytest.fixture
def plan(tmp_path):
    return read_plan(make_plan(tmp_path / "plan.dcm"))


def test_a_plan_says_what_is_prescribed(plan):
    assert (plan.label, plan.date, plan.approval, plan.positions) == ("P1", "20240102", "APPROVED", ("HFS",))
    assert plan.prescriptions == (
        Prescription(1, "PTV", "", "TARGET", 60.0),
        Prescription(2, "cord", "", "ORGAN_AT_RISK", None, None, 45.0),
    )
    (group,) = plan.fraction_groups
    assert (group.number, group.fractions) == (1, 30)
    assert group.beams == (BeamDose(1, 1.5, 210.5), BeamDose(2, 0.5, 80.0))


def test_beams_keep_where_they_begin_and_end(plan):
    arc, still = plan.beams
    assert arc == Beam(
        number=1,
        name="arc <1>",
        kind="DYNAMIC",
        radiation="PHOTON",
        delivery="TREATMENT",
        machine="machine",
        dosimeter_unit="MU",
        energies=(6.0,),
        control_points=2,
        gantry_deg=(181.0, 179.0),
        collimator_deg=(10.0, 10.0),
        couch_deg=(0.0, 0.0),
        gantry_direction="CW",
        isocentre_lps_mm=(1.5, -20.25, 300.0),
        wedges=1,
    )
    assert (still.gantry_deg, still.couch_deg, still.control_points) == ((0.0, 0.0), None, 1)


def test_the_page_shows_all_of_it(plan):
    html = plan_page(plan, str)
    for text in ("Treatment plan P1", "2024-01-02", "approved", "PTV", "60", "organ at risk", "45", "30"):
        assert text in html
    for text in ("210.5 MU", "181° → 179° clockwise", "photons 6 MV", "electrons 9 MeV", "Wedges: 1"):
        assert text in html
    assert "arc &lt;1&gt;" in html
    assert "L 1.5 A 20.2 S 300.0" in html
    assert "Least" not in html  # a column without any value


def test_the_page_is_in_the_language_of_the_user(plan):
    def shout(message: Message) -> str:
        return str(message).upper()

    html = plan_page(plan, shout)
    assert "TREATMENT PLAN P1" in html
    assert "PHOTONS 6 MV" in html


def test_another_object_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no treatment plan"):
        read_plan(make_ct_series(tmp_path, slices=1).files[0])

"""Reports as pages to read."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from core.coded_concept import CodedConcept, InstanceReference
from core.message import Message
from core.structured_report import ReportItem, StructuredReport
from imaging.measurement_report_writing import write_measurement_report
from imaging.report_reading import read_report
from tests.report_factory import measured_ct
from viewers.report_page import linked_image, report_page

CT = "1.2.840.10008.5.1.4.1.1.2"
SEG = "1.2.840.10008.5.1.4.1.1.66.4"
TITLE = CodedConcept("126000", "DCM", "Imaging Measurement Report")
OWN = CodedConcept("X1", "99LOCAL", "Grade of <own> scale")


class _Checker(HTMLParser):
    """Reads a page, and fails on elements that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag != "br":
            self.open.append(tag)
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data + " "


def read(html) -> _Checker:
    checker = _Checker()
    checker.feed(html)
    assert checker.open == []
    return checker


def of(*items: ReportItem, **more: object) -> StructuredReport:
    return StructuredReport(ReportItem("CONTAINER", TITLE, children=items), **more)


def item(
    kind: str, name: CodedConcept | str, text: str = "", value: str = "", *children: ReportItem
) -> ReportItem:
    concept = name if isinstance(name, CodedConcept) else CodedConcept("", "", name)
    return ReportItem(
        kind, concept, text, CodedConcept(value, "UCUM", value) if value else None, children=children
    )


def test_a_written_report_can_be_read(tmp_path):
    images, report = measured_ct(tmp_path / "ct")
    write_measurement_report(tmp_path / "sr.dcm", report, images)
    page = read(report_page(read_report(tmp_path / "sr.dcm"), str))
    for text in (
        "Imaging measurement report",
        "Measurement group: nodule 1",
        "Nodule",
        "12.5",
        "48.25",
        "polyline",
    ):
        assert text in page.text
    assert "1.2.1" not in page.text  # UIDs are for programs
    assert linked_image(page.links[0]) == InstanceReference("", str(images[1].SOPInstanceUID))


def test_known_names_come_in_both_languages():
    def shout(message: Message) -> str:
        return f"ZH {message}"

    page = read(report_page(of(item("TEXT", CodedConcept("121071", "DCM", "Finding"), "a shadow")), shout))
    assert "ZH Finding (Finding)" in page.text
    assert "ZH Imaging measurement report (Imaging Measurement Report)" in page.text


def test_names_and_values_of_others_are_kept_as_they_are():
    page = read(report_page(of(item("TEXT", OWN, "a <b>\nand more")), str))
    assert "Grade of <own> scale" in page.text
    assert "a <b>" in page.text


@pytest.mark.parametrize(
    ("unit", "meaning", "shown"),
    [
        ("mm", "millimeter", "7.5 mm"),
        ("{SUVbw}g/ml", "Standardized Uptake Value body weight", "7.5 g/ml"),
        ("{pixels}", "pixels", "7.5 pixels"),
        ("1", "no units", "7.5"),
    ],
)
def test_units_are_short(unit, meaning, shown):
    number = ReportItem("NUM", OWN, "7.5", CodedConcept(unit, "UCUM", meaning))
    assert shown in " ".join(read(report_page(of(number), str)).text.split())


def test_a_number_that_could_not_be_taken_says_why():
    number = ReportItem("NUM", OWN, "", CodedConcept("114006", "DCM", "Measurement failure"))
    assert "Measurement failure" in read(report_page(of(number), str)).text


def test_properties_stand_behind_their_value():
    mean = item("CODE", CodedConcept("121401", "DCM", "Derivation"), "", "Mean")
    page = read(report_page(of(item("NUM", "Density", "31", "[hnsf'U]", mean)), str))
    assert "Derivation: Mean" in " ".join(page.text.split())


def test_very_many_images_are_counted():
    images = [ReportItem("IMAGE", references=(InstanceReference(CT, f"1.{n}"),)) for n in range(40)]
    page = read(report_page(of(*images), str))
    assert "Images: 40" in page.text
    assert page.links == []


def test_links_lead_to_frames_of_images_only():
    frame = ReportItem("IMAGE", OWN, references=(InstanceReference(CT, "1.2.3", "", (4,)),))
    segment = ReportItem("IMAGE", OWN, references=(InstanceReference(SEG, "1.2.9"),))
    page = read(report_page(of(frame, segment), str))
    assert [linked_image(link) for link in page.links] == [InstanceReference("", "1.2.3", "", (4,))]
    assert "Segmentation" in page.text
    assert linked_image("https://example.org") is None


def test_the_state_of_the_report_is_told():
    report = of(item("TEXT", OWN, "x"), complete=True, content_date="20240229", content_time="120501.25")
    text = read(report_page(report, str)).text
    assert "2024-02-29 12:05:01 · complete · not verified" in text
    assert "complete · verified" in read(report_page(replace(report, verified=True), str)).text


def test_empty_containers_are_left_out():
    empty = ReportItem("CONTAINER", CodedConcept("111028", "DCM", "Image Library"))
    assert "library" not in read(report_page(of(empty), str)).text.lower()

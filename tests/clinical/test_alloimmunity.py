import pytest

from tests.clinical.fetal_cases import fact, value

KINDS = (("fnait", "platelet"), ("hdfn", "red_cell"))


def read(subject, kind, name="fetus_at_risk", **sent):
    return value(f"{subject}.{name}", fetal_alloimmunity={kind: sent})


@pytest.mark.parametrize(("subject", "kind"), KINDS)
class TestBothKinds:
    def test_nothing_sent_is_unknown(self, subject, kind):
        assert value(f"{subject}.antibody") == "not_sent"
        assert value(f"{subject}.fetus_at_risk") == "not_sent"
        assert value(f"{subject}.antibody", fetal_alloimmunity={}) == "not_recorded"

    def test_antibody_as_sent(self, subject, kind):
        assert read(subject, kind, "antibody", antibody="present") is True
        assert read(subject, kind, "antibody", antibody="absent") is False
        assert read(subject, kind, "antibody", father="homozygous") == "not_recorded"

    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            ({"fetal_antigen": "positive"}, True),
            ({"fetal_antigen": "positive", "antibody": "present", "father": "heterozygous"}, True),
            ({"fetal_antigen": "negative"}, False),
            ({"fetal_antigen": "negative", "father": "heterozygous"}, False),
            ({"father": "homozygous", "antibody": "present"}, True),
            ({"father": "homozygous"}, "not_recorded"),
            ({"father": "homozygous", "antibody": "absent"}, "not_recorded"),
            ({"father": "heterozygous", "antibody": "present"}, "not_recorded"),
            ({"father": "unavailable", "antibody": "present"}, "not_recorded"),
            ({"father": "antigen_negative", "antibody": "present"}, "not_recorded"),
            ({"antibody": "present"}, "not_recorded"),
            ({"fetal_antigen": "negative", "father": "homozygous"}, "conflicting"),
            ({"fetal_antigen": "positive", "antibody": "absent"}, "conflicting"),
        ],
    )
    def test_at_risk_by_the_working_rule(self, subject, kind, sent, expected):
        assert read(subject, kind, **sent) == expected

    def test_one_kind_says_nothing_of_the_other(self, subject, kind):
        other = "red_cell" if kind == "platelet" else "platelet"
        assert read(subject, other, antibody="present", father="homozygous") == "not_recorded"


def test_the_reading_names_its_fields():
    found = fact(
        "fnait.fetus_at_risk", fetal_alloimmunity={"platelet": {"antibody": "present", "father": "homozygous"}}
    )
    assert found.sources == ("/fetal_alloimmunity/platelet/father", "/fetal_alloimmunity/platelet/antibody")


def screen(result):
    return [{"test": "red_cell_antibody_screen", "result": result, "on": "2026-11-01"}]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"laboratory": screen("negative")}, False),
        ({"laboratory": screen("positive")}, "not_determinable"),
        ({"laboratory": screen("negative"), "fetal_alloimmunity": {"red_cell": {"antibody": "present"}}}, True),
        ({}, "not_sent"),
    ],
)
def test_a_positive_screen_names_no_antibody(history, expected):
    assert value("hdfn.red_cell_antibody", **history) == expected


def test_titre_and_doppler_are_numbers_as_sent():
    sent = {"red_cell": {"antibody": "present", "titre": 64, "mca_psv_mom": 1.4}}
    assert value("hdfn.titre", fetal_alloimmunity=sent) == 64
    assert str(value("hdfn.mca_psv_mom", fetal_alloimmunity=sent)) == "1.4"
    assert value("hdfn.titre", fetal_alloimmunity={"red_cell": {"antibody": "present"}}) == "not_recorded"

"""`ivig-cds assess`: one history in, text or JSON out, no database."""

import io
import json
import sys

import pytest

from app import cli as module

CANARY = "zebra-7391"
HISTORY = {"patient": {"age_years": 34}, "jurisdiction": "GB-ENG"}


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs the command in an empty folder; gives its exit code, its output and its complaints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVIG_DATA_DIR", raising=False)

    def invoke(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ivig-cds", "assess", *words])
        with pytest.raises(SystemExit) as caught:
            module.main()
        said = capsys.readouterr()
        return caught.value.code or 0, said.out, said.err

    return invoke


@pytest.fixture
def file(tmp_path) -> str:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(HISTORY))
    return str(path)


def test_people_get_text(run, file):
    code, out, err = run(file)
    assert (code, err) == (0, "")
    assert "GB-ENG" in out.splitlines()[0]
    assert "RECURRENT PREGNANCY LOSS: undetermined" in out
    assert "ASK" in out


def test_programs_get_the_answer_of_the_service(run, file):
    code, out, _ = run(file, "--json", "--jurisdiction", "US")
    answer = json.loads(out)
    assert (code, answer["jurisdiction"], answer["rule_set"]["version"]) == (0, "US", "bundled")
    assert answer["candidacy"]


def test_explanations_are_as_long_as_asked(run, file):
    short, full = (len(run(file, "--json", "--explain", how)[1]) for how in ("none", "full"))
    assert short < full


def test_standard_input_is_read(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(HISTORY).encode())))
    assert "GB-ENG" in run("-")[1]


def test_nothing_is_stored(run, file, tmp_path):
    run(file)
    assert [path.name for path in tmp_path.iterdir()] == ["history.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f'{{"patient": {{"{CANARY}": 1}}}}', "/patient: This object holds a field that is not known here."),
        (f'{{"patient": {{"age_years": "{CANARY}"}}}}', "/patient/age_years: "),
        ("{", "/: The body is not valid JSON."),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(run, tmp_path, content, said):
    path = tmp_path / "bad.json"
    path.write_text(content)
    code, out, err = run(str(path))
    assert (code, out) == (1, "")
    assert err.startswith(said)
    assert CANARY not in err


def test_a_file_that_is_not_there(run):
    code, out, err = run("nowhere.json")
    assert (code, out) == (1, "")
    assert err == "/: nowhere.json cannot be read: No such file or directory\n"


def test_a_place_that_is_no_code(run, file):
    code, _, err = run(file, "--jurisdiction", "England")
    assert code == 1
    assert err.startswith("/jurisdiction: ")


def test_time_limits_come_first_and_the_plan_is_told(run, tmp_path):
    contact = {
        "as_of": "2026-11-25",
        "jurisdiction": "US",
        "patient": {"weight_kg": 70, "height_cm": 168, "sex": "female"},
        "current_pregnancy": {"gestational_age": {"weeks": 18}},
        "exposures": [{"agent": "measles", "on": "2026-11-24"}],
        "laboratory": [{"test": "measles_igg", "result": "negative", "on": "2026-11-25"}],
        "planned_ivig": {"product": "octagam-10", "dose_g_per_kg": 0.4, "days": 1},
    }
    (tmp_path / "contact.json").write_text(json.dumps(contact), encoding="utf-8")
    _, said, _ = run(str(tmp_path / "contact.json"))
    assert said.index("TIME") < said.index("MEASLES EXPOSURE: recommended")
    assert "28.0 g in all, by actual weight of 70 kg" in said
    assert "Protocol" in said
    assert "FUNDING MEASLES EXPOSURE" in said


def test_what_restricts_an_option_is_told_beside_it(run, tmp_path):
    risk = {
        "as_of": "2026-11-25",
        "jurisdiction": "US",
        "patient": {"age_years": 30, "sex": "female"},
        "pregnancies": [{"outcome": "live_birth", "complications": ["preeclampsia"]}],
        "current_pregnancy": {"gestational_age": {"weeks": 13}},
        "conditions": [{"code": "peptic_ulcer", "status": "present"}],
    }
    (tmp_path / "risk.json").write_text(json.dumps(risk), encoding="utf-8")
    _, said, _ = run(str(tmp_path / "risk.json"))
    option = said.partition("ALTERNATIVE Low-dose aspirin")[2].partition("ALTERNATIVE")[0]
    assert "recommends, restricted here" in option
    assert "Restricted: " in option
    assert "ulcer" in option.partition("Restricted: ")[2]

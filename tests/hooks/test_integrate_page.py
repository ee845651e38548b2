"""docs/integrate.md shows real calls and what the service really answers to them."""

import json
import re
from pathlib import Path

from tests.hooks.conformance import faults
from tests.web.test_readme import agrees

PAGE = (Path(__file__).parents[2] / "docs" / "integrate.md").read_text(encoding="utf-8")
CALM, CALL, ANSWER = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
(DETAIL,) = re.findall(r"```markdown\n(.*?)\n```", PAGE, re.DOTALL)


def post(service, call):
    response = service.post(f"/cds-services/ivig-{call['hook']}", json=call)
    assert response.status_code == 200
    return response.json()


def test_the_calm_chart_gets_no_card(service):
    assert post(service, CALM) == {"cards": []}


def test_the_answer_shown_is_the_answer_given(service):
    given = post(service, CALL)
    assert faults(given) == []
    assert len(given["cards"]) == len(ANSWER["cards"])
    for shown, real in zip(ANSWER["cards"], given["cards"], strict=True):
        assert agrees(shown, real), shown["summary"]
    assert given["cards"][0]["detail"].replace("\\", "").startswith(DETAIL)


def test_the_topics_named_are_those_there_are(service):
    named = set(re.findall(r"^\| `(ivig\w+)`", PAGE, re.MULTILINE))
    assert named == set(service.app.state.context.rules.card_words.topics)

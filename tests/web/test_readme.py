"""The README shows a real request and what the service really answers to it."""

import json
import re
from pathlib import Path
from typing import Any

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
REST = "..."


def agrees(shown: Any, real: Any) -> bool:
    """Whether what is shown is part of the real thing; ``...`` stands for anything left out."""
    if shown == REST:
        return True
    if isinstance(shown, dict):
        return all(name in real and agrees(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list):
        members = [item for item in shown if item != REST]
        return all(any(agrees(item, other) for other in real) for item in members) and (
            len(members) < len(shown) or len(members) == len(real)
        )
    return bool(shown == real)


def test_the_answer_shown_is_the_answer_given(client):
    request = re.search(r"-d '(.*?)'", README, re.DOTALL)
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert request
    assert shown
    answer = client.post("/v1/assessments", json=json.loads(request[1])).json()
    for name, part in json.loads(shown[1]).items():
        assert agrees(part, answer[name]), name


def test_the_comparison_can_fail():
    assert not agrees({"status": "recommended"}, {"status": "not_recommended"})
    assert not agrees(["a", "b"], ["a"])
    assert not agrees(["a"], ["a", "b"])

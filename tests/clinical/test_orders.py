"""Amounts and speed of the IVIG order, and planned vaccines."""

from decimal import Decimal

import pytest

from app.logic.values import Interval, Known, Reason
from tests.clinical.safety_facts import fact, value


@pytest.mark.parametrize(
    ("order", "total", "weekly"),
    [
        ({"dose_g_per_kg": 0.4, "days": 5}, Decimal("2.0"), Reason.NOT_RECORDED),
        ({"dose_g_per_kg": 1.99, "days": 1, "interval_days": 7}, Decimal("1.99"), Decimal("1.99")),
        ({"dose_g_per_kg": 1, "days": 2, "interval_days": 28}, Decimal(2), Decimal("0.5")),
        ({"dose_g_per_kg": 1, "interval_days": 7}, Interval(Decimal(1), None), Interval(Decimal(1), None)),
        ({"dose_g_per_kg": 1, "days": 1, "interval_days": 2}, Decimal(1), Decimal("3.5")),
        ({"days": 5, "interval_days": 28}, Reason.NOT_RECORDED, Reason.NOT_RECORDED),
    ],
)
def test_amounts_of_the_order(order, total, weekly):
    assert value("planned.total_g_per_kg", planned_ivig=order) == total
    assert value("planned.weekly_g_per_kg", planned_ivig=order) == weekly


def test_one_day_and_speed_of_the_order():
    order = {"dose_g_per_kg": 0.4, "rapid_infusion": False}
    assert fact("planned.daily_g_per_kg", planned_ivig=order) == Known(Decimal("0.4"), ("/planned_ivig/dose_g_per_kg",))
    assert value("planned.rapid", planned_ivig=order) is False
    assert value("planned.rapid", planned_ivig={"rapid_infusion": True}) is True
    assert value("planned.rapid", planned_ivig={}) is Reason.NOT_RECORDED


@pytest.mark.parametrize("name", ["total_g_per_kg", "weekly_g_per_kg", "daily_g_per_kg", "rapid"])
def test_without_an_order_nothing_is_planned_for_certain(name):
    assert value(f"planned.{name}") is Reason.NOT_SENT


def test_planned_vaccines():
    given = {"vaccine": "influenza", "on": "2026-10-01"}
    assert value("vaccine.planned", immunisations=[given, {"vaccine": "mmr", "planned": True}]) is True
    assert value("vaccine.planned", immunisations=[given]) is Reason.NOT_RECORDED
    assert value("vaccine.planned", immunisations=[given], complete_sections=["immunisations"]) is False
    assert value("vaccine.planned") is Reason.NOT_SENT

from itertools import product

import pytest

from app.logic.truth import CODES, TRUTHS, Truth, all_of, any_of, at_least, of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE

AND = {(F, F): F, (F, U): F, (F, T): F, (U, F): F, (U, U): U, (U, T): U, (T, F): F, (T, U): U, (T, T): T}
OR = {(F, F): F, (F, U): U, (F, T): T, (U, F): U, (U, U): U, (U, T): T, (T, F): T, (T, U): T, (T, T): T}
NOT = {F: T, U: U, T: F}
TWO_OF_THREE = {
    (F, F, F): F,
    (F, F, U): F,
    (F, F, T): F,
    (F, U, U): U,
    (F, U, T): U,
    (F, T, T): T,
    (U, U, U): U,
    (U, U, T): U,
    (U, T, T): T,
    (T, T, T): T,
}


def test_truth_tables_are_kleenes():
    assert {(a, b): a & b for a, b in product(Truth, repeat=2)} == AND
    assert {(a, b): a | b for a, b in product(Truth, repeat=2)} == OR
    assert {a: ~a for a in Truth} == NOT


def test_at_least_whatever_the_order():
    position = list(Truth).index
    for items in product(Truth, repeat=3):
        assert at_least(2, items) is TWO_OF_THREE[tuple(sorted(items, key=position))]


def test_groups_of_any_length():
    assert all_of([]) is T
    assert any_of([]) is F
    for items in product(Truth, repeat=3):
        assert all_of(items) is AND[AND[items[0], items[1]], items[2]] is at_least(3, items)
        assert any_of(items) is OR[OR[items[0], items[1]], items[2]] is at_least(1, items)


def test_unknown_cannot_slip_into_an_if():
    for truth in Truth:
        with pytest.raises(TypeError, match="not a bool"):
            bool(truth)


def test_of_a_decided_bool():
    assert of(value=True) is T
    assert of(value=False) is F


def test_codes_obey_the_same_tables_by_bit_operations():
    for (a, b), expected in AND.items():
        assert TRUTHS[CODES[a] & CODES[b]] is expected
    for (a, b), expected in OR.items():
        assert TRUTHS[CODES[a] | CODES[b]] is expected


def test_the_sum_of_fifteen_codes_counts_certain_and_possible():
    for true, unknown in product(range(16), repeat=2):
        if true + unknown <= 15:
            total = true * CODES[T] + unknown * CODES[U]
            assert (total >> 4, total & 15) == (true, true + unknown)

"""Divisions: stratified, exact, stable, groups whole, and the words for what cannot be divided."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seodang.core.errors import DataError, RecipeError
from seodang.core.values import check
from seodang.data.drawing import groups_of
from seodang.data.findings import prefixes
from seodang.data.source import Source
from seodang.data.split import LARGEST_GROUP, Split, divide, keep_together, leave_out


def source_of(labels, splits=None, ids=None, groups=None, columns=None, classes=None):
    labels = np.asarray(labels)
    names = classes or tuple("abcdefghij")[: int(labels.max()) + 1]
    return Source(
        name="photos",
        where="photos/",
        form="class folders",
        classes=names,
        labels=labels,
        ids=ids or [f"{names[label]}/{number}.jpg" for number, label in enumerate(labels)],
        splits=np.array(splits if splits is not None else [""] * len(labels)),
        stamp="",
        groups=groups,
        columns=columns or {},
        label_values=names,
    )


def parts(division):
    return [division.train, division.validation, division.test]


def message(source, settings):
    with pytest.raises(DataError) as caught:
        divide(source, settings)
    return str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(5, 60), min_size=2, max_size=6), st.integers(0, 9), st.floats(0, 0.4), st.floats(0, 0.4))
def test_a_division_is_a_partition_and_stratified(counts, seed, validation, test):
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    division = divide(source_of(labels), Split(seed=seed, validation=validation, test=test))
    assert sorted(np.concatenate(parts(division)).tolist()) == list(range(len(labels)))
    for part in parts(division):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()
    for part, share, whole in ((division.test, test, np.arange(len(labels))),):
        drawn = np.bincount(labels[part], minlength=len(counts))
        everything = np.bincount(labels[whole], minlength=len(counts))
        if share:
            assert (drawn >= 1).all()
            assert (np.abs(drawn - everything * share) <= 1).all()
        else:
            assert not len(part)
    assert (np.bincount(labels[division.train], minlength=len(counts)) >= 1).all()


def test_the_numbers_are_exact():
    division = divide(source_of(np.repeat(np.arange(10), 100)), Split())
    assert [len(part) for part in parts(division)] == [765, 85, 150]
    assert division.given == ()
    assert (
        division.note == "The data gives no split: test (150) and validation (85) drawn, stratified by class (seed 0)."
    )


def test_five_of_a_class_suffice():
    division = divide(source_of([0] * 5 + [1] * 5), Split())
    assert [len(part) for part in parts(division)] == [6, 2, 2]


def test_a_seed_decides_and_only_a_seed():
    source = source_of(np.arange(200) % 4)
    one, same, other = (divide(source, Split(seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(parts(one), parts(same), strict=True))
    assert not np.array_equal(one.test, other.test)
    assert one.test.tolist()[:4] == [5, 13, 14, 16]  # recorded: the same on every machine and version


def test_pictures_stay_where_they_are_when_others_come():
    few, more = source_of(np.arange(400) % 2), source_of(np.arange(420) % 2)
    before, after = (set(divide(source, Split()).test.tolist()) for source in (few, more))
    assert len(before & after) >= 0.9 * len(before)


def test_splits_that_are_given_are_kept():
    splits = ["train"] * 12 + ["validation"] * 4 + ["test"] * 2
    division = divide(source_of(np.arange(18) % 2, splits), Split())
    assert [part.tolist() for part in parts(division)] == [list(range(12)), [12, 13, 14, 15], [16, 17]]
    assert division.given == ("train", "validation", "test")
    assert division.note == "The data gives training, validation and test: they are used as they are."


def test_validation_is_drawn_from_training_where_only_test_is_given():
    division = divide(source_of(np.arange(40) % 2, ["train"] * 30 + ["test"] * 10), Split(validation=0.2))
    assert division.test.tolist() == list(range(30, 40))
    assert len(division.validation) == 6
    assert division.validation.max() < 30
    assert division.note == (
        "The data gives training and test; 20% of training (6 pictures) are kept apart as validation (seed 0)."
    )
    without = divide(source_of(np.arange(40) % 2, ["train"] * 30 + ["test"] * 10), Split(validation=0))
    assert len(without.validation) == 0
    assert without.note == "The data gives training and test; there is no validation split (split.validation=0)."


def test_there_is_no_test_where_validation_is_given_without():
    division = divide(source_of([0, 1, 0, 1], ["train", "train", "validation", "validation"]), Split())
    assert [len(part) for part in parts(division)] == [2, 2, 0]
    assert division.note == "The data gives training and validation but no test split: judging happens on validation."


def test_training_alone_is_divided_as_if_nothing_were_given():
    division = divide(source_of(np.arange(100) % 2, ["train"] * 100), Split())
    assert [len(part) for part in parts(division)] == [76, 9, 15]
    assert division.given == ()


def test_nothing_kept_apart():
    division = divide(source_of([0, 1, 0]), Split(validation=0, test=0))
    assert division.train.tolist() == [0, 1, 2]
    assert division.note == (
        "The data gives no split and none is drawn (split.test=0, split.validation=0): nothing is left for judging."
    )


# What cannot be divided -----------------------------------------------------------------------------------------------


def test_what_cannot_be_judged_at_all():
    """Nothing would be left to tell two classes apart by."""
    source = source_of([0] * 30 + [1, 2], classes=("owl", "heron", "ibis"))
    assert message(source, Split()) == (
        "photos/ has 2 classes with fewer than 5 pictures: 'heron' (1), 'ibis' (1). At least two classes need 2, one to "
        "learn from and one to judge by.\nAdd pictures."
    )
    assert message(source_of([0, 1, 2]), Split()).startswith("photos/ has 3 classes with fewer than 5 pictures")
    assert len(divide(source, Split(validation=0, test=0)).train) == 32


@given(st.lists(st.integers(1, 7), min_size=2, max_size=6), st.integers(0, 9))
def test_small_classes_give_what_they_can(counts, seed):
    """At least one example of each trains; from 2 on one is judged by, from 4 on one is chosen by."""
    if sorted(counts)[-2] < 2:
        return
    labels = np.repeat(np.arange(len(counts)), counts)
    division = divide(source_of(labels), Split(seed=seed))
    train, validation, test = (np.bincount(labels[part], minlength=len(counts)) for part in parts(division))
    assert (train >= 1).all()
    assert (train >= validation).all()
    assert ((test >= 1) == (np.array(counts) >= 2)).all()
    assert ((validation >= 1) == (np.array(counts) >= 4)).all()


def test_classes_that_are_too_small_are_told():
    source = source_of([0] * 3 + [1] + [2] * 30 + [3] * 30, classes=("heron", "ibis", "owl", "tern"))
    assert divide(source, Split()).note == (
        "The data gives no split: test (10) and validation (5) drawn, stratified by class (seed 0). "
        "2 of 4 classes have fewer than 5 examples, too few to be learnt or judged well: 'heron' (3), 'ibis' (1). "
        "The test split has none of 'ibis', which cannot be judged. The validation split has none of 'heron', 'ibis'."
    )
    assert "fewer than" not in divide(source_of([0] * 5 + [1] * 9), Split()).note


def test_a_column_of_amounts_is_no_class():
    rows = replace(source_of(np.arange(90) // 2, classes=tuple(map(str, range(45)))), noun="row")
    assert message(rows, Split()).endswith("Then another target or task is meant.")
    assert divide(replace(rows, noun="picture"), Split()).note  # a few pictures of each of many kinds


def test_one_class_only():
    assert message(source_of([0] * 30, classes=("cats",)), Split()) == (
        "photos/ has one class only, 'cats'. Telling classes apart needs 2 or more."
    )


def test_nothing_to_train_on():
    assert message(source_of([0, 1], ["test", "test"]), Split()) == (
        "photos/ has a test split but nothing to train on. Add a folder or file named train, or give the path of the test data "
        "itself."
    )


def test_a_class_that_is_only_in_validation():
    assert message(source_of([0, 1, 2], ["train", "train", "validation"]), Split()) == (
        "photos/ has no training pictures of 'c', only validation pictures. Add some, or leave it out with without=c."
    )


def test_classes_are_left_out_by_name():
    source = leave_out(source_of([0, 1, 2, 1], classes=("heron", "ibis", "owl")), ("ibis",))
    assert source.classes == source.label_values == ("heron", "owl")
    assert source.labels.tolist() == [0, 1]
    assert [(one.path, one.reason) for one in source.left_out] == [
        ("class ibis", "left out by without=ibis (2 pictures)")
    ]
    with pytest.raises(DataError) as caught:
        leave_out(source, ("hero",))
    assert str(caught.value) == "without=hero: 'hero' is not a class of photos/. Did you mean heron?"
    with pytest.raises(DataError) as caught:
        leave_out(source, ("heron",))
    assert str(caught.value) == "without=heron leaves 1 of the 2 classes of photos/. Telling classes apart needs 2."


def test_settings_come_as_words():
    assert check(Split, {"without": "heron, ibis"}).without == ("heron", "ibis")
    assert check(Split, {"without": ["heron"]}).without == ("heron",)
    with pytest.raises(RecipeError) as caught:
        check(Split, {"tets": 0.1, "validation": 2})
    assert sorted(str(caught.value).splitlines()) == [
        "tets is not a setting of Split. Did you mean test?",
        "validation must be less than 1, got 2.",
    ]


# Groups ---------------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 30), st.integers(0, 5))
def test_groups_never_cross_splits(number, seed):
    generator = np.random.default_rng(seed)
    groups = np.array([f"p{value}" for value in generator.integers(0, number, 400)])
    source = source_of(generator.integers(0, 3, 400), groups=groups)
    division = divide(source, Split(seed=seed))
    sets = [set(groups[part].tolist()) for part in parts(division)]
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]
    assert all(sets)
    if number >= 20:
        assert 0.1 < len(division.test) / 400 < 0.2


def test_groups_by_column_and_by_pattern():
    ids = [f"x/user{number % 7}_{number}.png" for number in range(70)]
    source = source_of(np.arange(70) % 2, ids=ids, columns={"person": np.arange(70) % 7})
    by_column = divide(source, Split(by="person"))
    by_pattern = divide(source, Split(by=r"user(\d+)_"))
    for division in (by_column, by_pattern):
        sets = [set((part % 7).tolist()) for part in parts(division)]
        assert sum(map(len, sets)) == 7
    assert by_column.note.endswith("Pictures with the same person stay together (7 groups).")
    assert np.array_equal(by_column.test, by_pattern.test)


def test_the_pattern_that_look_advises_keeps_each_person_in_one_split_over_all_classes():
    """In class folders a person stands in several; by a pattern from the beginning of the whole path each would be two."""
    labels = np.arange(120) % 2
    ids = [f"{'ab'[label]}/p{number // 2 % 12}_{number}.jpg" for number, label in enumerate(labels)]
    pattern, owners = prefixes(ids, labels)
    source = source_of(labels, ids=ids)
    assert groups_of(source, pattern).tolist() == owners.tolist()
    division = divide(source, Split(by=pattern, test=0.3))
    sets = [set(owners[part].tolist()) for part in parts(division)]
    assert sum(map(len, sets)) == len(set(owners)) == 12
    assert groups_of(source, "^([ab])/").tolist() == [name[0] for name in ids], "folders, where no file's own name fits"
    assert groups_of(source, "([ab])/p").tolist() == [name[0] for name in ids]


def test_groups_stay_together_when_validation_is_drawn_from_training():
    groups = np.array(["p", "q", "r", "s"] * 10)
    division = divide(source_of(np.arange(40) % 2, ["train"] * 32 + ["test"] * 8, groups=groups), Split())
    assert not set(groups[division.train].tolist()) & set(groups[division.validation].tolist())


def test_group_settings_that_do_not_fit():
    source = source_of([0, 1] * 10, columns={"person": np.array(["x"] * 20)})
    assert message(source, Split(by="persn")) == (
        "split.by=persn is neither a column of photos/ nor a pattern with a group in parentheses that says what belongs "
        "together, as in split.by='(user\\d+)_'. Its columns: person."
    )
    assert message(source, Split(by="(")) == (
        "split.by=( is neither a column of photos/ nor a regular expression (missing ), unterminated subpattern at position 0). "
        "Its columns: person."
    )
    assert message(source, Split(by="(q+)")) == "split.by=(q+) does not match 20 of 20 names, the first: a/0.jpg."
    assert message(source, Split(by="person")) == (
        "split.by gives 1 group for 20 pictures of photos/, and a group stays in one split: nothing can be kept apart for test. "
        "Use another pattern, or split.test=0."
    )
    assert groups_of(source, None) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(8, 60), min_size=2, max_size=5), st.integers(0, 99))
def test_copies_stay_in_one_split(counts, seed):
    random = np.random.default_rng(seed)
    source = source_of(random.permutation(np.repeat(np.arange(len(counts)), counts)))
    cuts = np.sort(random.choice(np.arange(1, len(source)), len(source) // 3, replace=False))
    groups = [part for part in np.split(random.permutation(len(source)), cuts) if len(part) > 1]
    before = divide(source, Split(seed=seed))
    after = keep_together(source, before, groups)
    assert sorted(np.concatenate(parts(after)).tolist()) == list(range(len(source)))
    where = np.zeros(len(source), int)
    for number, part in enumerate(parts(after)):
        where[part] = number
    apart = [group for group in groups if len(set(where[group].tolist())) > 1]
    trained = np.bincount(source.labels[after.train], minlength=len(counts))
    assert (trained >= 1).all()
    for group in apart:  # too large, or training would lose the last example of a class
        last = any(trained[source.labels[i]] <= len(group) for i in group)
        assert len(group) > max(10, LARGEST_GROUP * len(source)) or last


def test_a_copy_follows_the_first_of_its_group_and_given_splits_stay():
    source = source_of([0, 1] * 50)
    before = divide(source, Split())
    pair = (int(before.train[0]), int(before.test[0]))
    after = keep_together(source, before, [pair])
    assert pair[1] in after.train
    assert len(after.test) == len(before.test) - 1
    assert after.note == before.note + " Copies and near copies stay in one split (1 picture moved)."
    assert keep_together(source, before, [before.train[:4]]) is before
    given_ones = source_of([0, 1] * 50, splits=["train"] * 60 + ["test"] * 40)
    division = divide(given_ones, Split())
    assert keep_together(given_ones, division, [(0, 99)]) is division

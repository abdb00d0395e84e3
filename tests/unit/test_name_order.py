"""The order of names, Chinese ones by their pinyin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.name_search import name_order


def _sorted(names: str) -> list[str]:
    return sorted(names.split(), key=name_order)


def test_chinese_names_come_in_the_order_of_their_pinyin():
    assert _sorted("赵六 王五 张三 李四 陈一 艾二") == ["艾二", "陈一", "李四", "王五", "张三", "赵六"]


def test_a_syllable_is_compared_before_the_next_character():
    # li4 an1, lian2: a comparison of joined letters would mix them.
    assert _sorted("连一 李安 李四") == ["李安", "李四", "连一"]


def test_tones_follow_one_another():
    assert _sorted("汪 王 往 望") == ["汪", "王", "往", "望"]


def test_u_with_umlaut_comes_between_lu_and_luan():
    assert _sorted("栾 吕 陆 罗 娄") == ["娄", "陆", "吕", "栾", "罗"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("曾国", "袁国", "张国"),
        ("单雄", "沙雄", "沈雄"),
        ("仇英", "钱英", "曲英"),
        ("尉迟恭", "于恭", "袁恭"),
    ],
)
def test_surnames_are_read_as_surnames(name, before, after):
    assert _sorted(f"{after} {name} {before}") == [before, name, after]


def test_latin_names_find_their_place_among_chinese_ones():
    names = ["Adam, Eva", "Müller, Jürgen", "Zhao, Y", "王小东", "Wang", "陈一"]
    assert sorted(names, key=name_order) == [
        "Adam, Eva",
        "陈一",
        "Müller, Jürgen",
        "Wang",
        "王小东",
        "Zhao, Y",
    ]


def test_case_and_accents_do_not_count():
    assert name_order("MÜLLER, jürgen") == name_order("Muller, Jurgen")


@given(st.text())
def test_any_text_has_a_place(name):
    assert isinstance(name_order(name), str)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.word_pieces import WordPieces, words

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "liver", "##s", "the", ".", "肝", "un", "##believ", "##able"]
TOKENISER = WordPieces("\n".join(PIECES) + "\n", longest=8)


def pieces(text: str) -> list[str]:
    return [PIECES[number] for number in TOKENISER.numbers(text)]


def test_the_longest_pieces_are_taken_first() -> None:
    assert pieces("The livers.") == ["[CLS]", "the", "liver", "##s", ".", "[SEP]"]
    assert pieces("unbelievable") == ["[CLS]", "un", "##believ", "##able", "[SEP]"]


def test_a_word_with_an_unknown_rest_is_unknown() -> None:
    assert pieces("liverx 肝肝") == ["[CLS]", "[UNK]", "肝", "肝", "[SEP]"]
    assert pieces("a" * 101) == ["[CLS]", "[UNK]", "[SEP]"]


def test_long_sentences_are_cut() -> None:
    assert len(TOKENISER.numbers("the " * 100)) == 8
    assert TOKENISER.numbers("the " * 100)[-1] == PIECES.index("[SEP]")


def test_a_batch_is_filled_up() -> None:
    ids, mask = TOKENISER.batch(["the liver", ""])
    assert ids.tolist() == [[2, 6, 4, 3], [2, 3, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Größe Café", ["große", "cafe"]),
        ("3.5mm, (U.S.)", ["3", ".", "5mm", ",", "(", "u", ".", "s", ".", ")"]),
        ("肝脏ok", ["肝", "脏", "ok"]),
        ("zero\u200bwidth\x00 tab\tline\n", ["zerowidth", "tab", "line"]),
        ("a$b ¥", ["a", "$", "b", "¥"]),
    ],
)
def test_words(text: str, split: list[str]) -> None:
    assert list(words(text)) == split


@given(st.text())
def test_any_text_is_split_into_words_without_space(text: str) -> None:
    assert all(word and not any(letter.isspace() for letter in word) for word in words(text))

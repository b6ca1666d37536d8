"""The person's language: Korean particles, columns of a terminal, whose word decides, and the command line as a process."""

import json
import os
import subprocess
import sys

import pytest

from seodang.core import language as spoken
from seodang.core.language import columns, language, padded, particles, said_before, tr, trn, use_language

# Written with both forms, and as it is right: by 한글 맞춤법, and by how digits, letters and English words are read.
TRUE_KOREAN = {
    "사진을(를)": "사진을",
    "사과을(를)": "사과를",
    "열이(가)": "열이",
    "표이(가)": "표가",
    "파일은(는)": "파일은",
    "폴더은(는)": "폴더는",
    "값과(와)": "값과",
    "클래스과(와)": "클래스와",
    "부산(으)로": "부산으로",
    "여기(으)로": "여기로",
    "서울(으)로": "서울로",  # ㄹ takes 로, and 을
    "서울을(를)": "서울을",
    "값(이)라는": "값이라는",
    "데이터(이)라는": "데이터라는",
    "0을(를)": "0을",  # 영
    "1(으)로": "1로",  # 일
    "2과(와)": "2와",
    "3(으)로": "3으로",  # 삼
    "6이(가)": "6이",  # 육
    "7(으)로": "7로",
    "8은(는)": "8은",
    "9은(는)": "9는",
    "1,000(으)로": "1,000으로",  # 천
    "50%을(를)": "50%를",  # 퍼센트
    "CNN은(는)": "CNN은",  # 엔
    "LSTM(으)로": "LSTM으로",
    "SGD을(를)": "SGD를",
    "URL(으)로": "URL로",  # 엘
    "R이(가)": "R이",  # 알
    "layer이(가)": "layer가",  # 레이어
    "training은(는)": "training은",  # 트레이닝
    "table(으)로": "table로",  # 테이블
    "name을(를)": "name을",  # 네임
    "photos.png을(를)": "photos.png를",  # 피엔지
    "target은(는)": "target은",  # 타깃
    "data set을(를)": "data set를",  # 세트
    "float(으)로": "float로",  # 플로트
    "map이(가)": "map이",  # 맵
    "rock과(와)": "rock과",  # 록
    "‘사진’을(를)": "‘사진’을",
    "`mnist`(으)로": "`mnist`로",
    "(사과)이(가)": "(사과)가",
    "→을(를)": "→을(를)",  # nobody knows
    "사진 3장(모두)": "사진 3장(모두)",
}


@pytest.fixture
def korean(monkeypatch):
    monkeypatch.setattr(spoken, "_chosen", "ko")


@pytest.fixture
def nobody_asked(monkeypatch):
    monkeypatch.setattr(spoken, "_chosen", None)
    for variable in spoken.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


@pytest.mark.parametrize("written", TRUE_KOREAN)
def test_particles_fit_the_sound_before_them(written):
    assert particles(written) == TRUE_KOREAN[written]


def test_the_catalogue_is_spoken_with_values_and_particles(korean):
    assert tr("{name} cannot be read ({error}).", name="결과", error="x") == "결과를 읽을 수 없습니다(x)."
    assert tr("{name} cannot be read ({error}).", name="그림", error="x") == "그림을 읽을 수 없습니다(x)."
    assert trn("{count:,} row", "{count:,} rows", 1) == "행 1개"
    assert trn("{count:,} row", "{count:,} rows", 1200) == "행 1,200개"
    assert tr("nobody has ever said this {word}", word="before") == "nobody has ever said this before"


def test_values_are_not_taken_for_placeholders(korean):
    assert tr("Did you mean {match}?", match="{path}") == "{path}를 뜻하셨습니까?"


def test_the_one_asked_for_comes_before_ours_and_ours_before_the_systems(nobody_asked):
    assert language() == "en"
    nobody_asked.setenv("LANG", "ko_KR.UTF-8")
    assert language() == "ko"
    nobody_asked.setenv("LC_ALL", "C.UTF-8")
    assert language() == "en"
    nobody_asked.setenv("SEODANG_LANG", "ko")
    assert language() == "ko"
    use_language("en")
    assert language() == "en"
    nobody_asked.setattr(spoken, "_chosen", None)
    nobody_asked.setenv("SEODANG_LANG", "de_DE")  # not spoken: English
    assert language() == "en"


@pytest.mark.parametrize("code", ["ko", "KO", "ko_KR.UTF-8", "ko-KR"])
def test_a_language_has_many_names(nobody_asked, code):
    use_language(code)
    assert language() == "ko"


def test_a_language_that_is_not_spoken_says_which_are(nobody_asked):
    with pytest.raises(ValueError, match=r"^language 'fr' is not one that Seodang speaks\. Allowed: en, ko\.$"):
        use_language("fr")


def test_a_syllable_takes_two_columns():
    assert columns("가나 ab") == 7
    assert padded("에폭", 6) == "에폭  "
    assert padded("epoch", 6) == f"{'epoch':6}"


def test_a_library_is_told_again_by_its_template(korean):
    templates = ("less than or equal to {limit}", "less than {limit}")
    assert said_before("less than or equal to 5", templates) == "5 이하의 값"
    assert said_before("less than 5", templates) == "5보다 작은 값"
    assert said_before("never heard", templates) == "never heard"


def seodang(*words, code=0, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in spoken.VARIABLES}
    done = subprocess.run(
        [sys.executable, "-m", "seodang", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**kept, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environment},
    )
    assert done.returncode == code, done.stderr
    return done


def test_help_in_korean_as_a_process():
    told = seodang("train", "--help", "--lang", "ko").stdout
    assert told.startswith("사용법: ")
    assert "옵션:\n" in told
    assert "이 도움말을 보여 주고 끝냅니다." in told
    assert "seodang train --resume last training.epochs=+5" in told  # what is typed stays
    assert max(map(columns, told.splitlines())) <= 80
    english = seodang("train", "--help").stdout
    assert english.startswith("Usage: ")
    assert "Show this message and exit." in english


def test_the_environment_asks_too_and_every_verb_has_its_line():
    told = seodang("--help", SEODANG_LANG="ko").stdout
    lines = told.partition("명령:\n")[2].splitlines()
    assert len(lines) > 15
    assert all(any("가" <= letter <= "힣" for letter in line) for line in lines if line.strip())


def test_names_are_described_in_korean_for_programs_too():
    found = json.loads(seodang("list", "recipes", "--json", "--lang=ko").stdout)["recipes"]
    assert found["mnist-mlp"]["about"].startswith("L01: 512개짜리 dense 층 둘이")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("train", "--epochs", "3"), "오류: 그런 옵션이 없습니다: --epochs\n설정은 대시 없이 씁니다: epochs=VALUE.\n"),
        (("predict",), "사용법: "),
        (("predict", "last", "x.png", "--top", "many"), "값이 잘못되었습니다: 정수가 와야 하는데"),
        (("trian", "digits"), "명령이 없습니다"),
        (("list", "recipe"), "'recipe'의 목록은 볼 수 없습니다. recipes를 뜻하셨습니까?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_in_korean(words, told):
    done = seodang(*words, "--lang", "ko", code=2)
    assert told in done.stdout + done.stderr


@pytest.mark.parametrize("asked", [{"words": ("--lang", "fr")}, {"SEODANG_LANG": "fr"}])
def test_a_wrong_language_is_one_sentence(asked):
    done = seodang("list", *asked.pop("words", ()), code=2, **asked)
    assert (done.stdout, done.stderr) == ("", "language 'fr' is not one that Seodang speaks. Allowed: en, ko.\n")

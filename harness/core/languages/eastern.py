"""Numbers of Chinese, Japanese and Korean as digits: 9万7611, 九万七千六百一十一.

Its one rule: a lone character is a number only where a counter stands behind it, since 一 and 만
are in many words that count nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal

from harness.core.late_pattern import LatePattern

_DIGITS = {
    **{char: n for n, char in enumerate("零一二三四五六七八九")},
    **{char: n for n, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{char: n for n, char in enumerate("영일이삼사오육칠팔구")},
    "两": 2,
    "兩": 2,
    "弐": 2,
    "参": 3,
    "壱": 1,
    "공": 0,
    "륙": 6,
}
_SMALL = {"十": 10, "百": 100, "千": 1_000, "拾": 10, "佰": 100, "仟": 1_000}
_SMALL |= {"십": 10, "백": 100, "천": 1_000}
_LARGE = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_LARGE |= {"만": 10**4, "억": 10**8, "조": 10**12}

_HAN = "".join(char for char in (*_DIGITS, *_SMALL, *_LARGE) if char < "가")
_HANGUL = "".join(char for char in (*_DIGITS, *_SMALL, *_LARGE) if char >= "가")
_MIXED = LatePattern(
    lambda: (
        rf"(?<![0-9.])[0-9]{{1,20}}(?:\.[0-9]{{1,20}})?[ ]?[{''.join((*_SMALL, *_LARGE))}]"
        rf"(?:[ ]?[0-9]{{1,20}}[ ]?[{''.join((*_SMALL, *_LARGE))}])*"
        r"(?:[ ]?[0-9]{1,20}(?![0-9.]))?"
    )
)
_MIXED_PART = LatePattern(lambda: rf"([0-9]+(?:\.[0-9]+)?)[ ]?([{''.join((*_SMALL, *_LARGE))}])?")
_SPELLED = LatePattern(lambda: rf"[{_HAN}]+(?:点[{_HAN}]+)?")
_SPELLED_KOREAN = LatePattern(
    lambda: (
        rf"(?<![가-힣])[{_HANGUL}]{{2,}}(?: [{_HANGUL}]{{2,}})*"
        r"(?=[^가-힣]|$|[원명개번호월년시분초층살세점권장대건회차주도은는을를가의로]|퍼센트|입니다|이에요|예요|이었|였|에)"
    )
)
_PER_CENT = LatePattern(lambda: rf"百分之([{_HAN}点]+|[0-9]+(?:\.[0-9]+)?)")
_COUNTERS = frozenset("年月日号時时点點分秒人個个名回次本枚冊円元块圓歳岁階层楼倍室番台件位")
EASTERN_RUN = re.compile(rf"[{_HAN}{_HANGUL}]{{2}}|[0-9] ?[{_HAN}{_HANGUL}]")
"""Two characters of a number in a row: every number of a hundred or more has such."""
_IDIOMS = frozenset({"万一", "千万", "一一", "三三", "百万一", "一二"})
_OTHER_HANGUL = frozenset({"이만", "만일", "천일", "일만"})
"""Words that look like a number."""
_LONGEST = 40


def eastern_digits(text: str, code: str) -> str:
    """The text with numbers of the language as digits.

    >>> eastern_digits("九万七千六百一十一元", "zh"), eastern_digits("9万7611円", "ja")
    (' 97611 元', ' 97611 円')
    >>> eastern_digits("百分之六十", "zh"), eastern_digits("구만 칠천육백십일 원", "ko")
    (' 60% ', ' 97611  원')
    """
    if code not in {"zh", "ja", "ko"}:
        return text
    text = _PER_CENT.sub(_per_cent, text)
    text = _MIXED.sub(_mixed, text)
    if code == "ko":
        return _SPELLED_KOREAN.sub(_korean, text)
    return _SPELLED.sub(_han, text)


def _per_cent(found: re.Match[str]) -> str:
    number = found[1] if found[1][0].isdigit() else _value(found[1])
    return f" {number}% " if number is not None else found[0]


def _mixed(found: re.Match[str]) -> str:
    """Digits with characters for scales: 9万7千."""
    total, section, last_large = Decimal(0), Decimal(0), 10**16
    for number, unit in _MIXED_PART.compiled.findall(found[0]):
        if unit in _LARGE:
            if _LARGE[unit] >= last_large:
                return found[0]
            last_large = _LARGE[unit]
            total += (section + Decimal(number)) * last_large
            section = Decimal(0)
        else:
            section += Decimal(number) * _SMALL.get(unit, 1)
    written = f"{total + section:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return f" {written} "


def _han(found: re.Match[str]) -> str:
    run = found[0]
    after = found.string[found.end() : found.end() + 1]
    if run in _IDIOMS or (len(run) == 1 and (after not in _COUNTERS or run == "一")):
        return run
    if run == "十" and after == "分":
        return run
    number = _value(run)
    return run if number is None else f" {number} "


def _korean(found: re.Match[str]) -> str:
    run = found[0].replace(" ", "")
    scaled = any(char in _SMALL or char in _LARGE for char in run)
    plain = any(char in _DIGITS for char in run)
    if run in _OTHER_HANGUL or not (scaled and plain):
        return found[0]
    number = _value(run)
    return found[0] if number is None else f" {number} "


def _value(run: str) -> str | None:
    """What characters say: place by place, or with their scales; None where they say nothing."""
    whole, point, part = run.partition("点")
    if len(run) > _LONGEST or not whole:
        return None
    if point:
        number = _value(whole)
        if number is None or not part or any(char not in _DIGITS for char in part):
            return None
        return f"{number}.{''.join(str(_DIGITS[char]) for char in part)}"
    if all(char in _DIGITS for char in whole):
        return "".join(str(_DIGITS[char]) for char in whole)
    total = section = digit = 0
    for char in whole:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _SMALL:
            section += (digit or 1) * _SMALL[char]
            digit = 0
        else:
            total += ((section + digit) or 1) * _LARGE[char]
            section = digit = 0
    return str(total + section + digit)

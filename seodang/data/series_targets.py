"""Which column of numbers a series is forecast for, guessed from names, places and what moves beside what."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from seodang.core.sentences import said
from seodang.data.frame import Frame
from seodang.data.targets import plain
from seodang.data.unnamed_targets import has_no_names

# Names of what is forecast, the surest first; in capitals or not, without spaces and signs.
SERIES_NAMES = [
    "close", "target", "y", "value", "ot", "passengers", "sales", "sold", "unitssold", "revenue", "demand", "count", "cnt",
    "load", "price", "consumption", "cases", "pm25", "pm10", "종가", "값", "판매량", "매출", "매출액", "수요", "가격",
]  # fmt: skip
# The last word of a longer name too.
ENDINGS = (
    "passengers", "sales", "demand", "count", "counts", "판매량", "매출", "수요", "건수", "이용량", "사용량", "생산량", "발전량", "승객수",
    "이용객수", "방문자수",
)  # fmt: skip
# Words of longer names that say the same: Global_active_power, new_cases, "Umsatz (EUR)".
_WORDS = {
    "sales", "revenue", "turnover", "demand", "consumption", "power", "energy", "kwh", "mwh", "mw", "kw", "load", "usage", "cases",
    "passengers", "riders", "ridership", "visitors", "visits", "trips", "rentals", "orders", "bookings", "calls", "clicks", "production",
    "generation", "output", "yield", "umsatz", "absatz", "verbrauch", "erzeugung", "verkauf", "besucher", "ventes", "ventas", "vendas",
    "consommation", "consumo", "close",
}  # fmt: skip
# What stands beside a series and moves it rather than being forecast: the weather, holidays, prices of others, places.
_BESIDE = re.compile(
    r"(temp|tmp|tavg|tmax|tmin|tmean|t|tpot|tdew|dew|dewp|humid|humidity|rh|ah|hum|wind|windspeed|wv|wd|ws|rain|rainfall|prcp|precip"
    r"|precipitation|snow|snowfall|pres|pressure|press|p|cloud|clouds|visibility|sunshine|radiation|weather|temperature|temperatur"
    r"|feuchte|luftdruck|regen|niederschlag|lat|latitude|lon|long|longitude|elevation|altitude|population|holiday|promo|promotion"
    r"|onpromotion|weekend|workingday|open)"
)
_KOREAN_BESIDE = re.compile(
    r".*(기온|온도|습도|풍속|풍향|강수량|강우량|적설|기압|일조|일사|운량|시정|휴일|공휴일|위도|경도)"
)
_WARMTH = re.compile(
    r"(mean|avg|average|daily|air|max|min)?(temp|temperature|temperatur|t|tavg|tmean|tmax)(mean|avg|max|min)?|.*기온"
)
_CALENDAR = re.compile(
    r"(year|yr|month|mon|mnth|day|mday|mdate|dom|doy|hour|hr|minute|min|second|week|wk|weekday|dayofweek|dow|dayofyear|weekofyear|quarter|qtr"
    r"|season|decimaldate|decimalyear|date|time|timestamp|unixtime|epoch|no|nr|id|index|연도|년도|년|월|일|시|주차|요일|분기|계절)"
)


def series_target(
    frame: Frame, numbers: Sequence[str], apart: Sequence[str] = (), times: Sequence[str] = ()
) -> tuple[str, str]:
    """The column of numbers that is forecast, and the sentence on it.

    By its name; else the first that says neither when nor where nor what the weather was. Where a table of what is measured begins with
    the weather or a holiday, what is to be foretold stands last.

    Args:
        numbers: The columns of numbers, in the order of the file; at least one.   apart: the columns that tell series apart.
        times: the columns that say when; where no line names the columns, what stands before them are parts of the date.
    """
    if (known := named_as_series(numbers)) is not None:
        return known, said("The target is {name}, by its name. Say another with target=COLUMN.", name=known)
    if len(numbers) == 1:
        return numbers[0], said("The target is {name}: the only column of numbers.", name=numbers[0])
    moving = [name for name in numbers if _moves(frame, name, apart)] or list(numbers)
    if times and has_no_names(frame):
        order = [column.name for column in frame.columns]
        moving = [name for name in moving if order.index(name) > order.index(times[-1])] or moving
    measured = [name for name in moving if not is_beside(name)]
    if not measured:
        warmth = next((name for name in moving if _WARMTH.fullmatch(_bare(name))), None)
        if warmth is not None:
            return warmth, said("The target is {name}, by its name. Say another with target=COLUMN.", name=warmth)
        return _first(moving[0])
    if moving[0] != measured[0]:
        return measured[-1], said(
            "The target is {name}: the last column of numbers that says neither when nor what the weather was. "
            "Say another with target=COLUMN.",
            name=measured[-1],
        )
    return _first(measured[0])


def _first(name: str) -> tuple[str, str]:
    return name, said(
        "The target is {name}: the first column of numbers that is measured. Say another with target=COLUMN.", name=name
    )


def named_as_series(numbers: Sequence[str]) -> str | None:
    """The column that is named like what is forecast; None where none is.

    >>> named_as_series(["Temp", "new_cases"]), named_as_series(["a", "Umsatz (EUR)"]), named_as_series(["a", "b"])
    ('new_cases', 'Umsatz (EUR)', None)
    """
    for wanted in SERIES_NAMES:
        for name in numbers:
            if wanted in (plain(name), _bare(name)) or wanted in ENDINGS and _bare(name).endswith(wanted):
                return name
    for name in numbers:
        if any(_bare(name).endswith(ending) for ending in ENDINGS) or _WORDS & set(_words(name)):
            return name
    return None


def is_beside(name: str) -> bool:
    """Whether a column is named like the weather, a holiday or a place: what goes with a series.

    >>> [is_beside(name) for name in ("temp_max", "평균 상대습도(%)", "CO(GT)", "wv (m/s)", "T (degC)")]
    [True, True, False, True, True]
    """
    if _KOREAN_BESIDE.fullmatch(_bare(name)):
        return True
    return any(_BESIDE.fullmatch(word) for word in _words(name)) or _BESIDE.fullmatch(_bare(name)) is not None


def _moves(frame: Frame, name: str, apart: Sequence[str]) -> bool:
    """Whether a number says something of the moment: no part of its date, no yes or no, no count of the rows, and not the
    same all through a series."""
    if _CALENDAR.fullmatch(_bare(name)) or frame.column(name).distinct <= 2:
        return False
    if bool((np.diff(np.asarray(frame.table[name], np.float64)) == 1).all()):
        return False
    return not apart or bool((frame.table.groupby(list(apart), observed=True)[name].nunique() > 1).any())


def _bare(name: str) -> str:
    """A name without a unit behind it, as `plain` gives it."""
    return plain(re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", name))


def _words(name: str) -> list[str]:
    name = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", name)
    return [word.lower() for word in re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)) if word]

"""How a snapshot's values are written on Vietnamese forms: marks, dates, levels, titles.

Pure functions of the snapshot, so that the same snapshot always prints the same text.
"""

from calendar import monthrange
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

# Thông tư 22/2021/TT-BGDĐT, Điều 8 (rèn luyện) and Điều 9 (học tập)
LEVELS = {"TOT": "Tốt", "KHA": "Khá", "DAT": "Đạt", "CHUA_DAT": "Chưa đạt"}
NO_LEVEL = ""
WEEKDAYS = ("2", "3", "4", "5", "6", "7", "CN")


def decimal_comma(token):
    """A mark as printed: ``"8.5"`` is ``8,5``; ``None`` is empty; ``Đ`` stays."""
    return (token or "").replace(".", ",")


def level(code):
    """A level of Thông tư 22 in words; an unknown code is refused, not printed."""
    if not code:
        return NO_LEVEL
    return LEVELS[code]


def day(text):
    """An ISO date as dd/mm/yyyy."""
    return date.fromisoformat(text).strftime("%d/%m/%Y") if text else ""


def padded(number, below):
    """``number`` with a leading zero when it is less than ``below``."""
    return f"0{number}" if number < below else str(number)


class Wording:
    """The words of one snapshot; forms call it ``w``."""

    def __init__(self, snapshot):
        self.snapshot = snapshot
        self.school = snapshot["school"]
        self.zone = ZoneInfo(snapshot["timezone"])

    def mark(self, token):
        return decimal_comma(token)

    def level(self, code):
        return level(code)

    def day(self, text):
        return day(text)

    def upper(self, text):
        return (text or "").upper()

    def local(self, instant):
        """A UTC instant (``2026-11-23T08:30:00Z``, fractions allowed) in the school's zone."""
        moment = datetime.fromisoformat(instant.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(self.zone)

    def moment(self, instant):
        """``ngày 15/01/2027 lúc 16:20``."""
        return self.local(instant).strftime("ngày %d/%m/%Y lúc %H:%M") if instant else ""

    def place_and_date(self, instant):
        """``Thanh Hóa, ngày 05 tháng 02 năm 2026``.

        A zero stands before days below 10 and months 1 and 2 (Nghị định 30/2020, Phụ lục I, II.4).
        """
        place = self.school.get("place") or ""
        if not instant:
            return f"{place}, ngày … tháng … năm 20…"
        when = self.local(instant)
        return f"{place}, ngày {padded(when.day, 10)} tháng {padded(when.month, 3)} năm {when.year}"

    def school_name(self):
        """The school's name after the printed word ``TRƯỜNG:`` or ``TRUNG TÂM:``."""
        name, word = self.school["name"], self.school_word()
        found = name.lower().startswith(f"{word.lower()} ")
        return name[len(word) :].strip() if found else name

    def school_word(self):
        return self.school.get("school_word") or "Trường"

    def head_title(self):
        return self.school.get("head_title") or "Hiệu trưởng"

    def learner(self):
        return self.school.get("learner_word") or "học sinh"

    def year(self):
        """``2026 - 2027``."""
        return self.snapshot["year"]["name"].replace(" ", "").replace("-", " - ")

    def period_number(self):
        return {"HK1": "I", "HK2": "II"}[self.snapshot["period"]["code"]]

    def subjects(self, assess):
        """Subjects with marks (``score``) or with comments only (``comment``), in form order."""
        return [line for line in self.snapshot["subjects"] if line["assess"] == assess]

    def columns(self, subject, kind):
        return [column for column in subject["columns"] if column["kind"] == kind]

    def cell(self, row, subject, kind):
        """The mark of ``row`` in the subject's one column of ``kind``; empty without one."""
        for column in self.columns(subject, kind):
            return row["marks"].get(column["code"])
        return None

    def teachers(self, subject):
        return ", ".join(subject["teachers"])

    def confirmation(self, subject):
        """What the ledger knows about the teacher's confirmation of the sheet."""
        fact = subject.get("confirmed")
        if not fact or not fact["at"]:
            return "Chưa xác nhận"
        return f"Đã xác nhận {self.moment(fact['at'])}, mã {fact['hash'][:16]}"

    def months(self):
        """Months of attendance in the snapshot; none where the class does not keep it."""
        return self.snapshot.get("attendance") or []

    def month_name(self, month):
        """``tháng 11 năm 2026``; a zero stands before months 1 and 2."""
        year, number = map(int, month["month"].split("-"))
        return f"tháng {padded(number, 3)} năm {year}"

    def month_days(self, month):
        """31 ``(day, weekday)`` as the form's heading has them; "" where there is no such day."""
        year, number = map(int, month["month"].split("-"))
        days = [
            (str(place + 1), WEEKDAYS[date(year, number, place + 1).weekday()])
            for place in range(monthrange(year, number)[1])
        ]
        return days + [("", "")] * (31 - len(days))

    def attended(self, row, number):
        """What a row says of a day: ``P``, ``K``, of both sessions ``P K``; "" for present."""
        sessions = [row["days"].get(f"{number:0>2}:{session}") for session in ("am", "pm")]
        return " ".join(filter(None, sessions)) if number else ""

    def count(self, key, code):
        """How many learners of the class have level ``code`` of ``study`` or ``conduct``."""
        return str(sum(1 for line in self.snapshot["summary"] if line[key] == code))

    def share(self, key, code):
        """The same in percent, one decimal."""
        total = len(self.snapshot["summary"])
        tenths = (2000 * int(self.count(key, code)) + total) // (2 * total) if total else 0
        return f"{tenths // 10},{tenths % 10}%"

    def corrections(self):
        """``không`` or the number of corrected places in the page."""
        number = self.snapshot.get("corrections") or "0"
        return "không" if number == "0" else number

    def row_height(self, rows, room, smallest, largest):
        """Height of one of ``rows`` equal rows that share ``room``, in points."""
        return f"{max(smallest, min(largest, room / max(rows, 1))):.2f}"

    def repeat(self, value, times):
        """``,value`` repeated: the tail of a list of row heights or column widths."""
        return f",{value}" * times

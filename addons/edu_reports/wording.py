"""How a snapshot's values are written on Vietnamese forms: marks, dates, levels, titles.

Pure functions of the snapshot, so that the same snapshot always prints the same text.
"""

from calendar import monthrange
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

# Thông tư 22/2021/TT-BGDĐT, Điều 8 (rèn luyện) and Điều 9 (học tập)
LEVELS = {"TOT": "Tốt", "KHA": "Khá", "DAT": "Đạt", "CHUA_DAT": "Chưa đạt"}
NO_LEVEL = ""
# what a cell without a mark says (TT 22/2021 Điều 10, 11)
EXEMPT = "Miễn"
PLAN_NOTE = "Đánh giá theo kế hoạch giáo dục cá nhân"
# Hồ sơ sửa điểm
CORRECTION_KINDS = {
    "entry_error": "Nhập nhầm",
    "counted_wrongly": "Cộng điểm sai",
    "marked_again": "Chấm lại bài",
    "other_pupil": "Nhầm học sinh",
}
EVIDENCE_KINDS = {
    "personal_book": "Sổ điểm cá nhân",
    "paper": "Bài kiểm tra",
    "check_sheet": "Bảng kiểm tra có chữ ký",
}
MONTH_STATES = {
    "open": "Chưa giải trình",
    "explained": "Đã nộp giải trình",
    "accepted": "Giải trình được chấp nhận",
    "rejected": "Giải trình không được chấp nhận",
}
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

    def place(self, row, column):
        """What ``row`` says in a column: its mark, or that the pupil is exempt."""
        if row.get("states", {}).get(column["code"]) == "exempt":
            return EXEMPT
        return decimal_comma(row["marks"].get(column["code"]))

    def places(self, row, subject, kind):
        """The same for the subject's one column of ``kind``; empty without one."""
        return "".join(self.place(row, column) for column in self.columns(subject, kind)[:1])

    def result(self, row):
        """The result of ``row``; who is exempt from every mark has none but that."""
        if self.left_out(row) == "exempt":
            return EXEMPT
        return decimal_comma(row["result"])

    def left_out(self, row):
        """``exempt`` or ``plan`` of a row without any mark that has one of them; else ""."""
        states = set(row.get("states", {}).values())
        if not states or row["result"] or any(row["marks"].values()):
            return ""
        return "exempt" if states == {"exempt"} else "plan"

    def summary(self, index, row, subject):
        """The result of a pupil's subject in the summary; ``index``: the pupil's place."""
        if self.left_out(subject["rows"][index]) == "exempt":
            return EXEMPT
        return decimal_comma(row["results"].get(subject["code"]))

    def note(self, row):
        """The note of ``row``, with that it is assessed by the individual plan."""
        planned = "plan" in row.get("states", {}).values()
        return "; ".join(filter(None, (row["note"], PLAN_NOTE if planned else "")))

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

    # -- corrections of a month --------------------------------------------------------------------

    def month(self):
        """``11/2026``."""
        year, month = self.snapshot["month"].split("-")
        return f"{month}/{year}"

    def short_moment(self, instant):
        """``15/01/2027 16:20``."""
        return self.local(instant).strftime("%d/%m/%Y %H:%M") if instant else ""

    def said(self, fact):
        """Who said something and when: ``Lê Thị Hoa, 15/01/2027 16:20``; empty for nobody."""
        return f"{fact['by']}, {self.short_moment(fact['at'])}" if fact else ""

    def change(self, old, new):
        """``8,5 → 9``; a dash for no mark."""
        return f"{decimal_comma(old) or '–'} → {decimal_comma(new) or '–'}"

    def correction_kind(self, row):
        return CORRECTION_KINDS[row["kind"]]

    def month_state(self):
        return MONTH_STATES[self.snapshot["state"]]

    def evidence(self, row):
        """The papers and the page behind a correction, in words."""
        kinds = dict.fromkeys(paper["kind"] for paper in row["evidence"])
        if row["book_page"]:
            kinds = {"personal_book": None, **kinds}
        page = f", {row['book_page']}" if row["book_page"] else ""
        told = [EVIDENCE_KINDS[kind] + (page if kind == "personal_book" else "") for kind in kinds]
        if row["witness"]:
            told.append(f"HS làm chứng: {row['witness']}")
        return "; ".join(told)

    def effect(self, row):
        """Average and level, before and after the correction; empty where it changed neither."""
        average, levels = row["average"], row["level"]
        told = []
        if average["before"] or average["after"]:
            told.append(f"ĐTB {self.change(average['before'], average['after'])}")
        if levels["before"] or levels["after"]:
            before, after = level(levels["before"]), level(levels["after"])
            told.append(f"KQHT {before or '–'} → {after or '–'}")
        return "; ".join(told)

    def shortened(self, text, most):
        """``text`` in one paragraph of at most ``most`` characters; the dossier has the whole."""
        words = " ".join(text.split())
        return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"

    def lines(self, text):
        """The paragraphs of a text."""
        return [line for line in text.splitlines() if line.strip()]

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

"""The words for every error code, in English and Vietnamese."""

from .errors import WorkbookError

__all__ = ["MESSAGES", "render"]

MESSAGES = {
    # the file
    "EMPTY": ("The file is empty.", "Tệp không có dữ liệu."),
    "NOT_A_WORKBOOK": (
        "The file is not an Excel workbook (.xlsx).",
        "Tệp không phải là bảng tính Excel (.xlsx).",
    ),
    "OLD_FORMAT": (
        "The file has the old Excel format (.xls): open it in Excel and save it as .xlsx.",
        "Tệp thuộc định dạng Excel cũ (.xls): hãy mở bằng Excel và lưu lại dạng .xlsx.",
    ),
    "TRUNCATED": (
        "The file is damaged or not complete: copy or download it again.",
        "Tệp bị hỏng hoặc chưa đầy đủ: hãy sao chép hoặc tải lại tệp.",
    ),
    "ENCRYPTED": (
        "The workbook is protected by a password: remove the password and try again.",
        "Bảng tính được bảo vệ bằng mật khẩu: hãy bỏ mật khẩu rồi thử lại.",
    ),
    "TOO_LARGE": (
        "The workbook is too large ({what}; at most {limit}).",
        "Bảng tính quá lớn ({what}; tối đa {limit}).",
    ),
    "MACROS": (
        "The workbook contains macros or embedded programs: save it in Excel as “Excel Workbook"
        " (.xlsx)” without macros and try again.",
        "Bảng tính có chứa macro hoặc chương trình nhúng: hãy mở bằng Excel, lưu lại dạng “Excel"
        " Workbook (.xlsx)” không có macro rồi thử lại.",
    ),
    # headers and sheets
    "NO_ROWS": (
        "Below the header row there is no row with data: fill in the list and try again.",
        "Dưới dòng tiêu đề chưa có dòng dữ liệu nào: hãy điền danh sách rồi thử lại.",
    ),
    "SWAPPED_COLUMNS": (
        "The columns “{header}” and “{other}” seem to be swapped: names stand where dates belong."
        " Put each under its own heading.",
        "Có vẻ cột “{header}” và cột “{other}” bị đổi chỗ: họ tên nằm ở cột ngày. Hãy đặt dữ liệu"
        " đúng dưới tiêu đề của cột.",
    ),
    "NO_HEADER": (
        "No header row with the expected columns was found in the first {rows} rows.",
        "Không tìm thấy dòng tiêu đề với các cột cần có trong {rows} dòng đầu.",
    ),
    "MISSING_HEADER": ("The column “{header}” is missing.", "Thiếu cột “{header}”."),
    "DUPLICATE_HEADER": (
        "The column “{header}” occurs twice.",
        "Cột “{header}” xuất hiện hai lần.",
    ),
    "UNKNOWN_HEADER": (
        "The column “{header}” among the marks is not known.",
        "Không nhận ra cột “{header}” trong các cột điểm.",
    ),
    "NO_MARK_SHEET": (
        "The workbook has no sheet of marks.",
        "Bảng tính không có trang điểm nào.",
    ),
    "UNKNOWN_SUBJECT": (
        "The subject “{subject}” is not taught in this class.",
        "Lớp không học môn “{subject}”.",
    ),
    "DUPLICATE_SUBJECT": (
        "The subject “{subject}” has a sheet already: “{first}”.",
        "Môn “{subject}” đã có ở trang “{first}”.",
    ),
    "SUBJECT_CONFLICT": (
        "The sheet's name says “{title}”, its heading says “{subject}”.",
        "Tên trang ghi “{title}” nhưng tiêu đề trong trang ghi “{subject}”.",
    ),
    # cells
    "ERROR_VALUE": (
        "The cell shows the error {value}.",
        "Ô đang báo lỗi {value}.",
    ),
    "NO_RESULT": (
        "The cell has a formula without a result: open the file in Excel and save it.",
        "Ô có công thức nhưng chưa có kết quả: hãy mở tệp bằng Excel rồi lưu lại.",
    ),
    "MISSING_VALUE": ("“{header}” is empty.", "Chưa ghi “{header}”."),
    "BAD_DATE": (
        "“{value}” is not a date (day/month/year).",
        "“{value}” không phải là ngày hợp lệ (ngày/tháng/năm).",
    ),
    "FUTURE_DATE": (
        "The birth date {value} is still to come: check day, month and year.",
        "Ngày sinh {value} chưa tới: hãy kiểm tra lại ngày, tháng, năm.",
    ),
    "BAD_NAME": (
        "“{value}” is not the name of a person: write the full name as text.",
        "“{value}” không phải là họ tên: hãy ghi đầy đủ họ và tên bằng chữ.",
    ),
    "BAD_CHOICE": (
        "“{value}” is not one of the values allowed here: {allowed}.",
        "“{value}” không thuộc các giá trị được ghi ở đây: {allowed}.",
    ),
    "BAD_EMAIL": (
        "“{value}” is not one e-mail address.",
        "“{value}” không phải là một địa chỉ thư điện tử.",
    ),
    "BAD_NUMBER": (
        "“{value}” is not a number that can stand here (0 or more, at most two decimals).",
        "“{value}” không phải là số hợp lệ (từ 0 trở lên, nhiều nhất hai chữ số thập phân).",
    ),
    "DUPLICATE_ROW": (
        "“{value}” is in row {first} already.",
        "“{value}” đã có ở dòng {first}.",
    ),
    "MISSING_PUPIL": (
        "The row does not say which pupil: write the ministry id, the personal id or the register"
        " number of the pupil.",
        "Dòng chưa cho biết học sinh nào: hãy ghi mã định danh Bộ GD&ĐT, số định danh cá nhân hoặc"
        " số đăng bộ của học sinh.",
    ),
    "NO_SUCH_PUPIL": (
        "The school has no pupil “{value}”: check the identifiers, or import the pupils first.",
        "Trường không có học sinh “{value}”: hãy kiểm tra lại mã, hoặc nhập danh sách học sinh"
        " trước.",
    ),
    "OTHER_PUPIL": (
        "The identifiers belong to {pupil}, not to “{value}”: check the row.",
        "Mã ghi ở dòng này là của {pupil}, không phải “{value}”: hãy kiểm tra lại.",
    ),
    "UNKNOWN_TEACHER": (
        "The school has no account of a teacher “{value}”: check the name, or make the account"
        " first.",
        "Trường chưa có tài khoản giáo viên “{value}”: hãy kiểm tra lại họ tên, hoặc tạo tài khoản"
        " trước.",
    ),
    "SEVERAL_TEACHERS": (
        "“{value}” is the name of several accounts: write the login in the column “{header}”.",
        "Có nhiều tài khoản mang tên “{value}”: hãy ghi tên đăng nhập ở cột “{header}”.",
    ),
    "CLASS_IN_USE": (
        "{class} has pupils or books already: its grade and programme stay. Create another class.",
        "Lớp {class} đã có học sinh hoặc sổ điểm: không đổi khối, chương trình. Hãy tạo lớp khác.",
    ),
    "BAD_DATES": (
        "The last day {value} is before the first one.",
        "Ngày kết thúc {value} trước ngày bắt đầu.",
    ),
    "RECORD_REFUSES": ("{reason}", "{reason}"),
    "BAD_GENDER": (
        "“{value}” is not a gender: write Nam or Nữ.",
        "“{value}” không phải là giới tính: ghi Nam hoặc Nữ.",
    ),
    "BAD_MINISTRY_ID": (
        "“{value}” is not a ministry id: it has 10 digits.",
        "“{value}” không phải là mã định danh Bộ GD&ĐT: mã gồm 10 chữ số.",
    ),
    "BAD_PERSONAL_ID": (
        "“{value}” is not a personal id: it has 12 digits. If Excel dropped the zeros in front,"
        " format the column as text and type them again.",
        "“{value}” không phải là số định danh cá nhân: số gồm 12 chữ số. Nếu Excel làm mất số 0 ở"
        " đầu, hãy định dạng cột là Text và nhập lại.",
    ),
    "PERSONAL_ID_GENDER": (
        "The fourth digit of the personal id {value} says {said}: check the id and the gender.",
        "Chữ số thứ tư của số định danh cá nhân {value} cho biết giới tính {said}: hãy kiểm tra lại"
        " số định danh và giới tính.",
    ),
    "PERSONAL_ID_YEAR": (
        "The fifth and sixth digits of the personal id {value} say born in {said}: check the id and"
        " the birth date.",
        "Chữ số thứ năm và thứ sáu của số định danh cá nhân {value} cho biết năm sinh {said}: hãy"
        " kiểm tra lại số định danh và ngày sinh.",
    ),
    "PERSONAL_ID_PLACE": (
        "The personal id {value} begins with {said}, which is no province's code.",
        "Số định danh cá nhân {value} bắt đầu bằng {said}, không phải mã tỉnh, thành phố nào.",
    ),
    "UNKNOWN_NAME": (
        "“{value}” is not in the list “{header}” of the school: write a name of the list, or ask"
        " the IT administrator to add this one.",
        "“{value}” không có trong danh mục “{header}” của trường: hãy ghi một tên có trong danh"
        " mục, hoặc đề nghị quản trị hệ thống bổ sung.",
    ),
    "BAD_YEAR": (
        "“{value}” is not a year of birth (four digits).",
        "“{value}” không phải là năm sinh (bốn chữ số).",
    ),
    "TAKEN_NUMBER": (
        "The {header} “{value}” belongs to {pupil} already.",
        "{header} “{value}” đã cấp cho {pupil}.",
    ),
    "NOT_STUDYING": (
        "{pupil} is recorded as “{status}” in the file: only pupils who study are imported. Leave"
        " the row out, or record the movement after the import.",
        "Tệp ghi {pupil} có trạng thái “{status}”: chỉ nhập học sinh đang học. Hãy bỏ dòng này,"
        " hoặc ghi biến động sau khi nhập.",
    ),
    "NEEDS_MOVEMENT": (
        "{pupil} is “{status}” in the school's records: record the return as a movement, then"
        " import.",
        "Hồ sơ của trường ghi {pupil} “{status}”: hãy ghi biến động trở lại học trước khi nhập.",
    ),
    "UNKNOWN_CLASS": (
        "The school year {year} has no class “{class}”. Create the class first.",
        "Năm học {year} không có lớp “{class}”. Vui lòng tạo lớp trước.",
    ),
    "CLASS_CHANGE": (
        "{pupil} is in class {current} already: a movement changes the class, not an import.",
        "{pupil} đang học lớp {current}. Học sinh chuyển lớp bằng biến động, không bằng nhập tệp.",
    ),
    "DUPLICATE_PUPIL": (
        "The pupil {pupil} is in row {first} already.",
        "Học sinh {pupil} đã có ở dòng {first}.",
    ),
    # marks
    "NOT_A_MARK": (
        "“{value}” is not a mark: a number from 0 to 10 with at most one decimal.",
        "“{value}” không phải là điểm: ghi số từ 0 đến 10, nhiều nhất một chữ số thập phân.",
    ),
    "TWO_DECIMALS": (
        "“{value}” has more than one decimal.",
        "“{value}” có nhiều hơn một chữ số thập phân.",
    ),
    "OUT_OF_RANGE": (
        "“{value}” is not between 0 and 10.",
        "“{value}” không nằm trong khoảng từ 0 đến 10.",
    ),
    "NOT_A_COMMENT": (
        "“{value}” is neither Đ (passed) nor CĐ (not passed).",
        "“{value}” không phải là Đ (đạt) hoặc CĐ (chưa đạt).",
    ),
    "NOT_A_LEVEL": (
        "“{value}” is neither T, H nor C.",
        "“{value}” không phải là T, H hoặc C.",
    ),
    "NOT_A_TRAIT": (
        "“{value}” is neither T, Đ nor C.",
        "“{value}” không phải là T, Đ hoặc C.",
    ),
    "MARK_IS_DATE": (
        "Excel has made the date {value} of the mark: format the cell as text or number and type"
        " it again.",
        "Excel đã đổi điểm thành ngày {value}: hãy định dạng ô là Text hoặc Number và nhập lại.",
    ),
    "BAD_CONDUCT": (
        "“{value}” is not a level of conduct: Tốt, Khá, Đạt or Chưa đạt.",
        "“{value}” không phải là mức rèn luyện: Tốt, Khá, Đạt hoặc Chưa đạt.",
    ),
    "TOO_MANY_REGULAR": (
        "The subject has {count} regular marks in a semester, this is number {number}.",
        "Môn học có {count} điểm thường xuyên trong học kì, đây là điểm thứ {number}.",
    ),
    "MISSING_CODE": (
        "The row has no ministry id of a pupil.",
        "Dòng chưa ghi mã định danh của học sinh.",
    ),
    "UNKNOWN_PUPIL": (
        "The school has no pupil with the ministry id {code}.",
        "Trường không có học sinh mang mã định danh {code}.",
    ),
    "OTHER_CLASS": (
        "{pupil} is in class {actual}, not in {expected}.",
        "{pupil} học lớp {actual}, không phải lớp {expected}.",
    ),
    "NAME_MISMATCH": (
        "The ministry id {code} belongs to {expected}, not to “{value}”.",
        "Mã định danh {code} là của {expected}, không phải “{value}”.",
    ),
}
"""Error code -> (English, Vietnamese); ``{…}`` are filled from the error's ``params``."""

_PLACES = {
    "en": ("sheet {sheet}", "row {row}", "column {column}"),
    "vi": ("trang {sheet}", "dòng {row}", "cột {column}"),
}


def reason(error, lang="en"):
    """The message of an error without its place; ``lang`` is "en" or "vi"."""
    return MESSAGES[error.code][lang == "vi"].format(**error.params)


def render(error, lang="en"):
    """Say an error in one sentence, a cell error with its place in front.

    :param error: :class:`~edu_records.exchange.WorkbookError` or ``CellError``
    :param lang: "vi" for Vietnamese, anything else for English
    """
    if isinstance(error, WorkbookError):
        return reason(error, lang)
    sheet, row, column = _PLACES["vi" if lang == "vi" else "en"]
    parts = [sheet] + [row] * bool(error.row) + [column] * bool(error.column)
    place = ", ".join(parts).format(sheet=error.sheet, row=error.row, column=error.column)
    return f"{place[0].upper()}{place[1:]}: {reason(error, lang)}"

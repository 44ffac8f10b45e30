import json

import pytest

from edu_records.canonical import canonical_json
from edu_records.rules import (
    Result,
    Trace,
    can_sign,
    correction,
    explain,
    growth,
    preschool,
    seed_correction,
    signing_order,
    tt22,
    tt27,
    tt43,
    tt58,
)
from edu_records.testing import seed

CIRCULAR = "Thông tư 22/2021/TT-BGDĐT"
SCORES = {f"S{number}": "8.0" for number in range(7)}
YEAR = {
    "grade": 1,
    "levels": dict.fromkeys(tt27.subjects(grade=1), "T"),
    "traits": dict.fromkeys(tt27.TRAITS, "T"),
    "scores": {"TV": 10, "TOAN": 9},
}
UNDECIDED = "Chưa xác định được."


def because(place, text=CIRCULAR):
    return f"Căn cứ: {place} {text}."


def averages(**change):
    return {"required_tx": 2, "tx": ["8", "9"], "gk": "7.5", "ck": "8", **change}


CASES = [
    (
        tt22.semester_average(required_tx=3, tx=["6", "6", "6.6"], gk="6", ck="7"),
        [
            "Kết quả: 6,5.",
            "Cách tính: (18,6 + 2 × 6,0 + 3 × 7,0) / (3 + 5) = 51,6 / 8 = 6,45.",
            "Làm tròn đến chữ số thập phân thứ nhất: 6,5.",
            because("điểm b khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.semester_average(**averages()),
        [
            "Kết quả: 8,0.",
            "Cách tính: (17,0 + 2 × 7,5 + 3 × 8,0) / (2 + 5) = 56,0 / 7 = 8.",
            "Làm tròn đến chữ số thập phân thứ nhất: 8,0.",
            because("điểm b khoản 1 Điều 9"),
        ],
    ),
    (
        tt43.year_average(hk1="8.0", hk2="7.5"),
        [
            "Kết quả: 7,7.",
            "Cách tính: (8,0 + 2 × 7,5) / 3 = 23,0 / 3 ≈ 7,6666.",
            "Làm tròn đến chữ số thập phân thứ nhất: 7,7.",
            because("Điều 9", "Thông tư 43/2021/TT-BGDĐT"),
        ],
    ),
    (
        tt22.semester_average(**averages(ck=None)),
        [
            UNDECIDED,
            "Còn thiếu điểm nên chưa tính điểm trung bình.",
            because("điểm b khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.year_average(hk1="8.0", hk2="7.5", only="HK1"),
        [
            "Kết quả: 8,0.",
            "Chỉ có kết quả học kì I; lấy làm kết quả cả năm.",
            because("điểm b khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.comment_semester(tx=["Đ", "CĐ"], gk="CĐ", ck="Đ"),
        [
            "Kết quả: Chưa đạt.",
            "Có 2 lần được đánh giá mức Chưa đạt.",
            because("điểm a khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.comment_semester(tx=["Đ", "Đ"], gk="Đ", ck="Đ"),
        [
            "Kết quả: Đạt.",
            "Tất cả các lần được đánh giá mức Đạt.",
            because("điểm a khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.comment_semester(tx=["Đ"], gk="Đ", ck="Đ", closed=True),
        [
            "Kết quả: Chưa đạt.",
            "Không đủ số lần kiểm tra, đánh giá theo quy định.",
            because("điểm a khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.comment_semester(tx=["Đ"], gk="Đ", ck="Đ"),
        [UNDECIDED, "Chưa đủ số lần đánh giá theo quy định.", because("điểm a khoản 1 Điều 9")],
    ),
    (
        tt58.comment_semester(passed=4, total=6, final="Đ"),
        [
            "Kết quả: Đạt.",
            "Số bài kiểm tra đạt: 4/6; bài kiểm tra học kì: Đạt.",
            because("điểm a khoản 2 Điều 10", "Thông tư 58/2011/TT-BGDĐT"),
        ],
    ),
    (
        tt22.comment_year(hk1="Đ", hk2="CĐ"),
        [
            "Kết quả: Chưa đạt.",
            "Kết quả cả năm là kết quả học kì II.",
            because("điểm a khoản 1 Điều 9"),
        ],
    ),
    (
        tt22.comment_year(hk1="Đ", hk2=None),
        [UNDECIDED, "Chưa có kết quả học kì II.", because("điểm a khoản 1 Điều 9")],
    ),
    (
        tt22.missing_assessment(assess="score", mark="GK", excused=True, closed=True),
        ["Ghi nhận: 0 điểm.", "Không tham gia kiểm tra, đánh giá bù.", because("Điều 7")],
    ),
    (
        tt22.missing_assessment(assess="comment", mark="GK", excused=False, closed=True),
        ["Ghi nhận: mức Chưa đạt.", "Không tham gia kiểm tra, đánh giá bù.", because("Điều 7")],
    ),
    (
        tt22.missing_assessment(assess="score", mark="GK", excused=True, closed=False),
        [UNDECIDED, "Được đánh giá bù trong học kì.", because("Điều 7")],
    ),
    (
        tt22.conduct_year(hk1="TOT", hk2="DAT"),
        [
            "Kết quả rèn luyện cả năm học: Khá.",
            "Học kì I: Tốt; học kì II: Đạt.",
            because("điểm b khoản 2 Điều 8"),
        ],
    ),
    (
        tt22.conduct_year(hk1=None, hk2="DAT", arrival="hk2_only"),
        [
            "Kết quả rèn luyện cả năm học: Đạt.",
            "Chỉ có kết quả học kì II; lấy làm kết quả cả năm.",
            because("điểm b khoản 2 Điều 8"),
        ],
    ),
    (
        tt22.conduct_year(hk1=None, hk2="DAT"),
        [UNDECIDED, "Chưa có kết quả của cả hai học kì.", because("điểm b khoản 2 Điều 8")],
    ),
    (
        tt22.study_level(scores=SCORES | {"TOAN": "4.9"}, comments={"GDTC": "Đ"}),
        [
            "Kết quả học tập: Khá.",
            "Xét các mức: 7 môn từ 8,0 trở lên, 7 môn từ 6,5 trở lên, 7 môn từ 5,0 trở lên (cần ít"
            " nhất 6 môn); điểm trung bình môn thấp nhất 4,9; 0 môn đánh giá bằng nhận xét Chưa"
            " đạt: mức Đạt.",
            "Nếu không có môn Toán thì ở mức Tốt: thấp xuống từ 02 mức trở lên chỉ do duy nhất 01"
            " môn học nên được điều chỉnh lên mức liền kề là Khá.",
            because("khoản 2 Điều 9, khoản 3 Điều 9"),
        ],
    ),
    (
        tt22.study_level(scores={"TOAN": "4.9"}, comments={}, adjust_least="kept"),
        [
            "Kết quả học tập: Chưa đạt.",
            "Xét các mức: 0 môn từ 8,0 trở lên, 0 môn từ 6,5 trở lên, 0 môn từ 5,0 trở lên (cần ít"
            " nhất 6 môn); điểm trung bình môn thấp nhất 4,9; 0 môn đánh giá bằng nhận xét Chưa"
            " đạt: mức Chưa đạt.",
            "Số môn học có điểm ít hơn số môn quy định; hiệu trưởng xem xét.",
            because("khoản 2 Điều 9, khoản 3 Điều 9"),
        ],
    ),
    (
        tt22.study_level(scores={}, comments={}),
        [UNDECIDED, "Còn môn học chưa có kết quả.", because("khoản 2 Điều 9, khoản 3 Điều 9")],
    ),
    (
        tt22.retest_level(
            scores={**SCORES, "TOAN": "3.0"}, comments={}, retest={}, retest_choice="all"
        ),
        [
            UNDECIDED,
            "Còn môn học chưa được kiểm tra, đánh giá lại.",
            "Còn thiếu: Toán.",
            because("Điều 14"),
        ],
    ),
    (
        tt58.study_level(main={"VAN": "9.0"}, others=SCORES | {"TOAN": "3.4"}, comments={}),
        [
            "Học lực: Trung bình.",
            "Điểm trung bình các môn học 7,6; môn chính cao nhất 9,0; môn thấp nhất 3,4: loại Yếu.",
            "Chỉ do kết quả của môn Toán mà bị xếp thấp xuống nên được điều chỉnh thành loại"
            " Trung bình.",
            because("Điều 11, Điều 13", "Thông tư 58/2011/TT-BGDĐT"),
        ],
    ),
    (
        tt22.title(scope="year", conduct="TOT", study="TOT", scores=["9.0"] * 5),
        [
            "Danh hiệu: Học sinh Giỏi.",
            "Kết quả rèn luyện và kết quả học tập đều Tốt; 5 môn đạt từ 9,0 trở lên (Xuất sắc cần 6"
            " môn).",
            because("điểm a khoản 1 Điều 15"),
        ],
    ),
    (
        tt22.title(scope="semester", conduct="TOT", study="TOT", scores=[]),
        [
            "Không có danh hiệu.",
            "Danh hiệu chỉ xét vào cuối năm học.",
            because("điểm a khoản 1 Điều 15"),
        ],
    ),
    (
        tt58.title(scope="year", conduct="T", study="K"),
        ["Danh hiệu: Học sinh tiên tiến.", because("Điều 18", "Thông tư 58/2011/TT-BGDĐT")],
    ),
    (
        tt22.absences(missed=[("2026-10-05", "sáng"), ("2026-10-05", "chiều")]),
        ["Số buổi nghỉ học: 1.", "Vắng 2 buổi trong 1 ngày.", because("Điều 12, Điều 13, Điều 14")],
    ),
    (
        tt22.promotion(conduct="TOT", study="CHUA_DAT", absent=3, study_after="DAT"),
        [
            "Được lên lớp.",
            "Kết quả rèn luyện cả năm học: Tốt.",
            "Kết quả học tập cả năm học: Chưa đạt, sau đánh giá lại: Đạt.",
            "Số buổi nghỉ học: 3.",
            because("Điều 12, Điều 13, Điều 14"),
        ],
    ),
    (
        tt58.promotion(conduct="Y", study="Tb", absent=3, conduct_after="K"),
        [
            "Được lên lớp.",
            "Kết quả rèn luyện cả năm học: Yếu, sau đánh giá lại: Khá.",
            "Kết quả học tập cả năm học: Trung bình.",
            "Số buổi nghỉ học: 3.",
            because("Điều 15, Điều 16, Điều 17", "Thông tư 58/2011/TT-BGDĐT"),
        ],
    ),
    (
        tt22.promotion(conduct="TOT", study="TOT", absent=46),
        [
            "Không được lên lớp.",
            "Nghỉ học 46 buổi, quá 45 buổi trong một năm học.",
            because("Điều 12, Điều 13, Điều 14"),
        ],
    ),
    (
        tt22.promotion(conduct="TOT", study=None, absent=1),
        [UNDECIDED, "Chưa đủ kết quả cả năm học.", because("Điều 12, Điều 13, Điều 14")],
    ),
    (
        tt22.retest_subjects(conduct="DAT", scores={"TOAN": "4.9"}, comments={"GDTC": "CĐ"}),
        [
            "Kiểm tra, đánh giá lại: Giáo dục thể chất, Toán.",
            "Là các môn học có điểm trung bình cả năm dưới 5,0 hoặc đánh giá Chưa đạt.",
            because("Điều 14"),
        ],
    ),
    (
        tt22.retest_subjects(conduct="DAT", scores={"TOAN": "5.0"}, comments={}),
        ["Không có môn học nào phải kiểm tra, đánh giá lại.", because("Điều 14")],
    ),
    (
        tt22.retest_subjects(conduct="CHUA_DAT", scores={"TOAN": "4.0"}, comments={}),
        [
            "Kết quả rèn luyện Chưa đạt nên không kiểm tra, đánh giá lại.",
            because("Điều 14"),
        ],
    ),
    (
        tt22.retest_subjects(conduct=None, scores={}, comments={}),
        [UNDECIDED, "Chưa có kết quả rèn luyện cả năm học.", because("Điều 14")],
    ),
    (
        seed_correction(exam_date="2022-12-26", on="2022-12-20", mark="TX"),
        [
            "Đã quá hạn sửa điểm.",
            "Hạn cuối sửa điểm: 19/12/2022.",
            "Căn cứ: Điều 8 Quy định quản lí, sử dụng sổ điểm, hồ sơ điện tử.",
        ],
    ),
    (
        seed_correction(exam_date="2022-12-26", on="2022-12-20", mark="TX_ORAL", evidence=[]),
        [
            "Chưa đủ minh chứng để sửa điểm.",
            "Còn thiếu: sổ điểm cá nhân, chữ kí của một học sinh cùng lớp, chữ kí của học sinh được"
            " sửa điểm.",
            "Căn cứ: Điều 8 Quy định quản lí, sử dụng sổ điểm, hồ sơ điện tử.",
        ],
    ),
]

PRIMARY = "Thông tư 27/2020/TT-BGDĐT"
WHO = "Căn cứ: Chuẩn tăng trưởng trẻ em WHO 2006 và tham chiếu tăng trưởng WHO 2007."
SIGNING = "Căn cứ: Phụ lục 1 Thông tư 27/2020/TT-BGDĐT; khoản 2 Điều 8 Nghị định 88/2026/NĐ-CP."
PROGRAMME = "Căn cứ: Chương trình giáo dục mầm non (Văn bản hợp nhất 01/VBHN-BGDĐT)."
BOY = {"indicator": "WFA", "sex": "M", "L": "-0.1506", "M": "18.3352", "S": "0.13517"}
MORE = [
    (
        tt27.test_total(points=["4.25", "4.25"]),
        [
            "Điểm bài kiểm tra: 9.",
            "Tổng điểm các phần: 8,50.",
            because("điểm d khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.test_total(points=[]),
        [
            UNDECIDED,
            "Còn phần của bài kiểm tra chưa chấm.",
            because("điểm d khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.counting_score(first=3, retest=8, approved=True),
        [
            "Điểm kiểm tra: 8.",
            "Lấy điểm bài kiểm tra lần sau.",
            because("điểm d khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.counting_score(first=None, retest=8, approved=False),
        ["Chưa có điểm.", because("điểm d khoản 1 Điều 7", PRIMARY)],
    ),
    (
        tt27.subject_level(levels={"AN": "T", "MT": "H"}),
        [
            "Mức đạt được: Hoàn thành.",
            "Lấy mức của phân môn thấp hơn.",
            because("điểm a khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.subject_level(levels={"AN": "T", "MT": "H"}, parts="higher"),
        [
            "Mức đạt được: Hoàn thành tốt.",
            "Lấy mức của phân môn cao hơn.",
            because("điểm a khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.subject_level(levels={}),
        [
            UNDECIDED,
            "Còn phân môn chưa có mức đạt được.",
            because("điểm a khoản 1 Điều 7", PRIMARY),
        ],
    ),
    (
        tt27.year_end_level(
            **{
                **YEAR,
                "levels": {**YEAR["levels"], "NT": "H", "DD": "C"},
                "traits": {**YEAR["traits"], "the_chat": "D"},
            }
        ),
        [
            "Đánh giá kết quả giáo dục: Chưa hoàn thành.",
            "Mức Hoàn thành: Nghệ thuật.",
            "Mức Đạt: Thể chất.",
            "Mức Chưa hoàn thành hoặc Cần cố gắng: Đạo đức.",
            "Điểm bài kiểm tra cuối năm thấp nhất: 9 (Toán).",
            because("điểm a khoản 2 Điều 9", PRIMARY),
        ],
    ),
    (
        tt27.year_end_level(
            **{**YEAR, "scores": {"TV": 9}, "traits": {**YEAR["traits"], "the_chat": None}}
        ),
        [
            UNDECIDED,
            "Còn thiếu: Thể chất, Toán (bài kiểm tra CN).",
            because("điểm a khoản 2 Điều 9", PRIMARY),
        ],
    ),
    (
        tt27.award(
            level="HTXS", outstanding_subject=False, clear_progress=False, class_recognised=False
        ),
        ["Danh hiệu: Học sinh Xuất sắc.", because("điểm a khoản 1 Điều 13", PRIMARY)],
    ),
    (
        tt27.completion(grade=5, level="CHT", after_support="HT"),
        [
            "Hoàn thành chương trình tiểu học.",
            "Kết quả cuối năm học: Chưa hoàn thành.",
            "Kết quả sau đánh giá bổ sung: Hoàn thành.",
            because("Điều 11", PRIMARY),
        ],
    ),
    (
        growth.zscore(**BOY, value="30.0"),
        [
            "Chỉ số z: 3,58.",
            "Tính theo công thức LMS được 3,51; vượt quá 3 SD nên tính theo khoảng cách giữa 2 SD"
            " và 3 SD.",
            WHO,
        ],
    ),
    (growth.zscore(**BOY, value="14.0"), ["Chỉ số z: -2,04.", WHO]),
    (
        growth.classify(indicator="WFA", age_months=60, z="-2.04"),
        ["Suy dinh dưỡng thể nhẹ cân.", "Chỉ số z: -2,04.", WHO],
    ),
    (
        growth.classify(
            indicator="HFA",
            age_months=36,
            boundary="sd_table",
            value="87.4",
            lines={-3: "83.6", -2: "87.4", 3: "106.5"},
        ),
        ["Bình thường.", WHO],
    ),
    (
        growth.wfh_measure(age_months=24, measured="85.0", lying=True),
        [
            "Tra bảng cân nặng theo chiều cao (đứng), 84,3 cm.",
            "Số đo được hiệu chỉnh -0,7 cm.",
            WHO,
        ],
    ),
    (
        growth.wfh_measure(age_months=23, measured="85.0", lying=True),
        ["Tra bảng cân nặng theo chiều dài (nằm), 85,0 cm.", WHO],
    ),
    (
        growth.bmi(weight="16", age_months=36, measured="100.0", lying=False),
        ["BMI: 16,0000 kg/m².", "Cách tính: 16 / (100,0 / 100)².", WHO],
    ),
    (preschool.age_group(age_months=36), ["Mẫu giáo bé, 3-4 tuổi.", PROGRAMME]),
    (
        preschool.age_group(age_months=72),
        [UNDECIDED, "Không có nhóm, lớp cho lứa tuổi này.", PROGRAMME],
    ),
    (
        preschool.measure_due(age_months=24),
        [
            "Cân, đo mỗi quý một lần.",
            because("Điều 9", "Thông tư liên tịch 13/2016/TTLT-BYT-BGDĐT"),
        ],
    ),
    (
        can_sign(done=[], who="GVCN", locked=True, level="HT"),
        ["Được kí.", "Đến lượt kí: giáo viên chủ nhiệm.", SIGNING],
    ),
    (
        can_sign(done=["GVCN"], who="HT", locked=False, level="HT"),
        ["Chưa được kí.", "Dữ liệu chưa khoá.", SIGNING],
    ),
    (
        can_sign(
            done=["GVCN"], who="HT", locked=True, level="HT", person="a", signers={"GVCN": "a"}
        ),
        ["Chưa được kí.", "Một người không kí hai bước.", SIGNING],
    ),
    (
        can_sign(done=[], who="TO", locked=True, level="HT", order=("TO", "HT")),
        ["Được kí.", "Đến lượt kí: TO.", SIGNING],
    ),
]


@pytest.mark.parametrize(("result", "sentences"), [*CASES, *MORE])
@seed("P2.1.2")
def test_a_result_in_words(result, sentences):
    assert explain(result, {"TOAN": "Toán"}) == sentences


@pytest.mark.parametrize("result", [result for result, _sentences in [*CASES, *MORE]])
def test_a_trace_can_be_recorded(result):
    recorded = json.loads(canonical_json(result.as_dict()))
    assert recorded["trace"] == result.trace.as_dict()
    assert recorded["value"] == (
        list(result.value) if isinstance(result.value, tuple) else result.value
    )
    assert all(isinstance(text, str) for text in leaves(recorded["trace"]))
    assert result.trace.article and result.trace.version and result.trace.rule


YEARS = {"scores": SCORES, "comments": {}}
ARTICLES = [  # of TT 22/2021 and TT 43/2021
    ("semester_average", averages(), "9.1.b", "9"),
    ("year_average", {"hk1": "8.0", "hk2": "8.0"}, "9.1.b", "9"),
    ("comment_semester", {"tx": [], "gk": None, "ck": None}, "9.1.a", "9"),
    ("comment_year", {"hk1": None, "hk2": None}, "9.1.a", "9"),
    (
        "missing_assessment",
        {"assess": "score", "mark": "TX", "excused": True, "closed": True},
        "7",
        "7",
    ),
    ("conduct_year", {"hk1": "TOT", "hk2": "TOT"}, "8.2.b", "8"),
    ("study_level", YEARS, "9.2, 9.3", "9.2, 9.3"),
    (
        "title",
        {"scope": "year", "conduct": "TOT", "study": "TOT", "scores": []},
        "15.1.a",
        "14",
    ),
    ("absences", {"missed": []}, "12, 13, 14", "11, 12, 13"),
    ("promotion", {"conduct": "TOT", "study": "TOT", "absent": 0}, "12, 13, 14", "11, 12, 13"),
    ("retest_subjects", {"conduct": "TOT", **YEARS}, "14", "13"),
    ("retest_level", {**YEARS, "retest": {}}, "14", "13"),
]


@pytest.mark.parametrize(("rule", "case", "of_22", "of_43"), ARTICLES)
@seed("P4.1.4", "P4.1.5")
def test_every_result_names_its_rule_and_article(rule, case, of_22, of_43):
    for module, citation, places in ((tt22, "TT 22/2021", of_22), (tt43, "TT 43/2021", of_43)):
        trace = getattr(module, rule)(**case).trace
        assert (trace.rule, trace.article) == (rule, f"{citation} Điều {places}")
        assert trace.version == module.VERSION


def test_versions():
    modules = (correction, growth, preschool, signing_order, tt22, tt27, tt43, tt58)
    assert [module.VERSION for module in modules] == [
        "dieu8-1",
        "growth-1",
        "preschool-1",
        "signing-1",
        "tt22-1",
        "tt27-1",
        "tt43-1",
        "tt58-1",
    ]


def test_a_result_as_json():
    trace = Trace("my_rule", "QĐ 7", "1", (("a", "1"),), "1 + 2", (("b", "3"),))
    assert Result("3", trace).as_dict() == {
        "value": "3",
        "trace": {
            "rule": "my_rule",
            "article": "QĐ 7",
            "version": "1",
            "inputs": [["a", "1"]],
            "formula": "1 + 2",
            "steps": [["b", "3"]],
        },
    }
    assert trace.explain() == "1 + 2 | b: 3 | QĐ 7"
    assert Trace("my_rule", "QĐ 7", "1").explain() == "QĐ 7"


class Token(str):
    """A text of another type, such as one that a template escaped."""


def test_a_trace_holds_plain_text_only():
    scores = {Token("TOAN"): Token("8.0")}
    year = tt22.retest_subjects(conduct=Token("DAT"), scores=scores, comments={})
    assert dict(year.trace.inputs) == {"conduct": "DAT", "scores": "TOAN 8.0", "comments": ""}
    assert {type(text) for pair in year.trace.inputs for text in pair} == {str}


def leaves(value):
    """All values of nested lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]


def test_subjects_are_called_what_the_school_calls_them():
    result = tt22.retest_subjects(conduct="DAT", scores={"X": "1.0", "TOAN": "1.0"}, comments={})
    assert explain(result)[0] == "Kiểm tra, đánh giá lại: Toán, X."
    named = explain(result, {"X": "Tin học", "TOAN": "Toán 1"})
    assert named[0] == "Kiểm tra, đánh giá lại: Toán 1, Tin học."


def test_a_rule_of_somebody_else_is_shown_as_it_is():
    trace = Trace("my_rule", "QĐ 7 của Sở", "1", (), "1.5 + 2")
    assert explain(Result("3.5", trace)) == ["Kết quả: 3,5.", "1,5 + 2", "Căn cứ: QĐ 7 của Sở."]
    assert explain(Result(None, trace))[0] == UNDECIDED


RULES = [
    (tt27.test_total, {"points": [1]}),
    (tt27.counting_score, {"first": 1, "retest": None, "approved": False}),
    (tt27.subject_level, {"levels": {}}),
    (tt27.year_end_level, YEAR),
    (
        tt27.award,
        {
            "level": "HT",
            "outstanding_subject": True,
            "clear_progress": False,
            "class_recognised": False,
        },
    ),
    (tt27.completion, {"grade": 1, "level": "HT", "after_support": None, "principal": None}),
    (tt58.study_level, {"main": {}, "others": {}, "comments": {}}),
    (tt58.comment_semester, {"passed": 1, "total": 1, "final": "Đ"}),
    (tt58.title, {"scope": "year", "conduct": "T", "study": "G"}),
    (tt58.promotion, {"conduct": "T", "study": "G", "absent": 0}),
    (growth.zscore, {**BOY, "value": "14.0", "at": "1826"}),
    (growth.classify, {"indicator": "WFA", "age_months": 60, "z": "0"}),
    (growth.wfh_measure, {"age_months": 24, "measured": "85.0", "lying": True}),
    (growth.bmi, {"weight": "16", "age_months": 24, "measured": "85.0", "lying": True}),
    (preschool.age_group, {"age_months": 36}),
    (preschool.class_group, {"dob": "2023-01-01", "year": 2026}),
    (preschool.measure_due, {"age_months": 36}),
    (seed_correction, {"exam_date": "2022-12-26", "on": "2022-12-20", "mark": "TX"}),
    (can_sign, {"done": [], "who": "GVCN", "locked": True, "level": "HT"}),
]


@pytest.mark.parametrize(("rule", "case"), RULES, ids=[rule.__name__ for rule, _case in RULES])
def test_a_trace_has_its_rule_and_what_was_given(rule, case):
    trace = rule(**case).trace
    assert trace.rule == rule.__name__
    assert set(case) <= set(dict(trace.inputs))


def test_children_of_a_class_are_explained_as_their_group():
    group = preschool.class_group(dob="2023-01-01", year=2026)
    assert explain(group) == ["Mẫu giáo bé, 3-4 tuổi.", PROGRAMME]


def test_a_whole_quotient_keeps_its_zeros():
    marks = {"required_tx": 3, "tx": ["10"] * 3, "gk": "10", "ck": "10"}
    assert explain(tt22.semester_average(**marks))[1].endswith("= 80,0 / 8 = 10.")

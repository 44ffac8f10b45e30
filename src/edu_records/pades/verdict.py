"""The answer of a verification, in English and in Vietnamese."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

AUTHENTIC = "authentic"  # byte for byte the copy the school filed last
VALID = "valid"  # every signature is right, but this is not known to be the filed copy
SUPERSEDED = "superseded"  # filed by the school, then followed by a later one
REFUSED = "refused"

_TEXTS = {
    "NOT_A_PDF": ("The file is not a PDF.", "Tệp không phải là PDF."),
    "UNREADABLE": ("The file cannot be analysed.", "Không phân tích được tệp."),
    "NO_SIGNATURE": ("There is no signature.", "Không có chữ ký số nào."),
    "NOT_CERTIFIED": (
        "The first signature does not certify the document.",
        "Chữ ký đầu tiên không chứng thực tài liệu.",
    ),
    "FORM_FIELDS": (
        "There are fields that could be filled in after signing.",
        "Tài liệu có ô nhập liệu có thể bị điền sau khi ký.",
    ),
    "UNKNOWN_FIELD": (
        "A signature stands in a field the issued document did not have.",
        "Có chữ ký nằm ở ô không thuộc bản phát hành.",
    ),
    "UNSUPPORTED_SIGNATURE": (
        "A signature is of a kind that is not allowed.",
        "Có chữ ký không đúng định dạng cho phép.",
    ),
    "CHANGED_BYTES": (
        "The signed bytes were changed.",
        "Nội dung đã ký bị thay đổi.",
    ),
    "CHANGED_AFTER": (
        "The document was changed after this signature.",
        "Tài liệu bị sửa sau khi ký.",
    ),
    "BAD_SIGNATURE": ("The signature value is wrong.", "Giá trị chữ ký không đúng."),
    "UNTRUSTED": (
        "The certificate does not lead to a trusted root.",
        "Chứng thư số không thuộc tổ chức chứng thực được tin cậy.",
    ),
    "REVOKED": (
        "The certificate was revoked before the signature.",
        "Chứng thư số đã bị thu hồi trước khi ký.",
    ),
    "EXPIRED": (
        "The certificate was not valid at the time of signing.",
        "Chứng thư số không còn hiệu lực tại thời điểm ký.",
    ),
    "WEAK_ALGORITHM": ("The algorithm is too weak.", "Thuật toán ký quá yếu."),
    "BAD_TIMESTAMP": (
        "The time stamp is wrong or not trusted.",
        "Dấu thời gian không đúng hoặc không tin cậy.",
    ),
    "MISSING_SIGNATURE": ("A required signature is missing.", "Thiếu chữ ký bắt buộc."),
    "WRONG_PERSON": (
        "The signer is not the person expected for this role.",
        "Người ký không phải người được giao vai trò này.",
    ),
    "REVOCATION_UNKNOWN": (
        "Whether the certificate was revoked could not be checked.",
        "Chưa kiểm tra được chứng thư số có bị thu hồi hay không.",
    ),
    "NO_TIMESTAMP": (
        "The time of signing is the signer's own statement.",
        "Thời điểm ký do người ký tự khai, không có dấu thời gian.",
    ),
    "NOT_FILED": (
        "This is not the copy the school filed.",
        "Đây không phải bản nhà trường đã lưu.",
    ),
    "LATER_VERSION": (
        "A later version of the document supersedes it.",
        "Tài liệu đã được thay thế bằng phiên bản mới.",
    ),
    "LATER_COPY": (
        "The school has filed a later copy.",
        "Nhà trường đã lưu bản mới hơn.",
    ),
}


@dataclass(frozen=True)
class Reason:
    """One finding: a stable code, the field it is about ("" for the document), more detail."""

    code: str
    field: str = ""
    detail: str = ""

    @property
    def en(self) -> str:
        return _TEXTS[self.code][0]

    @property
    def vi(self) -> str:
        return _TEXTS[self.code][1]


@dataclass(frozen=True)
class SignerReport:
    """One signature. `time` is what the signer states, `timestamp` what the authority proves;
    both aware, either may be None. `revocation` is "good", "revoked" or "unknown"."""

    field: str
    name: str
    serial_number: str
    organisation: str
    issuer: str
    valid_from: datetime
    valid_to: datetime
    time: datetime | None
    timestamp: datetime | None
    algorithm: str
    revocation: str
    intact: bool
    ok: bool
    fingerprint: str


@dataclass(frozen=True)
class Verdict:
    """`reasons` refuse, `warnings` do not. `attachment` is the data as it was when certified."""

    status: str
    sha256: str
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    signers: tuple[SignerReport, ...] = ()
    attachment: bytes | None = field(default=None, repr=False)

    @property
    def accepted(self) -> bool:
        return self.status != REFUSED

    def as_dict(self) -> dict:
        """JSON-able: times in ISO 8601, reasons with both texts, without the attachment."""

        def reason(one):
            return {**_plain(one), "en": one.en, "vi": one.vi}

        return {
            "status": self.status,
            "sha256": self.sha256,
            "reasons": [reason(one) for one in self.reasons],
            "warnings": [reason(one) for one in self.warnings],
            "signers": [_plain(one) for one in self.signers],
        }


def _plain(report):
    """The fields of a report. Texts that come out of a PDF still hold on to the whole file, so they
    are made plain; a copy in depth would copy the file with each of them."""
    texts = {name: str(value) for name, value in vars(report).items() if isinstance(value, str)}
    times = {
        name: value.isoformat()
        for name, value in vars(report).items()
        if isinstance(value, datetime)
    }
    return {**vars(report), **texts, **times}

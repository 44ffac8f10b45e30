"""What can go wrong with a key, a field or a file; one sentence each, fit to be shown."""


class PadesError(Exception):
    """Base class. `code` is stable, `vi` is the sentence in Vietnamese."""

    code = "PADES"
    en = "The signature operation failed."
    vi = "Không thực hiện được thao tác ký."

    def __init__(self, detail: str = ""):
        super().__init__(f"{self.en} ({detail})" if detail else self.en)
        self.detail = detail


class UnreadableKey(PadesError):
    """The bytes are not a PKCS#12 file with a key and its certificate."""

    code = "UNREADABLE_KEY"
    en = "This is not a readable certificate file (.p12, .pfx)."
    vi = "Tệp này không phải tệp chứng thư số (.p12, .pfx) đọc được."


class UnusableKey(PadesError):
    """The key is too weak or of a kind TT 15/2025/TT-BKHCN does not allow."""

    code = "UNUSABLE_KEY"
    en = "The key may not be used: RSA of 2048 bits or an elliptic curve of 256 bits is needed."
    vi = "Không dùng được khóa này: cần RSA từ 2048 bit hoặc đường cong elliptic từ 256 bit."


class WrongPassword(PadesError):
    """The PKCS#12 file is readable, its password is another one."""

    code = "WRONG_PASSWORD"
    en = "The password of the certificate file is wrong."
    vi = "Mật khẩu của tệp chứng thư số không đúng."


class WrongPin(PadesError):
    """The PIN does not open the sealed key."""

    code = "WRONG_PIN"
    en = "The PIN is wrong."
    vi = "Mã PIN không đúng."


class WrongServerKey(PadesError):
    """The key was sealed under another server key."""

    code = "WRONG_SERVER_KEY"
    en = "The certificate was stored under another server key; upload it again."
    vi = "Chứng thư số được lưu bằng khóa máy chủ khác; hãy tải lên lại."


class UnreadablePdf(PadesError):
    """The bytes are not a PDF that can be signed."""

    code = "UNREADABLE_PDF"
    en = "The PDF file cannot be read."
    vi = "Không đọc được tệp PDF."


class FieldUnavailable(PadesError):
    """The signature field does not exist or is filled."""

    code = "FIELD_UNAVAILABLE"
    en = "The signature field does not exist or is already signed."
    vi = "Ô chữ ký không tồn tại hoặc đã được ký."


class DocumentLocked(PadesError):
    """An earlier signature allows no more changes."""

    code = "DOCUMENT_LOCKED"
    en = "The document is closed by an earlier signature."
    vi = "Hồ sơ đã bị khóa bởi chữ ký trước đó."


class SignatureMismatch(PadesError):
    """The signature value does not belong to these bytes and this certificate."""

    code = "SIGNATURE_MISMATCH"
    en = "The signature does not belong to this document and certificate."
    vi = "Chữ ký không khớp với hồ sơ và chứng thư số này."


class TimestampUnavailable(PadesError):
    """The time stamping authority did not answer; nothing is signed without its answer."""

    code = "TIMESTAMP_UNAVAILABLE"
    en = "The time stamping service did not answer; nothing was signed."
    vi = "Dịch vụ cấp dấu thời gian không trả lời; chưa có gì được ký."

"""The people of the demo's school, as its demo data made them, and their demo certificates."""

PASSWORD = "demo"

# login, who
LOGINS = [
    ("principal", "principal (hiệu trưởng)"),
    ("vice", "vice principal (phó hiệu trưởng)"),
    ("clerk", "office clerk, keeps the school's seal (văn thư)"),
    ("itadmin", "IT administrator (quản trị CNTT)"),
    ("inspector", "inspector (thanh tra)"),
    ("head.natural", "head of department and teacher (tổ trưởng)"),
    ("gv.van", "homeroom teacher of 6A, teaches Ngữ văn"),
    (
        "gv.toan",
        "subject teacher of Toán; gv.anh, gv.gdcd, gv.sudia, gv.khtn, gv.congnghe, gv.tin,"
        " gv.theduc, gv.nghethuat, gv.diaphuong, gv.trainghiem likewise",
    ),
    ("admin", "Odoo's administrator"),
]


def authority_persons():
    """Who gets a certificate; numbers are invented."""
    return [
        {
            "role": "principal",
            "name": "Lê Thị Minh Nguyệt",
            "serial": "038000000001",
        },
        {
            "role": "homeroom",
            "name": "Nguyễn Thị Hồng Hạnh",
            "serial": "038000000002",
        },
    ]


def school():
    """The school as its own certificates name it."""
    return {"name": "Trường THCS Hoa Sen", "tax_id": "2800000001"}

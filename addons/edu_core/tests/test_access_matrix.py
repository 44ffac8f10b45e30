from odoo.tests import tagged

from edu_records.testing import seed

from .common import EduCase

ROLES = (
    "user",
    "teacher",
    "homeroom",
    "department_head",
    "clerk",
    "it_admin",
    "vice_principal",
    "principal",
    "inspector",
)
ALL = set(ROLES)
MANAGEMENT = {"vice_principal", "principal"}
READERS = MANAGEMENT | {"it_admin", "inspector"}
# model: {operation: roles}; who is not named may not, and nobody deletes but where it says so
MATRIX = {
    "edu.school.year": {"read": ALL, "write": {"it_admin", "principal"}},
    "edu.class": {"read": ALL, "write": {"it_admin", "principal"}},
    "edu.teaching.assignment": {"read": ALL, "write": {"it_admin"} | MANAGEMENT},
    "edu.duty": {"read": ALL, "create": {"it_admin", "principal"}},
    "edu.duty.type": {"read": ALL},
    "edu.entry.delegation": {"read": ALL, "create": {"teacher", "principal"}},
    "edu.student": {
        "read": ALL,
        "write": {"teacher", "homeroom", "clerk", "it_admin"},
        "create": {"clerk", "it_admin"},
    },
    "edu.enrollment": {"read": ALL, "write": {"clerk", "it_admin"}, "create": set()},
    "hr.employee": {
        "read": READERS | {"clerk"},
        "write": {"clerk", "principal"},
        "unlink": {"clerk", "principal"},
    },
    "edu.staff.movement": {
        "read": READERS | {"clerk"},
        "write": {"clerk", "principal"},
        "unlink": {"clerk", "principal"},
    },
    "edu.account.report": {"read": MANAGEMENT | {"it_admin"}},
    "edu.account.wizard": {"read": {"it_admin", "principal"}, "write": {"it_admin", "principal"}},
    "edu.import": {
        "read": MANAGEMENT | {"clerk", "it_admin"},
        "create": MANAGEMENT | {"clerk", "it_admin"},
    },
    "edu.import.line": {"read": MANAGEMENT | {"clerk", "it_admin"}},
    "edu.exchange.synonym": {
        "read": MANAGEMENT | {"clerk", "it_admin"},
        "write": {"clerk", "it_admin"},
        "unlink": {"clerk", "it_admin"},
    },
    "edu.ledger.entry": {"read": READERS},
    "edu.ledger.reason": {"read": {"principal", "inspector"}},
    "res.users": {"read": ALL},
    "res.company": {"read": ALL, "write": {"it_admin", "principal"}, "create": set()},
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(EduCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._user(role, role, login=f"matrix_{role}") for role in ROLES}

    def _allowed(self, model, operation):
        return {
            role
            for role, user in self.users.items()
            if self.env[model].with_user(user).has_access(operation)
        }

    @seed("P2.2.2", "P2.2.3a")
    def test_each_role_may_what_the_matrix_says(self):
        for model, rights in MATRIX.items():
            expected = {"create": rights.get("write", set()), **rights}
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertEqual(
                        self._allowed(model, operation), expected.get(operation, set())
                    )

    @seed("P2.2.2")
    def test_roles_do_not_include_each_other(self):
        for role, user in self.users.items():
            held = {
                other for other in ALL - {"user"} if user.has_group(f"edu_core.group_edu_{other}")
            }
            self.assertEqual(held, {role} - {"user"})
            self.assertFalse(user.has_group("base.group_erp_manager"))

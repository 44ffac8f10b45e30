from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

LIST_KEEPERS = (
    "edu_core.group_edu_clerk,edu_core.group_edu_it_admin,edu_core.group_edu_principal,"
    "edu_core.group_edu_vice_principal"
)


class EduClassList(models.AbstractModel):
    """The numbered list of a class: numbering it, freezing its order, opening it again."""

    _name = "edu.class.list"
    _description = "List of a Class"

    def action_number_list(self):
        """Number the list by name, in Vietnamese order; a locked list stays as it is."""
        self._edu_check_list_keeper()
        for school_class in self:
            if school_class.list_locked:
                raise UserError(school_class._edu_list_locked_text())
        self.env["edu.enrollment"].sudo()._edu_number(self)

    def action_lock_list(self):
        """Freeze the order of the list: nobody is renumbered any more, newcomers go to its end.

        :raises UserError: when two pupils have one number, or one has none
        """
        self._edu_check_list_keeper()
        for school_class in self.sudo().filtered(lambda one: not one.list_locked):
            numbers = school_class.enrollment_ids.mapped("number")
            if not numbers or not all(numbers) or len(set(numbers)) < len(numbers):
                raise UserError(
                    self.env._(
                        "%s: the list is empty or not numbered one by one. Number it first.",
                        school_class.name,
                    )
                )
            school_class._edu_set_list_lock(True)

    def action_ask_unlock_list(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Unlock the Class List"),
            "res_model": "edu.class.unlock",
            "view_mode": "form",
            "target": "new",
            "context": {"default_class_ids": self.ids},
        }

    def _edu_unlock_list(self, reason):
        """Open a locked list again, by the principal alone and with a reason.

        :raises AccessError: for anybody else
        :raises UserError: without a reason, or when records rest on the numbers already
        """
        self.check_access("read")
        if not self.env.user.has_group("edu_core.group_edu_principal"):
            raise AccessError(self.env._("Only the principal unlocks a class list."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept in the ledger."))
        for school_class in self.sudo().filtered("list_locked"):
            blockers = school_class._edu_list_unlock_blockers()
            if blockers:
                raise UserError("\n".join([f"{school_class.name}:", *blockers]))
            digest = self.env["edu.ledger.reason"]._edu_file(reason.strip())
            school_class._edu_set_list_lock(False, digest)
            school_class.message_post(body=reason.strip())

    def _edu_list_unlock_blockers(self):
        """Hook: sentences that say what rests on the numbers of the locked list."""
        self.ensure_one()
        return []

    def _edu_set_list_lock(self, locked, reason_digest=""):
        self.ensure_one()
        chain = self._edu_list_chain()
        chain._edu_lock_heads()
        self._edu_unguarded().write(
            {
                "list_locked": locked,
                "list_locked_at": fields.Datetime.now() if locked else False,
                "list_locked_by_id": self.env.uid if locked else False,
            }
        )
        lines = self.enrollment_ids.sorted("number")
        event = {
            "operation": "lock" if locked else "unlock",
            "model": self._name,
            "record": str(self.id),
            "slot": "list",
            "new": " ".join(f"{line.number}:{line.id}" for line in lines) if locked else "",
            "reason_digest": reason_digest,
        }
        self.env["edu.ledger.chain"]._edu_append([(chain, event)])

    def _edu_list_chain(self):
        self.ensure_one()
        wanted = [(f"class:{self.id}", "class", self.company_id)]
        return self.env["edu.ledger.chain"].sudo()._edu_open(wanted)

    def _edu_list_locked_text(self):
        self.ensure_one()
        return self.env._(
            "%(class)s: the list was locked by %(user)s on %(day)s and keeps its order. The"
            " principal can unlock it, with a reason.",
            **{
                "class": self.name,
                "user": self.sudo().list_locked_by_id.name,
                "day": format_date(self.env, self.list_locked_at),
            },
        )

    def _edu_check_list_keeper(self):
        self.check_access("read")
        if not self.env.user.has_groups(LIST_KEEPERS):
            raise AccessError(
                self.env._("Class lists are kept by the office, the IT administrator or the heads.")
            )

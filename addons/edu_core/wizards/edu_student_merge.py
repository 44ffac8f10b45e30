from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.edu_student_profile import PROFILE_FIELDS

# shown where they differ, in the order of the form
COMPARED = (
    "name",
    "code",
    "personal_id",
    "register_number",
    "birth_date",
    "gender",
    "birth_place",
    "ethnic_group_id",
    "religion_id",
    "policy_group_ids",
    "home_town",
    "address",
    "permanent_address",
    "phone",
    "status",
    "class_id",
)


class EduStudentMerge(models.TransientModel):
    """Joins two records of one person. Nothing is deleted or moved: the duplicate is archived,
    points to the record that is kept, and stays in every record that names it."""

    _name = "edu.student.merge"
    _description = "Joining of Duplicate Pupils"

    student_ids = fields.Many2many("edu.student", string="Two Records of One Person")
    keep_id = fields.Many2one("edu.student", required=True, domain="[('id', 'in', student_ids)]")
    fill_empty = fields.Boolean("Take over What the Kept Record Lacks", default=True)
    line_ids = fields.One2many("edu.student.merge.line", "wizard_id", compute="_compute_line_ids")
    obstacle = fields.Text(compute="_compute_obstacle")

    @api.depends("student_ids", "keep_id")
    def _compute_line_ids(self):
        Line = self.env["edu.student.merge.line"]
        for wizard in self:
            first, second = wizard._edu_pair()
            wizard.line_ids = Line.browse()
            for name in COMPARED if first and second else ():
                texts = [self._edu_text(student, name) for student in (first, second)]
                if texts[0] != texts[1]:
                    label = self.env["edu.student"]._fields[name]._description_string(self.env)
                    wizard.line_ids += Line.new(
                        {"label": label, "kept": texts[0], "other": texts[1]}
                    )

    @api.depends("student_ids", "keep_id")
    def _compute_obstacle(self):
        for wizard in self:
            wizard.obstacle = "\n".join(wizard._edu_obstacles())

    def _edu_pair(self):
        """The record to keep and the other one; empty recordsets when not two are chosen."""
        self.ensure_one()
        students = self.student_ids._origin
        keep = self.keep_id._origin
        none = self.env["edu.student"]
        if len(students) != 2 or keep not in students:
            return none, none
        return keep, students - keep

    @api.model
    def _edu_text(self, student, name):
        field = student._fields[name]
        value = student[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return str(value or "")

    def _edu_obstacles(self):
        """Why the two cannot be joined, a sentence each."""
        keep, other = self._edu_pair()
        if not keep:
            return [self.env._("Choose two pupils and the record to keep.")]
        found = []
        if keep.company_id != other.company_id:
            found.append(self.env._("They are pupils of two schools."))
        found += [
            self.env._("%s was joined already.", student.display_name)
            for student in keep | other
            if student.merged_into_id
        ]
        both = keep.enrollment_ids.class_id & other.enrollment_ids.class_id
        if both:
            found.append(
                self.env._(
                    "Both are in the list of %s: one place there has to be cancelled first.",
                    ", ".join(both.mapped("name")),
                )
            )
        if other.status in ("studying", "suspended"):
            found.append(
                self.env._(
                    "%s is studying under the record that would be given up: keep that one, or"
                    " cancel its movement first.",
                    other.name,
                )
            )
        return found

    def action_merge(self):
        """Join the two.

        :raises AccessError: unless the office or the IT administrator asks
        :raises UserError: with the obstacles
        """
        self.ensure_one()
        if not self.env["edu.student"]._edu_is_office():
            raise AccessError(self.env._("Duplicates are joined by the office."))
        self.student_ids.check_access("write")
        self.student_ids.sudo()._edu_chains()._edu_lock_heads()
        self.student_ids.invalidate_recordset(["status", "merged_into_id", "class_id"])
        obstacles = self._edu_obstacles()
        if obstacles:
            raise UserError("\n".join(obstacles))
        keep, other = self._edu_pair()
        filled = self._edu_missing(keep, other) if self.fill_empty else {}
        other.sudo()._edu_unguarded().write({"merged_into_id": keep.id, "active": False})
        self.env.flush_all()
        if filled:
            keep.write(filled)
        if self.fill_empty and not keep.guardian_ids:
            other.guardian_ids.copy({"student_id": keep.id})
        self._edu_record(keep, other)
        return keep._edu_action(self.env._("Joined Pupil"), "edu.student", [("id", "=", keep.id)])

    @api.model
    def _edu_missing(self, keep, other):
        """What only the other record says; the photo and the guardians are no single facts."""
        names = {"code", "personal_id", "birth_date", "gender", *PROFILE_FIELDS}
        names -= {"guardian_ids", "properties", "policy_group_ids"}
        vals = {name: other[name] for name in names if other[name] and not keep[name]}
        vals = {
            name: value.id if keep._fields[name].type == "many2one" else value
            for name, value in vals.items()
        }
        if other.policy_group_ids - keep.policy_group_ids:
            vals["policy_group_ids"] = [(4, group.id) for group in other.policy_group_ids]
        return vals

    @api.model
    def _edu_record(self, keep, other):
        """Both chains say it: the duplicate's where it points, the kept one's what joined it."""
        both = (keep | other).sudo()
        chain_of = both._edu_chain_of()
        event = {
            "operation": "merge",
            "model": "edu.student",
            "record": str(keep.id),
            "slot": f"merged:{other.id}",
            "new": other.code or other.register_number or str(other.id),
        }
        self.env["edu.ledger.chain"].sudo()._edu_append(
            [*other.sudo()._edu_chained_events(chain_of, "merge"), (chain_of[keep], event)]
        )

from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    edu_code = fields.Char("School Code", help="Code given by the ministry, 8 digits.")
    edu_superior_body = fields.Char(
        "Superior Body", help="Printed above the school's name, for example UBND XÃ ..."
    )
    edu_ward = fields.Char("Ward or Commune")
    edu_province = fields.Char("Province or City")
    edu_place = fields.Char("Place in Date Lines", help="For example: Thanh Hóa")
    edu_head_title = fields.Char("Head's Title", default="Hiệu trưởng")
    edu_learner_word = fields.Char("Word for Learners", default="học sinh")
    edu_level_ids = fields.Many2many("edu.level", string="Levels")
    edu_timezone = fields.Char("School Time Zone", default="Asia/Ho_Chi_Minh", required=True)
    edu_document_language = fields.Char("Language of Documents", default="vi_VN", required=True)

    edu_backup_days = fields.Integer(
        "Days between Backups",
        default=7,
        help="After so many days without a recorded backup the IT administrators are reminded. 0:"
        " never.",
    )
    edu_student_properties_definition = fields.PropertiesDefinition("Extra Fields of Pupils")
    edu_successor_id = fields.Many2one(
        "res.company",
        "Succeeded by",
        index="btree_not_null",
        ondelete="restrict",
        help="The school that this one was merged into. Its pupils are handed over by movements.",
    )
    edu_successor_date = fields.Date("Succeeded on")

    _edu_code_uniq = models.UniqueIndex(
        "(edu_code) WHERE edu_code IS NOT NULL", "Another school has this code."
    )

    @api.constrains("edu_successor_id", "edu_successor_date")
    def _check_edu_successor(self):
        for school in self:
            if bool(school.edu_successor_id) != bool(school.edu_successor_date):
                raise ValidationError(
                    self.env._("Name both the school that takes over and the date.")
                )
        if self._has_cycle("edu_successor_id"):
            raise ValidationError(self.env._("A school cannot take over itself."))

    def _edu_today(self):
        """The school's date now, whatever time zone a client names."""
        self.ensure_one()
        return datetime.now(ZoneInfo(self.edu_timezone)).date()

    def _edu_chain(self):
        """The chain of the school's own settings and of events that concern the whole school."""
        self.ensure_one()
        return self.env["edu.ledger.chain"]._edu_open([(f"school:{self.id}", "school", self)])

    def _edu_snapshot_header(self):
        """The school as documents print it; every value a string."""
        self.ensure_one()
        return {
            "code": self.edu_code or "",
            "name": self.name or "",
            "superior": self.edu_superior_body or "",
            "ward": self.edu_ward or "",
            "province": self.edu_province or "",
            "place": self.edu_place or "",
            "head_title": self.edu_head_title or "",
            "learner_word": self.edu_learner_word or "",
        }

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# the personal record (sơ yếu lí lịch) that a homeroom teacher keeps within the school's window; for
# all else, such as name and identifiers, the office answers
PROFILE_FIELDS = frozenset(
    {
        "image_1920",
        "birth_place",
        "birth_province_id",
        "nationality_id",
        "ethnic_group_id",
        "religion_id",
        "policy_group_ids",
        "home_town",
        "home_province_id",
        "address",
        "permanent_address",
        "permanent_province_id",
        "phone",
        "email",
        "disability",
        "health_notes",
        "guardian_ids",
        "properties",
    }
)


class EduStudentProfile(models.AbstractModel):
    """Who writes what of a pupil's record and when, and the homeroom teacher's check of it."""

    _name = "edu.student.profile"
    _description = "Profile of a Pupil"

    @api.depends_context("uid")
    @api.depends("class_id.homeroom_user_id")
    def _compute_profile_editable(self):
        office = self._edu_is_office()
        for student in self:
            student.identity_editable = office
            student.profile_editable = office or student.sudo()._edu_in_profile_window()

    @api.model
    def _edu_is_office(self):
        return self.env.user.has_groups("edu_core.group_edu_clerk,edu_core.group_edu_it_admin")

    def _edu_in_profile_window(self):
        """Whether the user is homeroom teacher of the pupil's class and its window is open."""
        self.ensure_one()
        school_class = self.class_id
        return (
            bool(school_class)
            and school_class.homeroom_user_id == self.env.user
            and school_class._edu_profile_window_open()
        )

    def _edu_check_writer(self, names):
        """The office writes all fields; the homeroom teacher the profile, within the window.

        :raises AccessError: for everybody else, ``sudo`` or not
        """
        if self._edu_is_office():
            return
        others = set(names) - PROFILE_FIELDS
        if others:
            labels = (self._fields[name].string for name in others if name in self._fields)
            raise AccessError(
                self.env._(
                    "%s: only the office or the IT administrator changes this.",
                    ", ".join(sorted(labels)) or "-",
                )
            )
        for student in self.sudo():
            if not student._edu_in_profile_window():
                school_class = student.class_id
                raise AccessError(
                    self.env._(
                        "%(pupil)s: the profile is open to the homeroom teacher of the class"
                        " (%(teacher)s) %(window)s. Otherwise the office changes it.",
                        pupil=student.name,
                        teacher=school_class.homeroom_user_id.name or "-",
                        window=school_class._edu_profile_window_text(),
                    )
                )

    def _edu_check_not_merged(self):
        merged = self.sudo().filtered("merged_into_id")
        if merged:
            raise UserError(
                self.env._(
                    "%(pupil)s was joined with %(kept)s: change that record instead.",
                    pupil=merged[0].name,
                    kept=merged[0].merged_into_id.display_name,
                )
            )

    def action_check_profile(self):
        """The homeroom teacher confirms that the profile was checked (R6.1b).

        :raises AccessError: for anybody else
        """
        self.check_access("read")
        for student in self.sudo():
            if student.class_id.homeroom_user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(pupil)s: the homeroom teacher of the class (%(teacher)s) confirms the"
                        " profile.",
                        pupil=student.name,
                        teacher=student.class_id.homeroom_user_id.name or "-",
                    )
                )
        self.sudo()._edu_unguarded().write(
            {"profile_checked_at": fields.Datetime.now(), "profile_checked_by_id": self.env.uid}
        )

    def _edu_uncheck_profile(self):
        """What was checked has changed: it has to be checked again."""
        checked = self.sudo().filtered("profile_checked_at")
        checked._edu_unguarded().write(
            {"profile_checked_at": False, "profile_checked_by_id": False}
        )

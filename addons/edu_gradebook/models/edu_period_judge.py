from odoo import api, models


class EduPeriodJudge(models.AbstractModel):
    """What the regulation makes of the cells of one pupil in one sheet.

    It knows which cells are which arguments; every rule is the library's.
    """

    _name = "edu.period.judge"
    _description = "Judge of a Period's Results"

    @api.model
    def _edu_apply(self, module, sheet, columns, pupil):
        """The library's answer, a ``Result``; ``None`` for sheets that have no result by the rules.

        :param columns: the due ones; :param dict pupil: ``{column code: (kind, token)}``; kinds
            without a token count as missing
        """
        if sheet.assess not in ("score", "comment"):
            return None
        if hasattr(module, "semester_average"):
            return self._edu_semester(module, sheet, columns, pupil)
        return self._edu_level(module, sheet, columns, pupil)

    @api.model
    def _edu_semester(self, module, sheet, columns, pupil):
        """ĐTBmhk or comment result (TT 22/2021, TT 43/2021)."""
        tokens = {column: pupil.get(column.code, ("empty", None))[1] for column in columns}
        regular = [
            token
            for column, token in tokens.items()
            if column.kind == "regular" and column.needs != "cluster"
        ]
        given = {"tx": regular}
        for kind, name in (("midterm", "gk"), ("final", "ck")):
            given[name] = next(token for column, token in tokens.items() if column.kind == kind)
        if sheet.assess == "comment":
            return module.comment_semester(**given)
        clusters = [token for column, token in tokens.items() if column.needs == "cluster"]
        given["required_tx"] = len(regular) + (None in clusters)
        if clusters and None not in clusters:
            given["topic"] = clusters[0]
        return module.semester_average(**given)

    @api.model
    def _edu_level(self, module, sheet, columns, pupil):
        """Mức đạt được of the subject, of its parts where they are assessed (TT 27/2020)."""
        parts = sheet._edu_parts()
        levels = {
            (parts[column.part - 1] if column.part else sheet).subject_id.code: pupil.get(
                column.code, ("empty", None)
            )[1]
            for column in columns
            if column.scale == "level"
        }
        return module.subject_level(levels=levels)

import base64
import io

from openpyxl import Workbook

from .common import EduCase


class ImportCase(EduCase):
    """Brings workbooks as a clerk, or whoever else enters such lists, does."""

    def workbook(self, rows, headers):
        """The bytes of a workbook."""
        book = Workbook()
        sheet = book.active
        sheet.title = "Sheet1"
        for row in (headers, *rows):
            sheet.append(row)
        data = io.BytesIO()
        book.save(data)
        return data.getvalue()

    def upload(self, data, entity="students", user=None, year=None, **vals):
        """The import of a file."""
        return (
            self.env["edu.import"]
            .with_user(user or self.clerk)
            .create(
                {
                    "entity": entity,
                    "file": base64.b64encode(data),
                    "school_year_id": (year or self.year).id,
                    **vals,
                }
            )
        )

    def checked(self, rows, headers, entity="students", **more):
        """The import of some rows after its check, whatever came of it."""
        brought = self.upload(self.workbook(rows, headers), entity, **more)
        brought.action_check()
        return brought

    def imported(self, rows, headers, entity="students", **more):
        """The import of some rows, which has to succeed."""
        brought = self.checked(rows, headers, entity, **more)
        self.assertEqual(brought.state, "checked", brought.report)
        brought.action_import()
        self.assertEqual(brought.state, "done", brought.report)
        return brought

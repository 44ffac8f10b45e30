import json
from dataclasses import dataclass, field

from odoo import api, models
from odoo.exceptions import UserError

SHOWN_PROBLEMS = 50


@dataclass
class Journal:
    """What an import did, in the order in which it was done, so that it can be taken back."""

    created: list = field(default_factory=list)  # [model, ids]
    changed: list = field(default_factory=list)  # [model, id, {field: old}, {field: new}]
    moved: list = field(default_factory=list)  # ids of movements

    def note_created(self, records):
        """Records that were not there before."""
        if records:
            self.created.append([records._name, records.ids])

    def note_changed(self, entity, record, changed):
        """A record about to be changed; ``changed`` are values to write."""
        old = {name: entity._edu_stored(record, name) for name in changed}
        new = {name: entity._edu_plain(value) for name, value in changed.items()}
        self.changed.append([record._name, record.id, old, new])

    def note_moved(self, movements):
        """Movements that were recorded."""
        self.moved += movements.ids

    def text(self):
        """The journal as it is kept."""
        return json.dumps([self.created, self.changed, self.moved], ensure_ascii=False)


class EduImportJournal(models.AbstractModel):
    """How what an import did is taken back, by the journal that it kept."""

    _name = "edu.import.journal"
    _description = "Journal of an Import"

    @api.model
    def _edu_take_back(self, brought, reason):
        """Cancel the movements, restore the fields, take back the records that were new.

        :raises UserError: with the list of what rests on the import
        """
        created, changed, movements = self._edu_check(brought)
        brought._edu_tell(1, 4)
        if movements:
            movements._edu_cancel(reason)
        brought._edu_tell(3, 4)
        self._edu_restore(changed)
        self._edu_remove(created)

    @api.model
    def _edu_check(self, brought):
        """The journal, after it was found that nothing rests on the import.

        :return: ``created`` and ``changed`` of :class:`Journal`, and the movements
        :raises UserError: with the list of what rests on the import
        """
        created, changed, moved = json.loads(brought.sudo().journal)
        movements = self.env["edu.movement"].browse(moved)
        problems = self._edu_problems(brought, created, changed, movements)
        if problems:
            lines = problems[:SHOWN_PROBLEMS]
            if len(problems) > SHOWN_PROBLEMS:
                lines.append(self.env._("… and %s more", len(problems) - SHOWN_PROBLEMS))
            raise UserError("\n".join([self.env._("The import cannot be taken back:"), *lines]))
        return created, changed, movements

    @api.model
    def _edu_problems(self, brought, created, changed, movements):
        problems = [
            self.env._("%s was imported later: take that back first.", one.display_name)
            for one in brought._edu_later()
        ]
        problems += movements.sudo()._edu_cancel_problems() if movements else []
        problems += self._edu_changed_since(changed)
        moved = movements.student_id
        for model, ids in created:
            records = self.env[model].browse(ids).exists()
            if model == "edu.student":
                records -= moved  # their movements say what rests on them
            problems += self._edu_entity_of(model)._edu_rests_on(records)
        return problems

    @api.model
    def _edu_entity_of(self, model):
        handlers = self.env["edu.exchange.entity"]._edu_handlers().values()
        return next(one for one in handlers if one._edu_model == model)

    @api.model
    def _edu_changed_since(self, changed):
        """Fields that somebody changed after the import."""
        entity = self.env["edu.exchange.entity"]
        by_model = {}
        for model, record_id, _old, _new in changed:
            by_model.setdefault(model, []).append(record_id)
        records = {
            one: {record.id: record for record in self.env[one].browse(ids).exists()}
            for one, ids in by_model.items()
        }
        problems = []
        for model, record_id, _old, new in changed:
            record = records[model].get(record_id)
            for name, value in new.items() if record else ():
                if entity._edu_stored(record, name) != value:
                    label = record._fields[name]._description_string(self.env)
                    problems.append(
                        self.env._(
                            "%(record)s: %(field)s was changed after the import.",
                            record=record.display_name,
                            field=label,
                        )
                    )
        return problems

    @api.model
    def _edu_restore(self, changed):
        """Write the old values, the last change first."""
        for model, record_id, old, _new in reversed(changed):
            record = self.env[model].with_context(tracking_disable=True).browse(record_id)
            record.write(
                {
                    name: [(6, 0, value)] if isinstance(value, list) else value
                    for name, value in old.items()
                }
            )

    @api.model
    def _edu_remove(self, created):
        for model, ids in reversed(created):
            records = self.env[model].with_context(tracking_disable=True).browse(ids).exists()
            self._edu_entity_of(model)._edu_remove(records)

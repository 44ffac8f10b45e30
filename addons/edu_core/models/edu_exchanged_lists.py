"""Whose exports are recorded: the whole list."""

from odoo import models


class EduStudent(models.Model):
    _name = "edu.student"
    _inherit = ["edu.student", "edu.exchanged.mixin"]


class EduGuardian(models.Model):
    _name = "edu.guardian"
    _inherit = ["edu.guardian", "edu.exchanged.mixin"]


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "edu.exchanged.mixin"]


class EduClass(models.Model):
    _name = "edu.class"
    _inherit = ["edu.class", "edu.exchanged.mixin"]


class EduTeachingAssignment(models.Model):
    _name = "edu.teaching.assignment"
    _inherit = ["edu.teaching.assignment", "edu.exchanged.mixin"]


class EduEnrollment(models.Model):
    _name = "edu.enrollment"
    _inherit = ["edu.enrollment", "edu.exchanged.mixin"]


class EduMovement(models.Model):
    _name = "edu.movement"
    _inherit = ["edu.movement", "edu.exchanged.mixin"]

"""Personalisation in three steps: plan a lesson, know it and its sections by their keys, write what is missing."""

from learnx.domain.lesson_plan import LessonPlan, plan_lesson
from learnx.domain.lesson_writing import Brief, LessonDraft, write_lesson
from learnx.domain.prompts import Excerpt
from learnx.domain.section_keys import generation_key, section_keys

__all__ = [
    "Brief",
    "Excerpt",
    "LessonDraft",
    "LessonPlan",
    "generation_key",
    "plan_lesson",
    "section_keys",
    "write_lesson",
]

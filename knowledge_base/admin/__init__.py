"""Pages of word lists, customs papers and templates."""

from knowledge_base.admin import checklists, templates, word_lists

__all__ = ["checklists", "templates", "word_lists"]
